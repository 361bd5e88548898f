// Topics, records and offsets without a client: what a test begins with, and what it looks at in the end.

import { withGrownTopics, withoutTopics, withTopics } from '../metadata/changes.js'
import { decideGrowth } from '../metadata/create-partitions.js'
import { decideTopic } from '../metadata/create-topics.js'
import { ErrorCodes, errorName } from '../protocol/errors.js'
import type { FetchResponse } from '../protocol/messages/fetch.js'
import type { OffsetCommitResponse } from '../protocol/messages/offset-commit.js'
import type { ProduceResponse } from '../protocol/messages/produce.js'
import {
  batchSizeBytes,
  buildBatch,
  type NewRecord,
  type RecordData,
  readBatchHeader,
  readRecords,
} from '../protocol/records/batch.js'
import type { Broker } from '../server/broker.js'
import { compression } from '../server/compression.js'
import { ask } from './local.js'

/** A record to be produced. Texts are UTF-8. */
export interface Message {
  readonly key?: string | Buffer | null
  readonly value: string | Buffer | null
  /** In turn unless given. */
  readonly partition?: number
  readonly headers?: Readonly<Record<string, string | Buffer>>
  /** Milliseconds since the epoch; now unless given. */
  readonly timestamp?: number
}

/** A record that is in a topic. */
export interface StoredMessage extends RecordData {
  readonly partition: number
}

/** Topic -> partition -> offset, with metadata where there is some. */
export type Offsets = Readonly<
  Record<
    string,
    Readonly<
      Record<
        number,
        number | bigint | { readonly offset: number | bigint; readonly metadata?: string | undefined }
      >
    >
  >
>

/** It cannot be had: the message says what, and Kafka's error. */
export class FixtureError extends Error {
  override readonly name = 'FixtureError'
}

const PRODUCE_VERSION = 9
const FETCH_VERSION = 12
const OFFSET_COMMIT_VERSION = 9
const EVERYTHING = 0x7fffffff

/** @internal */
export class Fixtures {
  private readonly broker: Broker
  /** Per topic: where the next record without a partition goes. */
  private readonly turns = new Map<string, number>()

  constructor(broker: Broker) {
    this.broker = broker
  }

  /** Throws FixtureError when there is one of this name. */
  createTopic(name: string, numPartitions = 1): void {
    const asked = { name, numPartitions, replicationFactor: -1, assignments: [], configs: [] }
    const decision = decideTopic(this.broker.image, this.broker.ids, asked, [])
    if (!decision.ok) throw new FixtureError(`topic '${name}': ${decision.refusal.message}`)
    this.broker.change(withTopics(this.broker.image, [decision.topic]))
  }

  /** To so many partitions in all. Throws FixtureError. */
  growTopic(name: string, count: number): void {
    const decision = decideGrowth(this.broker.image, { name, count, assignments: null })
    if (!decision.ok) {
      const { message, errorCode } = decision.refusal
      throw new FixtureError(`topic '${name}': ${message ?? errorName(errorCode)}`)
    }
    this.broker.change(withGrownTopics(this.broker.image, [decision.topic]))
  }

  deleteTopic(name: string): void {
    this.broker.change(withoutTopics(this.broker.image, [this.topic(name)]))
  }

  private topic(name: string) {
    const topic = this.broker.image.topicsByName.get(name)
    if (topic !== undefined) return topic
    const known = [...this.broker.image.topicsByName.keys()].join(', ') || 'none'
    throw new FixtureError(`there is no topic '${name}', only ${known}`)
  }

  /** Rejects with FixtureError. Resolves to where each record went, in the order given. */
  async produce(
    name: string,
    messages: readonly Message[],
  ): Promise<{ partition: number; offset: bigint }[]> {
    const { partitions } = this.topic(name)
    const byPartition = new Map<number, number[]>()
    for (const [i, message] of messages.entries()) {
      const partition = message.partition ?? this.turn(name) % partitions.length
      byPartition.set(partition, [...(byPartition.get(partition) ?? []), i])
    }
    const places: { partition: number; offset: bigint }[] = []
    for (const [partition, indexes] of byPartition) {
      const records = indexes.map((i) => toRecord(messages[i] as Message))
      const baseOffset = await this.append(name, partition, buildBatch({ records }))
      for (const [delta, i] of indexes.entries())
        places[i] = { partition, offset: baseOffset + BigInt(delta) }
    }
    return places
  }

