// Reads whole topics back and holds them against what producers were told: every acknowledged record is there once, at the offset that
// was acknowledged; nothing is there that was not sent; the records of a producer are in order, those of an idempotent one without a gap.

import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import { batchSizeBytes, readBatchHeader, readRecords } from '../../src/protocol/records/batch.js'
import type { RawClient } from '../helpers/raw-client.js'
import type { Ledger } from './ledger.js'
import type { Producer } from './producers.js'

const FETCH_VERSION = 11
const MAX_BYTES = 10_000_000
const BACK_OFF_MS = 20
const NO_COMPRESSION = {
  compress: (): never => {
    throw new Error('nothing here is compressed')
  },
  decompress: (_: number, bytes: Buffer) => bytes,
}

/** Values by offset, from 0 to the high watermark. Throws when an offset is missing. */
export async function readPartition(client: RawClient, topic: string, partition: number): Promise<string[]> {
  const values: string[] = []
  for (;;) {
    const found = await fetch(client, topic, partition, values.length)
    if (found.errorCode !== ErrorCodes.NONE) {
      if (found.errorCode !== ErrorCodes.NOT_LEADER_OR_FOLLOWER)
        throw new Error(`Fetch of ${topic}-${partition} was answered ${errorName(found.errorCode)}`)
      await new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS))
      continue
    }
    walk(found.records ?? Buffer.alloc(0), values)
    if (BigInt(values.length) >= found.highWatermark) return values
  }
}

async function fetch(client: RawClient, topic: string, partition: number, fetchOffset: number) {
  const asked = { partition, fetchOffset: BigInt(fetchOffset), partitionMaxBytes: MAX_BYTES }
  const { responses } = await client.send(Apis.Fetch, FETCH_VERSION, {
    ...{ replicaId: -1, maxWaitMs: 0, minBytes: 0, maxBytes: MAX_BYTES, isolationLevel: 0 },
    ...{ sessionId: 0, sessionEpoch: -1, forgottenTopicsData: [], rackId: '' },
    topics: [{ topic, partitions: [asked] }],
  })
  const [answer] = responses[0]?.partitions ?? []
  if (answer === undefined) throw new Error(`an answer to Fetch without ${topic}-${partition}`)
  return answer
}

function walk(bytes: Buffer, values: string[]): void {
  for (let at = 0; at < bytes.length; ) {
    const header = readBatchHeader(bytes, at)
    for (const { offset, value } of readRecords(bytes, header, NO_COMPRESSION, at)) {
      if (Number(offset) < values.length) continue // the batch began before what was asked for
      if (Number(offset) !== values.length)
        throw new Error(`offset ${offset}, where ${values.length} was due`)
      values.push(String(value))
    }
    at += batchSizeBytes(header)
  }
}

/** Holds one partition against all producers that write to it. */
export function checkPartition(
  values: readonly string[],
  producers: readonly Producer[],
  ledger: Ledger,
): void {
  const offsets = new Map<string, number>()
  for (const [offset, value] of values.entries()) {
    if (offsets.has(value))
      ledger.violations.push(`'${value}' is there twice: ${offsets.get(value)}, ${offset}`)
    offsets.set(value, offset)
  }
  let known = 0
  for (const producer of producers) known += checkProducer(producer, offsets, ledger)
  if (known !== offsets.size)
    ledger.violations.push(`${offsets.size - known} records are none that were sent`)
}

/** Returns how many of its records are there. */
function checkProducer(
  producer: Producer,
  offsets: ReadonlyMap<string, number>,
  { violations }: Ledger,
): number {
  let there = 0
  let before = -1
  let isAtEnd = false
  for (const { first, count, baseOffset, isRefused } of producer.sent) {
    for (let n = first; n < first + count; n++) {
      const value = producer.valueOf(n)
      const offset = offsets.get(value)
      if (offset === undefined) {
        if (baseOffset !== null) violations.push(`'${value}' was acknowledged at ${baseOffset} and is lost`)
        isAtEnd = true
        continue
      }
      there++
      if (isRefused) violations.push(`'${value}' is there, though it was refused`)
      if (baseOffset !== null && offset !== Number(baseOffset) + n - first)
        violations.push(`'${value}' is at ${offset}; its batch was acknowledged at ${baseOffset}`)
      if (offset <= before)
        violations.push(`'${value}' is at ${offset}, before the one that was sent before it`)
      if (isAtEnd && producer.options.isIdempotent) violations.push(`before '${value}' one is missing`)
      before = offset
    }
  }
  return there
}
