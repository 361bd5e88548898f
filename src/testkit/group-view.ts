// A consumer group looked at from within: as it is, what it has committed, how far it is behind.

import type { GroupSnapshot } from '../coordinator/inspect.js'
import type { OffsetFetchGroupResponse } from '../coordinator/offset-fetch.js'
import { NO_LEADER } from '../metadata/leaders.js'
import { type Explanation, explain } from '../observe/explain.js'
import { explanationMarkdown, explanationText } from '../observe/explanation-text.js'
import type { Journal } from '../observe/journal.js'
import { situation } from '../observe/situation.js'
import { ErrorCodes } from '../protocol/errors.js'
import type { Cluster } from '../server/cluster.js'
import { ask, Refused } from '../server/local.js'
import { lagOf, type PartitionLag } from './lag.js'
import type { Signal } from './signal.js'

/** Why a group rebalanced the last time: the facts, and as text. */
export interface ExplainedRebalance {
  /** null: it has not, as far as is remembered. */
  readonly facts: Explanation | null
  toString(): string
  toMarkdown(): string
}

/** @internal */
export interface GroupEnvironment {
  readonly cluster: Cluster
  readonly signal: Signal
  readonly timeoutMs: number
  readonly journal: Journal
  nowMs(): number
  /** Throws ConfigError where nothing can be waited for. */
  checkWatched(): void
  /** Resolves after so many ms, or when the broker is stopped. */
  pause(ms: number): Promise<void>
  /** Its coordinator loads again: what was not durable has not been. */
  reloaded(): void
}

const OFFSET_FETCH_VERSION = 9

export class GroupView {
  readonly id: string
  /** @internal */
  protected readonly environment: GroupEnvironment

  /** @internal */
  constructor(id: string, environment: GroupEnvironment) {
    this.id = id
    this.environment = environment
  }

  /** As it is now; null when it does not exist. Rejects with Refused while its coordinator loads, or when it is stopped. */
  async snapshot(): Promise<GroupSnapshot | null> {
    const { group } = await ask<{ group: GroupSnapshot | null }>(0, (ticket) =>
      this.shard().submit({ type: 'Inspect', ticket, request: this.id }),
    )
    return group
  }

  /** @internal */
  protected shard() {
    return this.environment.cluster.shardOf(this.id)
  }

  /** In words: its state, who is in, who is awaited, which timers run. */
  async describe(): Promise<string> {
    const { cluster, nowMs } = this.environment
    try {
      const snapshot = await this.snapshot()
      return situation(this.id, snapshot, (timer) => cluster.deadlineOf(timer), nowMs())
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (this.shard().leader === NO_LEADER) return `nobody leads the coordinator of group '${this.id}'`
      const why = error.errorCode === ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS ? 'is loading' : 'is stopped'
      return `the coordinator of group '${this.id}' ${why}`
    }
  }

  /** -1n when there is none. */
  async committedOffset(topic: string, partition: number): Promise<bigint> {
    const { topics } = await this.offsets([{ topic, partition }])
    return topics[0]?.partitions[0]?.committedOffset ?? -1n
  }

  /** @internal What is committed; all of it unless partitions are named. */
  offsets(
    partitions: readonly { topic: string; partition: number }[] | null = null,
  ): Promise<OffsetFetchGroupResponse> {
    const { cluster } = this.environment
    const topics =
      partitions?.map(({ topic, partition }) => ({
        name: topic,
        topicId: cluster.image.topicsByName.get(topic)?.id ?? '',
        partitionIndexes: [partition],
      })) ?? null
    const request = { groupId: this.id, memberId: null, memberEpoch: -1, topics }
    return ask<OffsetFetchGroupResponse>(OFFSET_FETCH_VERSION, (ticket) =>
      this.shard().submit({ type: 'OffsetFetch', ticket, request, requireStable: false }),
    )
  }

  /** Per partition that it owns or has committed to. */
  async lag(): Promise<PartitionLag[]> {
    return lagOf(this.environment.cluster, await this.snapshot(), await this.offsets())
  }

  /** Why it rebalanced the last time: what started it, who was awaited, who came last, what moved. */
  explain(): ExplainedRebalance {
    const { journal } = this.environment
    const facts = explain(this.id, journal.entries({ group: this.id }), journal.waiting(this.id))
    return {
      facts,
      toString: () => explanationText(this.id, facts),
      toMarkdown: () => explanationMarkdown(this.id, facts),
    }
  }

  /** How often its members were made to rejoin: the first join of an Empty group does not count. */
  get rebalances(): number {
    const states = this.environment.journal.entries({ group: this.id, types: ['state'] })
    return states.filter(
      (entry) => entry.type === 'state' && entry.to === 'PreparingRebalance' && entry.from !== 'Empty',
    ).length
  }
}
