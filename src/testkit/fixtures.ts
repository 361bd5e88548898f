// Topics, records and offsets without a client: what a test begins with, and what it looks at in the end.

import { decideGrowth } from '../metadata/create-partitions.js'
import { decideTopic, MAX_PARTITIONS_PER_REQUEST } from '../metadata/create-topics.js'
import type { Topic } from '../metadata/image.js'
import { removalRecords, topicRecords } from '../metadata/records.js'
import { ErrorCodes, errorName } from '../protocol/errors.js'
import type { OffsetCommitResponse } from '../protocol/messages/offset-commit.js'
import type { Cluster } from '../server/cluster.js'
import { ask } from '../server/local.js'
import { readOne, whole } from './fields.js'
import { FixtureError } from './fixture-error.js'
import type { OutgoingRecord, StoredMessage } from './messages.js'
import type { OffsetToCommit } from './offsets.js'
import { appendRecords, type Place, storedRecords } from './topic-records.js'

export { FixtureError } from './fixture-error.js'
export type { Message, StoredMessage } from './messages.js'

const OFFSET_COMMIT_VERSION = 9

/** Of one topic: as many as one request may make. */
export const partitionCount = whole(1, MAX_PARTITIONS_PER_REQUEST)

/** @internal */
export class Fixtures {
  private readonly cluster: Cluster
  /** Per topic: where the next record without a partition goes. */
  private readonly turns = new Map<string, number>()

  constructor(cluster: Cluster) {
    this.cluster = cluster
  }

  /** Throws ConfigError for too many partitions, FixtureError when there is one of this name. */
  createTopic(name: string, partitions = 1): void {
    const numPartitions = readOne(partitionCount, partitions, `createTopic('${name}'): partitions`)
    const asked = { name, numPartitions, replicationFactor: -1, assignments: [], configs: [] }
    const decision = decideTopic(this.cluster.image, this.cluster.ids, asked, [])
    if (!decision.ok) throw new FixtureError(`topic '${name}': ${decision.refusal.message}`)
    this.cluster.change(topicRecords([decision.topic]))
  }

  /** To so many partitions in all. Throws ConfigError, FixtureError. */
  growTopic(name: string, partitions: number): void {
    const count = readOne(partitionCount, partitions, `growTopic('${name}'): partitions`)
    const decision = decideGrowth(this.cluster.image, { name, count, assignments: null })
    if (!decision.ok) {
      const { message, errorCode } = decision.refusal
      throw new FixtureError(`topic '${name}': ${message ?? errorName(errorCode)}`)
    }
    this.cluster.change(topicRecords([decision.topic]))
  }

  deleteTopic(name: string): void {
    this.cluster.change(removalRecords([this.topic(name)]))
  }

  /** Throws FixtureError. */
  topic(name: string): Topic {
    const topic = this.cluster.image.topicsByName.get(name)
    if (topic !== undefined) return topic
    throw new FixtureError(noTopic(name, this.cluster.image.topicsByName.keys()))
  }

  /** Rejects with FixtureError. Resolves to where each record went, in the order given. */
  async produce(name: string, records: readonly OutgoingRecord[]): Promise<Place[]> {
    return appendRecords(this.cluster, this.topic(name), records, () => this.turn(name))
  }

  private turn(name: string): number {
    const turn = this.turns.get(name) ?? 0
    this.turns.set(name, turn + 1)
    return turn
  }

  /** All records of a topic, or of one partition, in order of partition and offset. */
  async records(name: string, { partition }: { readonly partition?: number } = {}): Promise<StoredMessage[]> {
    return storedRecords(this.cluster, this.topic(name), partition)
  }

  /** As a consumer without a group membership commits: only to a group without members. Rejects with FixtureError. */
  async commit(groupId: string, offsets: readonly OffsetToCommit[]): Promise<void> {
    const nobody = {
      memberId: '',
      groupInstanceId: null,
      generationIdOrMemberEpoch: -1,
      retentionTimeMs: -1n,
    }
    const request = { groupId, ...nobody, topics: this.byTopic(offsets) }
    const answer = await ask<OffsetCommitResponse>(OFFSET_COMMIT_VERSION, (ticket) =>
      this.cluster.shardOf(groupId).submit({ type: 'OffsetCommit', ticket, request }),
    )
    for (const { name, partitions } of answer.topics) {
      for (const { partitionIndex, errorCode } of partitions) {
        if (errorCode === ErrorCodes.NONE) continue
        const why = errorCode === ErrorCodes.UNKNOWN_MEMBER_ID ? ': the group has members' : ''
        throw new FixtureError(
          `${name}-${partitionIndex} of group '${groupId}': ${errorName(errorCode)}${why}`,
        )
      }
    }
  }

  private byTopic(offsets: readonly OffsetToCommit[]) {
    const names = [...new Set(offsets.map(({ topic }) => topic))]
    return names.map((name) => ({
      name,
      topicId: this.topic(name).id,
      partitions: offsets
        .filter(({ topic }) => topic === name)
        .map(({ partition, offset, metadata }) => ({
          partitionIndex: partition,
          committedOffset: offset,
          committedLeaderEpoch: -1,
          commitTimestamp: -1n,
          committedMetadata: metadata,
        })),
    }))
  }
}

/** @internal */
export const noTopic = (name: string, known: Iterable<string>) =>
  `there is no topic '${name}', only ${[...known].join(', ') || 'none'}`