  private turn(name: string): number {
    const turn = this.turns.get(name) ?? 0
    this.turns.set(name, turn + 1)
    return turn
  }

  private async append(name: string, index: number, records: Buffer): Promise<bigint> {
    const topicData = [{ name, topicId: this.topic(name).id, partitionData: [{ index, records }] }]
    const request = { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData }
    const { responses } = await ask<ProduceResponse>(PRODUCE_VERSION, (ticket) =>
      this.broker.log.submit({ type: 'Produce', ticket, request }),
    )
    const answer = responses[0]?.partitionResponses[0]
    const errorCode = answer?.errorCode ?? ErrorCodes.UNKNOWN_SERVER_ERROR
    if (answer === undefined || errorCode !== ErrorCodes.NONE)
      throw new FixtureError(`${name}-${index} takes no record: ${errorName(errorCode)}`)
    return answer.baseOffset
  }

  /** All records of a topic, or of one partition, in order of partition and offset. */
  async records(name: string, { partition }: { readonly partition?: number } = {}): Promise<StoredMessage[]> {
    const found: StoredMessage[] = []
    for (const { index } of this.topic(name).partitions) {
      if (partition !== undefined && partition !== index) continue
      const bytes = await this.read(name, index)
      for (let at = 0; at < bytes.length; ) {
        const header = readBatchHeader(bytes, at)
        for (const record of readRecords(bytes, header, compression, at))
          found.push({ ...record, partition: index })
        at += batchSizeBytes(header)
      }
    }
    return found
  }

  private async read(name: string, index: number): Promise<Buffer> {
    const position = {
      partition: index,
      currentLeaderEpoch: -1,
      fetchOffset: 0n,
      lastFetchedEpoch: -1,
      logStartOffset: -1n,
      partitionMaxBytes: EVERYTHING,
      replicaDirectoryId: '',
      highWatermark: -1n,
    }
    const request = {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: -1, replicaEpoch: -1n },
      ...{
        maxWaitMs: 0,
        minBytes: 0,
        maxBytes: EVERYTHING,
        isolationLevel: 0,
        sessionId: 0,
        sessionEpoch: -1,
      },
      topics: [{ topic: name, topicId: this.topic(name).id, partitions: [position] }],
      forgottenTopicsData: [],
      rackId: '',
    }
    const { responses } = await ask<FetchResponse>(FETCH_VERSION, (ticket) =>
      this.broker.log.submit({ type: 'Fetch', ticket, request }),
    )
    const [answer] = responses[0]?.partitions ?? []
    if (answer === undefined || answer.errorCode !== ErrorCodes.NONE)
      throw new FixtureError(`${name}-${index} cannot be read: ${errorName(answer?.errorCode ?? -1)}`)
    return answer.records ?? Buffer.alloc(0)
  }

  /** As a consumer without a group membership commits: only to a group without members. Rejects with FixtureError. */
  async commit(groupId: string, offsets: Offsets) {
    const topics = Object.entries(offsets).map(([name, partitions]) => ({
      name,
      topicId: this.topic(name).id,
      partitions: Object.entries(partitions).map(([partition, given]) => {
        const { offset, metadata = '' } = typeof given === 'object' ? given : { offset: given }
        return {
          partitionIndex: Number(partition),
          committedOffset: BigInt(offset),
          committedLeaderEpoch: -1,
          commitTimestamp: -1n,
          committedMetadata: metadata,
        }
      }),
    }))
    const nobody = {
      memberId: '',
      groupInstanceId: null,
      generationIdOrMemberEpoch: -1,
      retentionTimeMs: -1n,
    }
    const request = { groupId, ...nobody, topics }
    const answer = await ask<OffsetCommitResponse>(OFFSET_COMMIT_VERSION, (ticket) =>
      this.broker.shardOf(groupId).submit({ type: 'OffsetCommit', ticket, request }),
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
}

const bytesOf = (value: string | Buffer | null | undefined) =>
  typeof value === 'string' ? Buffer.from(value) : (value ?? null)

function toRecord({ key, value, headers = {}, timestamp = Date.now() }: Message): NewRecord {
  return {
    timestampMs: BigInt(timestamp),
    key: bytesOf(key),
    value: bytesOf(value),
    headers: Object.entries(headers).map(([name, header]) => ({
      key: Buffer.from(name),
      value: bytesOf(header),
    })),
  }
}
