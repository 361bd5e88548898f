// The consuming side: every connection reads the whole topic in a fetch session of its own, one request in flight, as clients do.
// Checks that no offset is missing or comes twice, that every batch is one that was produced and as often as it was, and of some
// that their contents have the CRC they carry.

import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import { crc32c } from '../../src/protocol/records/crc32c.js'
import {
  ATTRIBUTES_OFFSET,
  BATCH_OVERHEAD_BYTES,
  CRC_OFFSET,
  LENGTH_OFFSET,
} from '../../src/protocol/records/header.js'
import { batchesIn, expectedCrcs, type Job, makeBatches, RECORDS_PER_BATCH } from './traffic.js'
import { FETCH_VERSION, Wire } from './wire.js'

const MAX_WAIT_MS = 500
const MAX_BYTES = 50 * 1024 * 1024
const PARTITION_MAX_BYTES = 1024 * 1024
/** The contents of one batch of so many are checked. */
const SAMPLE = 16

export async function consumeLoad(job: Job): Promise<() => Promise<void>> {
  const expected = expectedCrcs(makeBatches(job.timestampMs), job.batches)
  const readers = await Promise.all(Array.from({ length: job.connections }, () => reader(job, expected)))
  return async () => {
    await Promise.all(readers.map((read) => read()))
  }
}

async function reader(job: Job, expected: ReadonlyMap<number, number>): Promise<() => Promise<void>> {
  const counts = new Map([...expected.keys()].map((crc) => [crc, 0]))
  const offsets = Array.from({ length: job.partitions }, () => 0)
  let correlationId = 0
  let session = { id: 0, epoch: 0 }
  let batchesRead = 0
  let done: () => void = () => {}

  function ask(partitions: readonly number[]): void {
    const asked = partitions.map((partition) => ({
      partition,
      fetchOffset: BigInt(offsets[partition] as number),
      partitionMaxBytes: PARTITION_MAX_BYTES,
    }))
    const body = {
      replicaId: -1,
      maxWaitMs: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      isolationLevel: 0,
      sessionId: session.id,
      sessionEpoch: session.epoch,
      topics: asked.length > 0 ? [{ topic: job.topic, partitions: asked }] : [],
      forgottenTopicsData: [],
      rackId: '',
    }
    wire.socket.write(encodeRequest(Apis.Fetch, FETCH_VERSION, correlationId++, 'bench', body))
  }

  function took(frame: Buffer): void {
    const { errorCode, sessionId, responses } = decodeResponse(Apis.Fetch, FETCH_VERSION, frame).body
    check(errorCode)
    session = { id: sessionId, epoch: sessionId === 0 ? 0 : session.epoch + 1 }
    const advanced: number[] = []
    for (const { partitionIndex, errorCode, records } of responses.flatMap(({ partitions }) => partitions)) {
      check(errorCode)
      if (records === null || records.length === 0) continue
      advanced.push(partitionIndex)
      walk(partitionIndex, records)
    }
    if (batchesRead >= job.batches) return finish()
    ask(session.id === 0 ? everyPartition : advanced)
  }

  function walk(partition: number, records: Buffer): void {
    for (let at = 0; at + CRC_OFFSET < records.length; ) {
      const end = at + BATCH_OVERHEAD_BYTES + records.readInt32BE(at + LENGTH_OFFSET)
      if (end > records.length) break // cut off: it comes again
      const offset = Number(records.readBigInt64BE(at))
      if (offset !== offsets[partition])
        throw new Error(`offset ${offset}, where ${offsets[partition]} was due`)
      const crc = records.readUInt32BE(at + CRC_OFFSET)
      const count = counts.get(crc)
      if (count === undefined)
        throw new Error(`the batch at ${offset} of partition ${partition} is none that was produced`)
      if (batchesRead % SAMPLE === 0 && crc32c(records, at + ATTRIBUTES_OFFSET, end) !== crc)
        throw new Error(
          `the batch at ${offset} of partition ${partition} has other contents than its CRC says`,
        )
      counts.set(crc, count + 1)
      batchesRead++
      offsets[partition] = offset + RECORDS_PER_BATCH
      at = end
    }
  }

  function finish(): void {
    for (const [partition, offset] of offsets.entries()) {
      const end = batchesIn(partition, job) * RECORDS_PER_BATCH
      if (offset !== end) throw new Error(`partition ${partition} was read to ${offset}; it ends at ${end}`)
    }
    for (const [crc, times] of expected) {
      if (counts.get(crc) !== times) throw new Error(`a batch came ${counts.get(crc)} times, not ${times}`)
    }
    done()
  }

  const everyPartition = offsets.map((_, partition) => partition)
  const wire = await Wire.open(job, took)
  return async () => {
    await new Promise<void>((resolve) => {
      done = resolve
      ask(everyPartition)
    })
    wire.close()
  }
}

function check(errorCode: number): void {
  if (errorCode !== ErrorCodes.NONE) throw new Error(`Fetch was answered ${errorName(errorCode)}`)
}
