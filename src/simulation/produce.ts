// Records that come into a topic: at a rate, or many at once. They go straight into the log, past the network: how producers
// fare is not the question here.

import { batchCrc, encodeBatch } from '../protocol/records/batch.js'
import {
  BATCH_HEADER_BYTES,
  BATCH_OVERHEAD_BYTES,
  type BatchHeader,
  CRC_OFFSET,
  MAX_TIMESTAMP_OFFSET,
} from '../protocol/records/header.js'
import { writeDeltaRecords } from '../protocol/records/record.js'
import { ZERO_UUID } from '../protocol/wire.js'
import type { ServerTicket } from '../server/ticket.js'
import type { Cluster } from './cluster.js'
import { PRODUCE_VERSION } from './exchanges.js'
import type { EventQueue } from './queue.js'

export interface Load {
  readonly topic: string
  /** Records per second, of all partitions together. */
  readonly perSecond: number
  readonly fromMs?: number
  readonly toMs?: number
  /** How often a batch is appended; 100 ms. */
  readonly everyMs?: number
  /** Shares of the partitions; equal unless given. */
  readonly shares?: readonly number[]
}

const MAX_BATCH_RECORDS = 500
/** The base timestamp stands in front of the greatest one. */
const INT64_BYTES = 8
const templates = new Map<number, { readonly header: BatchHeader; readonly bytes: Buffer }>()

export class Producer {
  private readonly queue: EventQueue
  private readonly cluster: Cluster
  /** Topic -> partition -> records appended. */
  private readonly appended = new Map<string, number[]>()

  constructor(queue: EventQueue, cluster: Cluster) {
    this.queue = queue
    this.cluster = cluster
  }

  /** Records in the partition so far. */
  endOffset(topic: string, partition: number): number {
    return this.appended.get(topic)?.[partition] ?? 0
  }

  total(topic: string): number {
    return (this.appended.get(topic) ?? []).reduce((sum, count) => sum + (count ?? 0), 0)
  }

  append(topic: string, partition: number, count: number): void {
    const ends = this.appended.get(topic) ?? []
    this.appended.set(topic, ends)
    for (let left = count; left > 0; left -= MAX_BATCH_RECORDS) {
      const size = Math.min(left, MAX_BATCH_RECORDS)
      this.submit(topic, partition, batchOf(size, Math.floor(this.queue.nowMs)))
      ends[partition] = (ends[partition] ?? 0) + size
    }
  }

  load({ topic, perSecond, fromMs = 0, toMs = Number.POSITIVE_INFINITY, everyMs = 100, shares }: Load): void {
    const due: number[] = []
    const tick = () => {
      if (this.queue.nowMs >= toMs) return
      const { length } = this.cluster.topic(topic).partitions
      const total = shares?.reduce((sum, share) => sum + share, 0) ?? length
      for (let partition = 0; partition < length; partition++) {
        const share = shares === undefined ? 1 : (shares[partition] ?? 0)
        // the first records of different partitions come at different times
        const before = due[partition] ?? partition / length
        const now = before + (perSecond * everyMs * share) / total / 1000
        const count = Math.floor(now + 1e-9)
        due[partition] = now - count
        if (count > 0) this.append(topic, partition, count)
      }
      this.queue.after(everyMs, tick)
    }
    this.queue.at(fromMs, tick)
  }

  private submit(name: string, index: number, records: Buffer): void {
    const ticket: ServerTicket = {
      ...{ apiVersion: PRODUCE_VERSION, clientId: 'producer', clientHost: '/producer', isAnswered: false },
      decided: () => {},
      answer: () => {},
      refuse: (errorCode) => {
        throw new Error(`Produce was refused with ${errorCode}`)
      },
    }
    const topicData = [{ name, topicId: ZERO_UUID, partitionData: [{ index, records }] }]
    const request = { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData }
    this.cluster.log.submit({ type: 'Produce', ticket, request })
  }
}

/** Records without key and value: only their offsets and the time of their batch are looked at. */
function batchOf(count: number, nowMs: number): Buffer {
  let template = templates.get(count)
  if (template === undefined) {
    const record = { attributes: 0, timestampDelta: 0n, key: null, value: null, headers: [] }
    const section = writeDeltaRecords(
      Array.from({ length: count }, (_, i) => ({ ...record, offsetDelta: i })),
    )
    const header = {
      ...{ baseOffset: 0n, partitionLeaderEpoch: -1, magic: 2, crc: 0, attributes: 0 },
      ...{ lengthBytes: BATCH_HEADER_BYTES - BATCH_OVERHEAD_BYTES + section.length },
      ...{ lastOffsetDelta: count - 1, baseTimestampMs: 0n, maxTimestampMs: 0n },
      ...{ producerId: -1n, producerEpoch: -1, baseSequence: -1, recordCount: count },
    }
    template = { header, bytes: encodeBatch(header, section) }
    templates.set(count, template)
  }
  const bytes = Buffer.from(template.bytes)
  bytes.writeBigInt64BE(BigInt(nowMs), MAX_TIMESTAMP_OFFSET - INT64_BYTES)
  bytes.writeBigInt64BE(BigInt(nowMs), MAX_TIMESTAMP_OFFSET)
  bytes.writeUInt32BE(batchCrc(bytes, template.header), CRC_OFFSET)
  return bytes
}
