// Time under a test's hand: the coordinator's deadlines (session, rebalance, sync, retention) pass when it says so. Waits of
// I/O stay on real time, or connected clients would stop. Members whose connection is open are kept alive meanwhile: their
// clients, which live in real time, could not send so many heartbeats.

import { type Duration, toMs } from '../observe/duration.js'
import type { Broker } from '../server/broker.js'
import { VirtualClock } from '../server/clock.js'
import { ask } from './local.js'
import type { Members } from './members.js'

/** @internal What is due now fires by itself, in the next turn, as it would in real time: a delay of 0 is no reason to wait for a test. */
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

/** So often within their session members are kept. */
const KEEPS_PER_SESSION = 3

export class TestClock {
  private readonly clock: VirtualClock
  private readonly broker: Broker
  private readonly members: Members

  /** @internal */
  constructor(clock: VirtualClock, broker: Broker, members: Members) {
    this.clock = clock
    this.broker = broker
    this.members = members
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
    while (this.clock.nowMs() < endMs) {
      if (silent !== 'all') this.keep(silent)
      const stepMs = Math.max(1, Math.floor(this.members.shortestSessionMs / KEEPS_PER_SESSION))
      this.clock.advance(
        Math.min(silent === 'all' ? Number.POSITIVE_INFINITY : stepMs, endMs - this.clock.nowMs()),
      )
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
