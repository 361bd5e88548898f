// The log in virtual time.

import { createLog } from '../../src/log/log.js'
import type { FetchTimer, LogEvent, LogLifecycle, LogRecord } from '../../src/log/types.js'
import { DISARM } from '../../src/machine/decision.js'
import { emptyImage, withTopics } from '../../src/metadata/changes.js'
import type { ClusterImage } from '../../src/metadata/image.js'
import { DEFAULT_SETTINGS } from '../../src/metadata/settings.js'
import type { DeleteRecordsResponse } from '../../src/protocol/messages/delete-records.js'
import type { DescribeLogDirsResponse } from '../../src/protocol/messages/describe-log-dirs.js'
import type { FetchAnswer, FetchRequest } from '../../src/protocol/messages/fetch.js'
import type { ListOffsetsResponse } from '../../src/protocol/messages/list-offsets.js'
import type { OffsetForLeaderEpochResponse } from '../../src/protocol/messages/offset-for-leader-epoch.js'
import type { ProduceResponse } from '../../src/protocol/messages/produce.js'
import { buildBatch, type NewBatch, readBatchHeader, readRecords } from '../../src/protocol/records/batch.js'
import { BATCH_OVERHEAD_BYTES, LENGTH_OFFSET } from '../../src/protocol/records/header.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { compression } from '../../src/server/compression.js'
import { FOO, Pending } from '../coordinator/harness.js'

export const batchOf = (...values: string[]) => batch({}, ...values)

export function batch(more: Partial<NewBatch>, ...values: string[]): Buffer {
  return buildBatch({
    records: values.map((value) => ({ timestampMs: 1000n, value: Buffer.from(value) })),
    ...more,
  })
}

/** Values of the records in a fetched buffer, with their offsets: '3:c'. */
export function valuesIn(records: Buffer | null): string[] {
  const values: string[] = []
  const bytes = records ?? Buffer.alloc(0)
  for (let at = 0; at < bytes.length; at += BATCH_OVERHEAD_BYTES + bytes.readInt32BE(at + LENGTH_OFFSET)) {
    for (const { offset, value } of readRecords(bytes, readBatchHeader(bytes, at), compression, at)) {
      values.push(`${offset}:${value}`)
    }
  }
  return values
}

export class LogHarness {
  nowMs = 1_000_000
  image: ClusterImage
  machine = createLog({ compression })
  readonly records: LogRecord[] = []
  readonly timers = new Map<FetchTimer, number>()

  constructor() {
    const node = { nodeId: 1, host: 'localhost', port: 9092, rack: null }
    this.image = withTopics(emptyImage('cluster', [node], DEFAULT_SETTINGS), [FOO])
  }

  step(event: LogEvent | LogLifecycle): void {
    const context = { nowMs: this.nowMs, image: this.image, observed: false, commitsObserved: false }
    const decision = this.machine.step(event, context)
    this.records.push(...decision.records)
    for (const { key, deadlineMs } of decision.timers) {
      if (deadlineMs === DISARM) this.timers.delete(key)
      else this.timers.set(key, deadlineMs)
    }
    for (const { ticket, response } of decision.replies) {
      const pending = ticket as Pending<object>
      if (pending.answer !== undefined) throw new Error('answered twice')
      pending.answer = response
    }
  }

  advance(byMs: number): void {
    this.nowMs += byMs
    for (const [key, deadlineMs] of [...this.timers]) {
      if (deadlineMs > this.nowMs) continue
      this.timers.delete(key)
      this.step({ type: 'timer', key })
    }
  }

  /** Gives the topic these settings. */
  configure(configs: Record<string, string>): this {
    const topic = { ...FOO, configs: new Map(Object.entries(configs)) }
    this.image = withTopics(this.image, [topic])
    return this
  }

  produce(
    records: Buffer | null,
    { version = 9, partition = 0, name = 'foo', topicId = ZERO_UUID, acks = -1, ownsBytes = false } = {},
  ) {
    const ticket = new Pending<ProduceResponse>(version, 'p')
    const topicData = [{ name, topicId, partitionData: [{ index: partition, records }] }]
    this.step({
      type: 'Produce',
      ticket,
      ownsBytes,
      request: { transactionalId: null, acks, timeoutMs: 1000, topicData },
    })
    return ticket.now.responses[0]!.partitionResponses[0]!
  }

