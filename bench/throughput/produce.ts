// The producing side: every request has one batch for one partition, written from where it is encoded. Checks that every answer is
// in order and without an error, and in the end that the base offsets of every partition are without a gap.

import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import { CORRELATION_ID_OFFSET, FRAME_PREFIX_BYTES } from '../../src/protocol/layouts.js'
import { batchesIn, type Job, makeBatches, RECORDS_PER_BATCH } from './traffic.js'
import { PRODUCE_VERSION, Wire } from './wire.js'

/** Partition index and length of the batch stand right before the batch. */
const PARTITION_FROM_END = 8

export async function produceLoad(job: Job): Promise<() => Promise<void>> {
  const batches = makeBatches(job.timestampMs)
  const heads = batches.map((batch) => requestHead(job, batch))
  const found = Array.from({ length: job.partitions }, (_, p) => new Uint8Array(batchesIn(p, job)))
  let begun = 0
  let answered = 0
  let done: () => void = () => {}

  function took(frame: Buffer): void {
    const [topic] = decodeResponse(Apis.Produce, PRODUCE_VERSION, frame).body.responses
    const [partition] = topic?.partitionResponses ?? []
    if (partition === undefined) throw new Error('an answer to Produce that names no partition')
    const { index, errorCode, baseOffset } = partition
    if (errorCode !== ErrorCodes.NONE) throw new Error(`Produce was answered ${errorName(errorCode)}`)
    const place = Number(baseOffset) / RECORDS_PER_BATCH
    const places = found[index] as Uint8Array
    if (places[place] !== 0)
      throw new Error(`base offset ${baseOffset} of partition ${index}: not one that was free`)
    places[place] = 1
    if (++answered === job.batches) done()
  }

  const senders = await Promise.all(
    Array.from({ length: job.connections }, async () => {
      let correlationId = 0
      const send = () => {
        if (begun === job.batches) return
        const i = begun++
        const head = Buffer.from(heads[i % heads.length] as Buffer)
        head.writeInt32BE(correlationId++, FRAME_PREFIX_BYTES + CORRELATION_ID_OFFSET)
        head.writeInt32BE(i % job.partitions, head.length - PARTITION_FROM_END)
        wire.socket.cork()
        wire.socket.write(head)
        wire.socket.write(batches[i % batches.length] as Buffer)
        wire.socket.uncork()
      }
      const wire = await Wire.open(job, (frame) => {
        took(frame)
        send()
      })
      return { send, wire }
    }),
  )
  return async () => {
    await new Promise<void>((resolve) => {
      done = resolve
      for (const { send } of senders) for (let i = 0; i < job.inFlight; i++) send()
    })
    for (const { wire } of senders) wire.close()
  }
}

/** A Produce request up to its batch, with the length of all. */
function requestHead({ topic, acks }: Job, records: Buffer): Buffer {
  const body = {
    acks,
    timeoutMs: 30_000,
    topicData: [{ name: topic, partitionData: [{ index: 0, records }] }],
  }
  const whole = encodeRequest(Apis.Produce, PRODUCE_VERSION, 0, 'bench', body)
  return whole.subarray(0, whole.length - records.length)
}
