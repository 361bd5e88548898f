// Time under a test's hand: the coordinator's deadlines (session, rebalance, sync, retention) pass when it says so. Waits of
// I/O stay on real time, or connected clients would stop. Members whose connection is open are kept alive meanwhile: their
// clients, which live in real time, could not send so many heartbeats.

import { type Duration, toMs } from '../observe/duration.js'
import { VirtualClock } from '../server/clock.js'
import type { Cluster } from '../server/cluster.js'
import { ConfigError, suggestion } from '../server/config/errors.js'
import { ask } from '../server/local.js'
import { setImmediate } from '../server/os-timers.js'
import { readOptions } from './fields.js'
import type { Members } from './members.js'
import { advanceOptions, checkDuration } from './options.js'

/** @internal What is due now fires by itself, in the next turn, as it would in real time: a delay of 0 is no reason to wait for a test. */
export class StandingClock extends VirtualClock {
  override wakeAt(atMs: number | null, wake: () => void): void {
    super.wakeAt(atMs, wake)
    if (atMs !== null && atMs <= this.nowMs()) setImmediate(() => this.advance(0))
  }
}

export interface AdvanceOptions {
  /** Who sends no heartbeat meanwhile: by member id, client id or instance id; a name that no member has is refused. */
  readonly silent?: 'all' | readonly string[]
}

export class TestClock {
  private readonly clock: VirtualClock
  private readonly cluster: Cluster
  private readonly members: Members

  /** @internal */
  constructor(clock: VirtualClock, cluster: Cluster, members: Members) {
    this.clock = clock
    this.cluster = cluster
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
  async advance(duration: Duration, options: AdvanceOptions = {}): Promise<void> {
    const { silent = [] } = readOptions(advanceOptions, options, 'advance')
    this.checkNames(silent)
    const endMs = this.clock.nowMs() + Math.round(toMs(checkDuration(duration, 'advance')))
    while (this.clock.nowMs() < endMs) {
      if (silent !== 'all') this.keep(silent, endMs)
      const next = this.clock.nextMs
      this.clock.advance(Math.min(next ?? endMs, endMs) - this.clock.nowMs())
    }
    if (silent !== 'all') this.keep(silent, endMs) // what came up last may have set their sessions anew
    await new Promise((resolve) => setImmediate(resolve))
  }

  private checkNames(silent: 'all' | readonly string[]): void {
    if (silent === 'all') return
    const known = this.members.names()
    const unknown = silent.find((name) => !known.has(name))
    if (unknown === undefined) return
    const there = [...known].join(', ') || 'none'
    throw new ConfigError(
      `advance.silent: there is no member '${unknown}'${suggestion(unknown, known)}; known are ${there}`,
    )
  }

  private keep(silent: readonly string[], untilMs: number): void {
    for (const [groupId, memberIds] of this.members.connected(silent)) {
      const request = { what: 'keep', groupId, memberIds, untilMs } as const
      ask(0, (ticket) => this.cluster.shardOf(groupId).submit({ type: 'Provoke', ticket, request })).catch(
        () => {},
      )
    }
  }
}
