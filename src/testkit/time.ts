// Time under a test's hand: the coordinator's deadlines (session, rebalance, sync, retention) pass when it says so. Waits of
// I/O stay on real time, or connected clients would stop. Members whose connection is open are kept alive meanwhile: their
// clients, which live in real time, could not send so many heartbeats.

import { type Duration, toMs } from '../observe/duration.js'
import type { Broker } from '../server/broker.js'
import { VirtualClock } from '../server/clock.js'
import { ask } from './local.js'
import type { Members } from './members.js'

/** What is due now fires by itself, in the next turn, as it would in real time: a delay of 0 is no reason to wait for a test. */
export class StandingClock extends VirtualClock {
  override wakeAt(atMs: number | null, wake: () => void): void {
    super.wakeAt(atMs, wake)
    if (atMs !== null && atMs <= this.nowMs()) setImmediate(() => this.advance(0))
  }
}

export interface AdvanceOptions {
  /** Who sends no heartbeat meanwhile: by member id, client id or instance id. */
  readonly silent?: 'all' | readonly string[]
}

/** Kafka's smallest session is 6 s unless it is set otherwise: kept three times within it. */
const KEEP_EVERY_MS = 1000

export class TestClock {
  private readonly clock: VirtualClock
  private readonly broker: Broker
  private readonly members: Members
  private readonly keepEveryMs: number

  constructor(clock: VirtualClock, broker: Broker, members: Members) {
    this.clock = clock
    this.broker = broker
    this.members = members
    const { groupMinSessionTimeoutMs } = broker.image.settings
    this.keepEveryMs = Math.min(KEEP_EVERY_MS, Math.max(1, Math.floor(groupMinSessionTimeoutMs / 3)))
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.clock.nowMs()
  }

  /**
   * Moves time on; every deadline on the way fires in its order. Resolves when none is due and what was answered has left.
   * What clients make of it takes real time: wait for that with group(...).stable() and the like.
   */
  async advance(duration: Duration, { silent = [] }: AdvanceOptions = {}): Promise<void> {
    const endMs = this.clock.nowMs() + toMs(duration)
    const isKept = silent !== 'all' && this.members.hasAny()
    while (this.clock.nowMs() < endMs) {
      if (isKept) this.keep(silent)
      const left = endMs - this.clock.nowMs()
      this.clock.advance(isKept ? Math.min(this.keepEveryMs, left) : left)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }

  private keep(silent: readonly string[]): void {
    for (const [groupId, memberIds] of this.members.connected(silent)) {
      const request = { what: 'keep', groupId, memberIds } as const
      ask(0, (ticket) => this.broker.shardOf(groupId).submit({ type: 'Provoke', ticket, request })).catch(
        () => {},
      )
    }
  }
}
