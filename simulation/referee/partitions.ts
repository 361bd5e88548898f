// The rules of the log: every partition is one row of batches without a gap, each batch of an idempotent producer is in it once,
// what is fetched is what was appended, and nobody who was told of an offset sees the end before it again.

import type { LogDecision, LogEvent, LogRecord } from '../../src/log/types.js'
import type { Context } from '../../src/metadata/image.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import type { FetchedPartition } from '../../src/protocol/messages/fetch.js'
import type { ListOffsetsResponse } from '../../src/protocol/messages/list-offsets.js'
import type { ProduceResponse } from '../../src/protocol/messages/produce.js'
import { batchSizeBytes, readBatchHeader } from '../../src/protocol/records/batch.js'
import type { Fail } from './broken.js'

interface Row {
  endOffset: number
  readonly batches: Map<number, Buffer>
  /** Producer, epoch and first sequence -> base offset. */
  readonly sequences: Map<string, number>
}

type BatchRecord = Extract<LogRecord, { kind: 'Batch' }>

interface FetchAnswer {
  readonly responses: readonly { readonly topic: string; readonly partitions: readonly FetchedPartition[] }[]
}

const LATEST = -1n

/** The ends that anybody was told of; they outlive the machines that told them. */
export type ToldEnds = Map<string, number>

export class PartitionRules {
  private readonly rows = new Map<string, Row>()
  private isLoaded = false
  private readonly told: ToldEnds
  private readonly fail: Fail

  constructor(told: ToldEnds, fail: Fail) {
    this.told = told
    this.fail = fail
  }

  loaded(records: readonly LogRecord[]): void {
    const batches = records.filter((record): record is BatchRecord => record.kind === 'Batch')
    for (const batch of batches.sort((a, b) => a.baseOffset - b.baseOffset)) this.append(batch)
    this.isLoaded = true
    for (const [key, end] of this.told) {
      const { endOffset } = this.row(key)
      if (endOffset < end) this.fail('an end offset never goes back', `${key}: ${endOffset} after ${end}`)
    }
  }

  endOffset(topicId: string, partition: number): number {
    return this.row(`${topicId}-${partition}`).endOffset
  }

  private row(key: string): Row {
    let row = this.rows.get(key)
    if (row === undefined) {
      row = { endOffset: 0, batches: new Map(), sequences: new Map() }
      this.rows.set(key, row)
    }
    return row
  }

  private append({ topicId, partition, baseOffset, bytes }: BatchRecord): void {
    const key = `${topicId}-${partition}`
    const row = this.row(key)
    if (baseOffset !== row.endOffset) {
      this.fail('a partition has no gaps and no overlaps', `${key}: ${baseOffset} behind ${row.endOffset}`)
    }
    const header = readBatchHeader(bytes)
    row.batches.set(baseOffset, Buffer.from(bytes))
    row.endOffset = baseOffset + header.lastOffsetDelta + 1
    if (header.producerId < 0n) return
    const sequence = `${header.producerId}/${header.producerEpoch}/${header.baseSequence}`
    if (row.sequences.has(sequence))
      this.fail('a batch of an idempotent producer is there once', `${key}: ${sequence}`)
    row.sequences.set(sequence, baseOffset)
  }

  stepped(event: LogEvent, { image }: Context, { records, replies }: LogDecision): void {
    const before = new Map([...this.rows].map(([key, { endOffset }]) => [key, endOffset]))
    for (const record of records) if (record.kind === 'Batch') this.append(record)
    if (event.type !== 'Produce') return
    const own = replies.find(({ ticket }) => ticket === event.ticket)?.response as ProduceResponse | undefined
    for (const { name, partitionData } of event.request.topicData) {
      const topicId = image.topicsByName.get(name)?.id
      for (const { index, records: bytes } of partitionData) {
        const answer = own?.responses.find((each) => each.name === name)?.partitionResponses
        const told = answer?.find((each) => each.index === index)
        if (told?.errorCode !== ErrorCodes.NONE || bytes === null) continue
        const key = `${topicId}-${index}`
        const { producerId, producerEpoch, baseSequence } = readBatchHeader(bytes)
        const sequence = `${producerId}/${producerEpoch}/${baseSequence}`
        const row = this.row(key)
        const due = producerId < 0n ? (before.get(key) ?? 0) : row.sequences.get(sequence)
        if (Number(told.baseOffset) === due && row.batches.has(due)) continue
        this.fail(
          'what is acknowledged to a producer is in the partition',
          `${key}: ${told.baseOffset}, not ${due}`,
        )
      }
    }
  }

  /** An answer leaves: what it shows is in the partition, and will not be gone again. */
  answered(api: string, request: object, response: object, { image }: Pick<Context, 'image'>): void {
    const idOf = (name: string) => image.topicsByName.get(name)?.id
    if (api === 'Fetch') {
      for (const { topic, partitions } of (response as FetchAnswer).responses) {
        for (const { partitionIndex, errorCode, highWatermark, records } of partitions) {
          if (errorCode !== ErrorCodes.NONE) continue
          const key = `${idOf(topic)}-${partitionIndex}`
          this.tell(key, Number(highWatermark))
          if (this.isLoaded) for (const piece of records) this.checkFetched(key, piece)
        }
      }
    } else if (api === 'ListOffsets') {
      const asked = new Set(
        (
          request as {
            topics: { name: string; partitions: { partitionIndex: number; timestamp: bigint }[] }[]
          }
        ).topics.flatMap(({ name, partitions }) =>
          partitions
            .filter(({ timestamp }) => timestamp === LATEST)
            .map(({ partitionIndex }) => `${name}-${partitionIndex}`),
        ),
      )
      for (const { name, partitions } of (response as ListOffsetsResponse).topics) {
        for (const { partitionIndex, errorCode, offset } of partitions) {
          if (errorCode !== ErrorCodes.NONE || !asked.has(`${name}-${partitionIndex}`)) continue
          this.tell(`${idOf(name)}-${partitionIndex}`, Number(offset))
        }
      }
    }
  }

  private tell(key: string, end: number): void {
    const before = this.told.get(key) ?? 0
    if (end < before) this.fail('an end offset never goes back', `${key}: ${end} after ${before}`)
    this.told.set(key, Math.max(end, before))
  }

  private checkFetched(key: string, records: Buffer): void {
    const { batches } = this.row(key)
    for (let at = 0; at < records.length; ) {
      const header = readBatchHeader(records, at)
      const sizeBytes = batchSizeBytes(header)
      const kept = batches.get(Number(header.baseOffset))
      if (kept === undefined || !kept.equals(records.subarray(at, at + sizeBytes))) {
        return this.fail('what is fetched is what was appended', `${key}: offset ${header.baseOffset}`)
      }
      at += sizeBytes
    }
  }
}
