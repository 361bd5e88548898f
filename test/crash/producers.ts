// Raw producers, each with one partition and several batches in flight: idempotent ones send again after a restart what was not
// acknowledged, under the same sequence numbers; plain ones do not. Every record has a value of its own.

import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { RawClient } from '../helpers/raw-client.js'
import { type Ledger, refused } from './ledger.js'

export interface ProducerOptions {
  readonly name: string
  readonly topic: string
  readonly partition: number
  readonly isIdempotent: boolean
  /** Bytes that every value has besides. */
  readonly padding?: number
  readonly random: () => number
  readonly ledger: Ledger
}

export interface SentBatch {
  /** Number of its first record among those of the producer, and its sequence. */
  readonly first: number
  readonly count: number
  readonly bytes: Buffer
  /** Where the broker said it is; null: not acknowledged. */
  baseOffset: bigint | null
  /** The answer said that it was not kept. */
  isRefused: boolean
}

const PRODUCE_VERSION = 8
const INIT_VERSION = 2
/** Of more than five the broker does not know a repetition (ProducerStateEntry.NUM_BATCHES_TO_RETAIN). */
const IN_FLIGHT = 5
const MAX_RECORDS = 4
const BACK_OFF_MS = 20

const RETRIABLE: readonly number[] = [
  ErrorCodes.NOT_LEADER_OR_FOLLOWER,
  ErrorCodes.KAFKA_STORAGE_ERROR,
  ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCodes.LEADER_NOT_AVAILABLE,
]

export class Producer {
  readonly options: ProducerOptions
  readonly sent: SentBatch[] = []
  producerId = -1n
  private producerEpoch = -1
  private next = 0
  /** Refused or cut off, to be sent again before anything new. */
  private again: SentBatch[] = []

  constructor(options: ProducerOptions) {
    this.options = options
  }

  valueOf(n: number): string {
    const { name, padding = 0 } = this.options
    return `${name} ${n}${'.'.repeat(padding)}`
  }

  /** Produces until the connection is lost, or `isOver`. */
  async work(port: number, isOver: () => boolean): Promise<void> {
    const client = await RawClient.connect(port).catch(() => null)
    if (client === null) return
    try {
      await this.initialize(client)
      while (!client.isClosed && !isOver()) await this.window(client)
    } catch (error) {
      if (!client.isClosed) throw error
    } finally {
      client.close()
      if (this.options.isIdempotent) this.again = this.sent.filter(({ baseOffset }) => baseOffset === null)
    }
  }

  private async initialize(client: RawClient): Promise<void> {
    if (!this.options.isIdempotent || this.producerId >= 0n) return
    const answer = await initProducerId(client)
    this.producerId = answer.producerId
    this.producerEpoch = answer.producerEpoch
  }

  /** So many at once, and on when all are answered: what was refused comes again in its order. */
  private async window(client: RawClient): Promise<void> {
    const batches = this.again.splice(0, IN_FLIGHT)
    while (batches.length < IN_FLIGHT && this.again.length === 0) batches.push(this.make())
    const answers = await Promise.allSettled(batches.map((batch) => this.send(client, batch)))
    if (answers.some(({ status }) => status === 'rejected')) throw new Error('the connection is lost')
    if (!this.options.isIdempotent) return
    this.again = this.sent.filter(({ baseOffset }) => baseOffset === null)
    if (this.again.length > 0) await new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS))
  }

  private make(): SentBatch {
    const { isIdempotent, random } = this.options
    const count = 1 + Math.floor(random() * MAX_RECORDS)
    const first = this.next
    this.next += count
    const records = Array.from({ length: count }, (_, i) => ({
      timestampMs: BigInt(Date.now()),
      value: Buffer.from(this.valueOf(first + i)),
    }))
    const { producerId, producerEpoch } = this
    const idempotence = isIdempotent ? { producerId, producerEpoch, baseSequence: first } : {}
    const batch = {
      first,
      count,
      bytes: buildBatch({ records, ...idempotence }),
      baseOffset: null,
      isRefused: false,
    }
    this.sent.push(batch)
    return batch
  }

  private async send(client: RawClient, batch: SentBatch): Promise<void> {
    const { topic: name, partition: index, ledger, isIdempotent } = this.options
    const { responses } = await client.send(Apis.Produce, PRODUCE_VERSION, {
      ...{ acks: -1, timeoutMs: 30_000 },
      topicData: [{ name, partitionData: [{ index, records: batch.bytes }] }],
    })
    const [partition] = responses[0]?.partitionResponses ?? []
    const { errorCode = ErrorCodes.UNKNOWN_SERVER_ERROR, baseOffset = -1n } = partition ?? {}
    batch.isRefused = errorCode !== ErrorCodes.NONE
    if (errorCode === ErrorCodes.NONE) {
      batch.baseOffset = baseOffset
      ledger.recordsAcknowledged += batch.count
      return
    }
    refused(ledger, errorName(errorCode))
    // What follows one that was refused is out of order, and comes again with it.
    const isRight =
      RETRIABLE.includes(errorCode) || (isIdempotent && errorCode === ErrorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER)
    if (!isRight)
      ledger.violations.push(`${this.valueOf(batch.first)}: Produce was answered ${errorName(errorCode)}`)
  }
}

export async function initProducerId(client: RawClient) {
  const body = { transactionalId: null, transactionTimeoutMs: 60_000 }
  for (;;) {
    const answer = await client.send(Apis.InitProducerId, INIT_VERSION, body)
    if (answer.errorCode === ErrorCodes.NONE) return answer
    await new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS))
  }
}
