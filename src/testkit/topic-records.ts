// Records into topics and out of them, by the requests that producers and consumers send.

import type { Topic } from '../metadata/image.js'
import { ErrorCodes, errorName } from '../protocol/errors.js'
import type { FetchAnswer } from '../protocol/messages/fetch.js'
import type { ListOffsetsResponse } from '../protocol/messages/list-offsets.js'
import type { ProduceResponse } from '../protocol/messages/produce.js'
import { batchSizeBytes, buildBatch, readBatchHeader, readRecords } from '../protocol/records/batch.js'
import type { Cluster } from '../server/cluster.js'
import { compression } from '../server/compression.js'
import { ask } from '../server/local.js'
import { checkRecord, cut, limitsOf } from './batches.js'
import { FixtureError } from './fixture-error.js'
import type { OutgoingRecord, StoredMessage } from './messages.js'

export interface Place {
  readonly partition: number
  readonly offset: bigint
}

const PRODUCE_VERSION = 9
const FETCH_VERSION = 12
const LIST_OFFSETS_VERSION = 5
const EARLIEST = -2n
const EVERYTHING = 0x7fffffff

/** Resolves to where each went. Rejects with FixtureError: before any is appended where that can be known. */
export async function appendRecords(
  cluster: Cluster,
  topic: Topic,
  outgoing: readonly OutgoingRecord[],
  turn: () => number,
): Promise<Place[]> {
  const limits = limitsOf(cluster.image, topic.name)
  for (const each of outgoing) checkRecord(each, limits)
  const byPartition = new Map<number, (OutgoingRecord & { readonly at: number })[]>()
  for (const [at, each] of outgoing.entries()) {
    const partition = each.partition ?? turn() % topic.partitions.length
    const there = byPartition.get(partition)
    if (there === undefined) byPartition.set(partition, [{ ...each, at }])
    else there.push({ ...each, at })
  }
  const places: Place[] = []
  for (const [partition, records] of byPartition) {
    for (const batch of cut(records, limits.maxMessageBytes)) {
      const baseOffset = await append(cluster, topic, partition, batch)
      for (const [delta, { at }] of batch.entries())
        places[at] = { partition, offset: baseOffset + BigInt(delta) }
    }
  }
  return places
}

async function append(
  cluster: Cluster,
  { name, id }: Topic,
  index: number,
  batch: readonly OutgoingRecord[],
): Promise<bigint> {
  const records = buildBatch({ records: batch.map(({ record }) => record) })
  const topicData = [{ name, topicId: id, partitionData: [{ index, records }] }]
  const request = { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData }
  const { responses } = await ask<ProduceResponse>(PRODUCE_VERSION, (ticket) =>
    cluster.log.submit({ type: 'Produce', ticket, request }),
  )
  const answer = responses[0]?.partitionResponses[0]
  const errorCode = answer?.errorCode ?? ErrorCodes.UNKNOWN_SERVER_ERROR
  if (answer !== undefined && errorCode === ErrorCodes.NONE) return answer.baseOffset
  const [first, last] = [batch[0]?.where, batch.at(-1)?.where]
  const why = answer?.errorMessage ? `: ${answer.errorMessage}` : ''
  throw new FixtureError(
    `${first === last ? first : `one of ${first} to ${last}`}: ${name}-${index} takes no record: ${errorName(errorCode)}${why}`,
  )
}

/** In order of partition and offset. */
export async function storedRecords(
  cluster: Cluster,
  topic: Topic,
  partition: number | undefined,
): Promise<StoredMessage[]> {
  const found: StoredMessage[] = []
  for (const { index } of topic.partitions) {
    if (partition !== undefined && partition !== index) continue
    let offset = await startOf(cluster, topic, index)
    for (;;) {
      const bytes = await read(cluster, topic, index, offset)
      if (bytes.length === 0) break
      for (let at = 0; at < bytes.length; ) {
        const header = readBatchHeader(bytes, at)
        for (const record of readRecords(bytes, header, compression, at))
          if (record.offset >= offset) found.push({ ...record, partition: index }) // a batch may begin before what is left of it
        at += batchSizeBytes(header)
        offset = header.baseOffset + BigInt(header.lastOffsetDelta) + 1n
      }
    }
  }
  return found
}

async function startOf(cluster: Cluster, { name }: Topic, partitionIndex: number): Promise<bigint> {
  const partitions = [{ partitionIndex, currentLeaderEpoch: -1, timestamp: EARLIEST, maxNumOffsets: 1 }]
  const request = { replicaId: -1, isolationLevel: 0, topics: [{ name, partitions }], timeoutMs: 0 }
  const { topics } = await ask<ListOffsetsResponse>(LIST_OFFSETS_VERSION, (ticket) =>
    cluster.log.submit({ type: 'ListOffsets', ticket, request }),
  )
  return topics[0]?.partitions[0]?.offset ?? 0n
}

/** As much as one answer holds. */
async function read(
  cluster: Cluster,
  { name, id }: Topic,
  index: number,
  fetchOffset: bigint,
): Promise<Buffer> {
  const position = {
    ...{ partition: index, currentLeaderEpoch: -1, fetchOffset, lastFetchedEpoch: -1, logStartOffset: -1n },
    ...{ partitionMaxBytes: EVERYTHING, replicaDirectoryId: '', highWatermark: -1n },
  }
  const request = {
    ...{ clusterId: null, replicaId: -1, replicaState: { replicaId: -1, replicaEpoch: -1n } },
    ...{ maxWaitMs: 0, minBytes: 0, maxBytes: EVERYTHING, isolationLevel: 0, sessionId: 0, sessionEpoch: -1 },
    topics: [{ topic: name, topicId: id, partitions: [position] }],
    forgottenTopicsData: [],
    rackId: '',
  }
  const { responses } = await ask<FetchAnswer>(FETCH_VERSION, (ticket) =>
    cluster.log.submit({ type: 'Fetch', ticket, request }),
  )
  const [answer] = responses[0]?.partitions ?? []
  if (answer === undefined || answer.errorCode !== ErrorCodes.NONE)
    throw new FixtureError(`${name}-${index} cannot be read: ${errorName(answer?.errorCode ?? -1)}`)
  return Buffer.concat(answer.records)
}
