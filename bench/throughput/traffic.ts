// What the processes of `npm run bench:throughput` tell each other, and the batches that are produced: some tens of different ones,
// encoded once, the same in every process, so that whoever reads them back knows them by their CRC.

import { buildBatch } from '../../src/protocol/records/batch.js'
import { CRC_OFFSET } from '../../src/protocol/records/header.js'

export const RECORD_BYTES = 1024
export const RECORDS_PER_BATCH = 100
export const BATCH_BYTES_OF_RECORDS = RECORD_BYTES * RECORDS_PER_BATCH

const DIFFERENT = 64

export interface Job {
  readonly kind: 'produce' | 'consume'
  readonly host: string
  readonly port: number
  readonly topic: string
  readonly partitions: number
  /** In all partitions together: batch i is the one of `makeBatches` with number i % DIFFERENT, in partition i % partitions. */
  readonly batches: number
  /** Of the records. */
  readonly timestampMs: number
  readonly connections: number
  readonly inFlight: number
  readonly acks: number
}

export interface Outcome {
  readonly batches: number
  readonly elapsedMs: number
}

export function makeBatches(timestampMs: number): Buffer[] {
  return Array.from({ length: DIFFERENT }, (_, i) => {
    const records = Array.from({ length: RECORDS_PER_BATCH }, (_, k) => ({
      timestampMs: BigInt(timestampMs + k),
      value: noise(RECORD_BYTES, i * RECORDS_PER_BATCH + k),
    }))
    return buildBatch({ records })
  })
}

/** The same bytes for the same seed (xorshift32). */
function noise(bytes: number, seed: number): Buffer {
  const out = Buffer.allocUnsafe(bytes)
  let state = (seed + 1) * 0x9e3779b1
  for (let i = 0; i < bytes; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    out[i] = state
  }
  return out
}

/** How many there are in a partition. */
export const batchesIn = (partition: number, { batches, partitions }: Job) =>
  Math.floor((batches - partition + partitions - 1) / partitions)

/** By the CRC that it carries: how often each batch is to be found in the topic. */
export function expectedCrcs(batches: readonly Buffer[], count: number): Map<number, number> {
  const expected = new Map<number, number>()
  for (const [i, batch] of batches.entries()) {
    const times = Math.floor((count - i + batches.length - 1) / batches.length)
    expected.set(batch.readUInt32BE(CRC_OFFSET), times)
  }
  return expected
}
