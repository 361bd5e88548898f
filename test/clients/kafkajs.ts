// Real kafkajs consumers that keep book: what they own, what they read, what they did not commit.

import net from 'node:net'
import { type Consumer, Kafka, type KafkaConfig, logLevel, type Producer } from 'kafkajs'
import type { Cohort } from '../../src/index.js'
import { until } from '../helpers/until.js'

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1'

export function connect(cohort: Cohort, clientId = 'test', more: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({
    clientId,
    brokers: cohort.brokers,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20 },
    ...more,
  })
}

export interface Read {
  readonly value: string
  readonly partition: number
  readonly offset: string
}

export interface MemberOptions {
  readonly groupId: string
  readonly topic: string
  readonly sessionTimeout?: number
  readonly metadataMaxAge?: number
  /** Where every read record is entered, in order. */
  readonly ledger: Read[]
}

export class Member {
  readonly name: string
  readonly own: Read[] = []
  partitions: number[] = []
  rebalances = 0
  isDead = false
  private readonly consumer: Consumer
  private readonly sockets = new Set<net.Socket>()
  private readonly options: MemberOptions

  constructor(cohort: Cohort, name: string, options: MemberOptions) {
    this.name = name
    this.options = options
    const kafka = connect(cohort, name, {
      retry: { retries: 5, initialRetryTime: 20 },
      socketFactory: ({ host, port, onConnect }) => this.openSocket(host, port, onConnect),
    })
    this.consumer = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: options.sessionTimeout ?? 1500,
      rebalanceTimeout: 3000,
      heartbeatInterval: 100,
      maxWaitTimeInMs: 100,
      ...(options.metadataMaxAge === undefined ? {} : { metadataMaxAge: options.metadataMaxAge }),
      retry: { retries: 5, initialRetryTime: 20, restartOnFailure: async () => !this.isDead },
    })
  }

  private openSocket(host: string, port: number, onConnect: () => void): net.Socket {
    const socket = net.connect({ host, port }, onConnect)
    if (this.isDead) socket.destroy(new Error('dead'))
    this.sockets.add(socket)
    socket.on('close', () => this.sockets.delete(socket))
    return socket
  }

  async start(): Promise<this> {
    const { topic, ledger } = this.options
    this.consumer.on(this.consumer.events.GROUP_JOIN, ({ payload }) => {
      this.partitions = [...(payload.memberAssignment[topic] ?? [])].sort()
      this.rebalances++
    })
    await this.consumer.connect()
    await this.consumer.subscribe({ topic, fromBeginning: true })
    await this.consumer.run({
      eachMessage: async ({ partition, message }) => {
        if (this.isDead) throw new Error('dead')
        const read = { value: String(message.value), partition, offset: message.offset }
        this.own.push(read)
        ledger.push(read)
      },
    })
    return this
  }

  /** Leaves as a well-behaved consumer does. */
  async stop(): Promise<void> {
    await this.consumer.disconnect()
    this.partitions = []
  }

  /** Dies without a word: its sockets are gone and it opens no other. */
  die(): void {
    this.isDead = true
    this.partitions = []
    for (const socket of this.sockets) socket.destroy()
    void this.consumer.disconnect().catch(() => {})
  }
}

/** Until the living own every partition exactly once, each at least one. */
export async function settled(members: readonly Member[], partitions: number): Promise<void> {
  const owned = () => members.flatMap((member) => member.partitions).sort((a, b) => a - b)
  const complete = Array.from({ length: partitions }, (_, i) => i).join()
  await until(
    'the group settles',
    () => owned().join() === complete && members.every((member) => member.partitions.length > 0),
    20_000,
    () => members.map((member) => `${member.name}: [${member.partitions}]`).join('; '),
  )
}

/** Sends `count` records with values `<prefix>-<i>`, spread over all partitions. */
export async function produce(
  producer: Producer,
  topic: string,
  prefix: string,
  count: number,
): Promise<string[]> {
  const values = Array.from({ length: count }, (_, i) => `${prefix}-${i}`)
  await producer.send({ topic, messages: values.map((value, i) => ({ key: `${i}`, value })) })
  return values
}

export async function readAll(ledger: readonly Read[], values: readonly string[]): Promise<void> {
  const missing = () => {
    const seen = new Set(ledger.map(({ value }) => value))
    return values.filter((value) => !seen.has(value))
  }
  await until(
    'every record is read',
    () => missing().length === 0,
    20_000,
    () => `missing: ${missing().slice(0, 5)}`,
  )
}
