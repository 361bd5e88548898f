// kafkajs at work through all restarts, as an application has it: one idempotent producer, and a group of consumers that commits after every
// few records. It is never told that the broker was killed. Its books say what was acknowledged to it.

import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs'
import { Apis } from '../../src/protocol/apis.js'
import type { RawClient } from '../helpers/raw-client.js'
import { until } from '../helpers/until.js'
import type { Ledger } from './ledger.js'

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1'

/** Its patience has no end. */
const RETRY = { initialRetryTime: 20, maxRetryTime: 200, retries: 1_000_000, factor: 0 }
const PAUSE_MS = 5
const RECORDS_PER_SEND = 5
const DRAINED_WITHIN_MS = 60_000

export interface ApplicationOptions {
  readonly brokers: string[]
  readonly topic: string
  readonly partitions: number
  readonly groupId: string
  readonly consumers: number
  readonly ledger: Ledger
}

export class Application {
  /** Value -> partition and offset where it was acknowledged. */
  readonly acknowledged = new Map<string, { partition: number; offset: number }>()
  readonly read = new Map<string, number>()
  /** How often a consumer got an assignment. */
  assignments = 0
  /** What consumers gave up with, to begin anew. */
  readonly crashes: string[] = []
  private readonly options: ApplicationOptions
  private readonly producer: Producer
  private readonly consumers: Consumer[]
  /** By partition: the last acknowledged, and the next after the last one read. */
  private readonly committed = new Map<number, bigint>()
  private readonly position = new Map<number, bigint>()
  private readonly owned = new Map<Consumer, number>()
  private producing: Promise<void> = Promise.resolve()
  private isOver = false

  constructor(options: ApplicationOptions) {
    this.options = options
    const kafka = new Kafka({ brokers: options.brokers, logLevel: logLevel.NOTHING, retry: RETRY })
    this.producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: RETRY })
    this.consumers = Array.from({ length: options.consumers }, () =>
      kafka.consumer({
        groupId: options.groupId,
        sessionTimeout: 60_000,
        rebalanceTimeout: 10_000,
        heartbeatInterval: 1000,
        maxWaitTimeInMs: 100,
        retry: RETRY,
      }),
    )
  }

  async start(): Promise<void> {
    const { topic, partitions } = this.options
    await this.producer.connect()
    for (const consumer of this.consumers) {
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        this.assignments++
        this.owned.set(consumer, (payload.memberAssignment[topic] ?? []).length)
      })
      consumer.on(consumer.events.CRASH, ({ payload }) => this.crashes.push(payload.error.message))
      consumer.on(consumer.events.REBALANCING, () => this.crashes.push('the coordinator wanted a rebalance'))
      consumer.on(consumer.events.COMMIT_OFFSETS, ({ payload }) => {
        for (const each of payload.topics.flatMap(({ partitions }) => partitions)) {
          this.committed.set(Number(each.partition), BigInt(each.offset))
          this.options.ledger.commitsAcknowledged++
        }
      })
      await consumer.connect()
      await consumer.subscribe({ topic, fromBeginning: true })
      await consumer.run({
        autoCommitThreshold: RECORDS_PER_SEND,
        eachMessage: async ({ partition, message }) => {
          const value = String(message.value)
          this.read.set(value, (this.read.get(value) ?? 0) + 1)
          this.position.set(partition, BigInt(message.offset) + 1n)
        },
      })
    }
    const shares = () => this.consumers.map((each) => this.owned.get(each) ?? 0)
    const isShared = () => shares().reduce((sum, each) => sum + each, 0) === partitions
    await until('every consumer has its share', () => isShared() && shares().every((each) => each > 0))
    this.producing = this.produce().catch((error: Error) => {
      this.options.ledger.violations.push(`kafkajs' producer gave up: ${error.message}`)
    })
  }

  private async produce(): Promise<void> {
    const { topic, partitions, ledger } = this.options
    for (let n = 0; !this.isOver; n++) {
      const partition = n % partitions
      const values = Array.from({ length: RECORDS_PER_SEND }, (_, i) => `event ${n}.${i}`)
      const messages = values.map((value) => ({ partition, value }))
      const [answer] = await this.producer.send({ topic, acks: -1, messages })
      for (const [i, value] of values.entries())
        this.acknowledged.set(value, { partition, offset: Number(answer?.baseOffset ?? -1) + i })
      ledger.recordsAcknowledged += values.length
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  /** Also while it works: no partition of its group shows less than was acknowledged before, or more than was read. */
  async checkOffsets(client: RawClient): Promise<void> {
    const { groupId, ledger } = this.options
    const before = new Map(this.committed)
    const body = { groups: [{ groupId, topics: null }], requireStable: false }
    const { groups } = await client.send(Apis.OffsetFetch, 8, body)
    const found = (groups[0]?.topics ?? []).flatMap(({ partitions }) => partitions)
    const offsets = new Map(found.map((each) => [each.partitionIndex, each.committedOffset]))
    for (const [partition, least] of before) {
      const offset = offsets.get(partition) ?? -1n
      if (offset < least)
        ledger.violations.push(`${groupId}, partition ${partition}: shows ${offset}, older than ${least}`)
    }
    for (const [partition, offset] of offsets) {
      const most = this.position.get(partition) ?? 0n
      if (offset > most)
        ledger.violations.push(`${groupId}, partition ${partition}: shows ${offset}; it was read to ${most}`)
    }
  }

  /** Holds what is in its topic, by partition, against what was acknowledged. */
  checkRecords(values: readonly (readonly string[])[], acknowledged: Application['acknowledged']): void {
    const { violations } = this.options.ledger
    for (const [partition, each] of values.entries()) {
      if (new Set(each).size !== each.length)
        violations.push(`events, partition ${partition}: one is there twice`)
    }
    for (const [value, { partition, offset }] of acknowledged) {
      const found = values[partition]?.[offset]
      if (found !== value)
        violations.push(`'${value}' was acknowledged at ${offset} of ${partition}, where '${found}' is`)
    }
  }

  /** Ends producing, and waits until everything that was acknowledged has been read. */
  async drain(): Promise<void> {
    this.isOver = true
    await this.producing
    const missing = () => [...this.acknowledged.keys()].filter((value) => !this.read.has(value))
    await until(
      'every acknowledged event is read',
      () => missing().length === 0,
      DRAINED_WITHIN_MS,
      () => `missing: ${missing().slice(0, 5)}`,
    ).catch((error: Error) => this.options.ledger.violations.push(error.message))
  }

  async stop(): Promise<void> {
    await Promise.all([this.producer, ...this.consumers].map((each) => each.disconnect()))
  }
}
