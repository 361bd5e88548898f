// Records cut into batches that a topic takes: max.message.bytes is the limit of a batch, not of what a test produces at once.

import type { ClusterImage } from '../metadata/image.js'
import { buildBatch, type NewRecord } from '../protocol/records/batch.js'
import { BATCH_HEADER_BYTES } from '../protocol/records/header.js'
import { FixtureError } from './fixture-error.js'
import type { OutgoingRecord } from './messages.js'

/** What a test's producer sends at once; a record that is larger goes alone. */
const BATCH_BYTES = 500_000
/** Lengths, deltas and the count of headers, each a varint of the longest kind. */
const RECORD_OVERHEAD_BYTES = 36
const HEADER_OVERHEAD_BYTES = 10

export interface Limits {
  readonly topic: string
  readonly partitions: number
  readonly maxMessageBytes: number
}

export function limitsOf({ topicsByName, settings }: ClusterImage, topic: string): Limits {
  const known = topicsByName.get(topic)
  const maxMessageBytes = Number(known?.configs.get('max.message.bytes') ?? settings.messageMaxBytes)
  return { topic, partitions: known?.partitions.length ?? 0, maxMessageBytes }
}

/** Throws FixtureError for a partition that is not there, and for a record that fits in no batch. */
export function checkRecord({ record, partition, where }: OutgoingRecord, limits: Limits): void {
  const { topic, maxMessageBytes } = limits
  if (partition !== undefined) checkPartition(partition, where, limits)
  if (BATCH_HEADER_BYTES + atMostBytes(record) <= maxMessageBytes) return
  const sizeBytes = buildBatch({ records: [record] }).length
  if (sizeBytes > maxMessageBytes)
    throw new FixtureError(
      `${where} is too large for topic '${topic}': ${sizeBytes} bytes with its batch, where max.message.bytes is ${maxMessageBytes}`,
    )
}

/** Throws FixtureError. */
export function checkPartition(partition: number, where: string, { topic, partitions }: Limits): void {
  if (partition < partitions) return
  const known = partitions === 1 ? 'partition 0 alone' : `partitions 0 to ${partitions - 1}`
  throw new FixtureError(`${where}.partition is ${partition}, but topic '${topic}' has ${known}`)
}

/** In their order. */
export function* cut<T extends { readonly record: NewRecord }>(
  outgoing: readonly T[],
  maxMessageBytes: number,
): Generator<T[]> {
  const limitBytes = Math.min(maxMessageBytes, BATCH_BYTES) - BATCH_HEADER_BYTES
  let batch: T[] = []
  let sizeBytes = 0
  for (const each of outgoing) {
    const addedBytes = atMostBytes(each.record)
    if (batch.length > 0 && sizeBytes + addedBytes > limitBytes) {
      yield batch
      batch = []
      sizeBytes = 0
    }
    batch.push(each)
    sizeBytes += addedBytes
  }
  if (batch.length > 0) yield batch
}

function atMostBytes({ key, value, headers = [] }: NewRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers)
    bytes += HEADER_OVERHEAD_BYTES + header.key.length + (header.value?.length ?? 0)
  return bytes
}