  fetch(
    offset: number,
    more: Partial<FetchRequest> & { partition?: object; version?: number } = {},
  ): Pending<FetchAnswer> {
    const { partition = {}, version = 11, ...rest } = more
    const ticket = new Pending<FetchAnswer>(version, 'c')
    const asked = {
      partition: 0,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(offset),
      lastFetchedEpoch: -1,
      logStartOffset: -1n,
      partitionMaxBytes: 1_000_000,
      replicaDirectoryId: ZERO_UUID,
      highWatermark: 0n,
      ...partition,
    }
    const request: FetchRequest = {
      clusterId: null,
      replicaId: -1,
      replicaState: { replicaId: -1, replicaEpoch: -1n },
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 10_000_000,
      isolationLevel: 0,
      sessionId: 0,
      sessionEpoch: -1,
      topics: [{ topic: 'foo', topicId: ZERO_UUID, partitions: [asked] }],
      forgottenTopicsData: [],
      rackId: '',
      ...rest,
    }
    this.step({ type: 'Fetch', ticket, request })
    return ticket
  }

  list(
    timestamp: bigint,
    { version = 7, partition = 0, name = 'foo', epoch = -1, maxNumOffsets = 1, times = 1 } = {},
  ) {
    const ticket = new Pending<ListOffsetsResponse>(version, 'c')
    const asked = { partitionIndex: partition, currentLeaderEpoch: epoch, timestamp, maxNumOffsets }
    const topics = [{ name, partitions: Array.from({ length: times }, () => asked) }]
    this.step({
      type: 'ListOffsets',
      ticket,
      request: { replicaId: -1, isolationLevel: 0, topics, timeoutMs: 0 },
    })
    return ticket.now.topics[0]!.partitions[0]!
  }

  deleteRecords(offset: bigint, { partition = 0, name = 'foo' } = {}) {
    const ticket = new Pending<DeleteRecordsResponse>(2, 'c')
    const topics = [{ name, partitions: [{ partitionIndex: partition, offset }] }]
    this.step({ type: 'DeleteRecords', ticket, request: { topics, timeoutMs: 0 } })
    return ticket.now.topics[0]!.partitions[0]!
  }

  epoch(leaderEpoch: number, { name = 'foo', current = -1 } = {}) {
    const ticket = new Pending<OffsetForLeaderEpochResponse>(4, 'c')
    const partitions = [{ partition: 0, currentLeaderEpoch: current, leaderEpoch }]
    const request = { replicaId: -1, topics: [{ topic: name, partitions }] }
    this.step({ type: 'OffsetForLeaderEpoch', ticket, request })
    return ticket.now.topics[0]!.partitions[0]!
  }

  logDirs(topics: { topic: string; partitions: number[] }[] | null) {
    const ticket = new Pending<DescribeLogDirsResponse>(5, 'c')
    this.step({ type: 'DescribeLogDirs', ticket, request: { topics }, logDir: '/d' })
    return ticket.now.results
  }

  /** Retention and compaction, as after so much time. */
  clean(afterMs = 0): void {
    this.step({ type: 'clean', nowMs: this.nowMs + afterMs })
  }

  /** What a store would have now: the newest record per key, the newest last. */
  stored(): LogRecord[] {
    const kept = new Map<string, LogRecord>()
    for (const record of this.records) {
      const { topicId, partition } = record
      const key = `${topicId} ${partition} ${'baseOffset' in record ? record.baseOffset : 'start'}`
      kept.delete(key)
      const isGone =
        record.kind === 'BatchRemoved' || (record.kind === 'StartOffset' && record.startOffset === null)
      if (!isGone) kept.set(key, record)
    }
    return [...kept.values()]
  }
}

export function partitionOf(fetched: Pending<FetchAnswer>) {
  const partition = fetched.now.responses[0]!.partitions[0]!
  return { ...partition, records: Buffer.concat(partition.records) }
}
