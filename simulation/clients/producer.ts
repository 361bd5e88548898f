// An idempotent producer as Java's is one: up to five batches of a partition on their way, sent again in their order after a
// lost connection or an error, until each is acknowledged. Now and then one without ids, which may repeat.

import { ErrorCodes } from '../../src/protocol/errors.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { PRODUCE_VERSION } from '../../src/simulation/exchanges.js'
import type { Connection } from '../../src/simulation/network.js'
import type { SimulatedProcess } from '../../src/simulation/proc.js'
import type { Random } from '../../src/simulation/random.js'
import { Signal, type Task } from '../../src/simulation/task.js'
import type { World } from '../../src/simulation/world.js'

export interface ProducerSettings {
  readonly topic: string
  readonly producerId: bigint
  readonly partition: number
  /** Between two batches, on average. */
  readonly pauseMs: number
  readonly inFlight: number
}

interface Batch {
  readonly sequence: number
  readonly count: number
  isSent: boolean
}

const MAX_RECORDS = 5
const RETRY_BACKOFF_MS = 100
const REQUEST_TIMEOUT_MS = 5000

export class ModelProducer {
  /** Records that were acknowledged. */
  acknowledged = 0
  private readonly proc: SimulatedProcess
  private readonly world: World
  private readonly settings: ProducerSettings
  private readonly random: Random
  private readonly news = new Signal()
  private waiting: Batch[] = []
  private nextSequence = 0
  private connection: Connection | null = null
  private isStopping = false
  private isBackingOff = false

  constructor(proc: SimulatedProcess, world: World, settings: ProducerSettings, random: Random) {
    this.proc = proc
    this.world = world
    this.settings = settings
    this.random = random
    proc.spawn(this.run())
    proc.spawn(this.send())
  }

  /** What has been made is still delivered. */
  stop(): void {
    this.isStopping = true
  }

  get isDone(): boolean {
    return this.isStopping && this.waiting.length === 0
  }

  private *run(): Task {
    while (!this.isStopping) {
      yield* this.proc.sleep(this.random.exponential(this.settings.pauseMs))
      if (!this.isStopping) this.make()
    }
  }

  /** One more batch. */
  make(): void {
    const count = 1 + this.random.below(MAX_RECORDS)
    this.waiting.push({ sequence: this.nextSequence, count, isSent: false })
    this.nextSequence += count
    this.news.raise()
  }

  private *send(): Task {
    for (;;) {
      // a broker that does not know it takes whatever sequence comes first for its first one, as Kafka does
      const inFlight = this.acknowledged === 0 ? 1 : this.settings.inFlight
      const next = this.waiting.slice(0, inFlight).find(({ isSent }) => !isSent)
      if (next === undefined || this.isBackingOff) {
        yield* this.proc.waitFor(this.news, Number.POSITIVE_INFINITY)
        continue
      }
      const leader =
        this.world.cluster.topic(this.settings.topic).partitions[this.settings.partition]?.leader ?? -1
      if (leader < 1) {
        yield* this.proc.sleep(RETRY_BACKOFF_MS)
        continue
      }
      this.deliver(next, this.connectionTo(leader))
    }
  }

  private connectionTo(nodeId: number): Connection {
    if (this.connection === null || this.connection.isClosed || this.connection.nodeId !== nodeId) {
      this.connection = this.world.network.connect(this.proc, 'producer', nodeId)
    }
    return this.connection
  }

  private deliver(batch: Batch, connection: Connection): void {
    batch.isSent = true
    const { topic, partition, producerId } = this.settings
    const timestampMs = BigInt(Math.floor(this.world.nowMs))
    const value = (i: number) => Buffer.from(`${producerId}-${batch.sequence + i}`)
    const records = buildBatch({
      records: Array.from({ length: batch.count }, (_, i) => ({ timestampMs, value: value(i) })),
      ...{ producerId, producerEpoch: 0, baseSequence: batch.sequence },
    })
    const topicData = [{ name: topic, topicId: ZERO_UUID, partitionData: [{ index: partition, records }] }]
    const body = { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData }
    const timeout = this.world.queue.after(REQUEST_TIMEOUT_MS, () => connection.close())
    connection.send('Produce', PRODUCE_VERSION, body, (response) => {
      timeout.cancel()
      const { responses } = (response ?? { responses: [] }) as {
        responses: { partitionResponses: { errorCode: number }[] }[]
      }
      const code = responses[0]?.partitionResponses[0]?.errorCode
      if (code === ErrorCodes.NONE) this.acknowledgedTo(batch)
      else this.again(connection)
    })
  }

  private acknowledgedTo(batch: Batch): void {
    const before = this.waiting.length
    this.waiting = this.waiting.filter((other) => other !== batch)
    if (this.waiting.length < before) this.acknowledged += batch.count
    this.news.raise()
  }

  /** All that is not acknowledged, in its order, on another connection; once for all that fails together. */
  private again(connection: Connection): void {
    connection.close()
    if (this.isBackingOff) return
    this.connection?.close()
    this.isBackingOff = true
    this.world.queue.after(RETRY_BACKOFF_MS, () => {
      this.isBackingOff = false
      for (const batch of this.waiting) batch.isSent = false
      this.news.raise()
    })
  }
}
