// Everybody who works on the server while it is killed, and everything that is checked when it is back.

import { seededRandom } from '../../src/machine/seeded.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import { RawClient } from '../helpers/raw-client.js'
import { until } from '../helpers/until.js'
import { Committer } from './committers.js'
import { Application } from './kafkajs-clients.js'
import { type Ledger, newLedger, refused } from './ledger.js'
import { initProducerId, Producer } from './producers.js'
import { checkPartition, readPartition } from './records.js'
import type { ServerProcess } from './server.js'

const TOPICS = { raw: 6, events: 4 } as const
const COMMITTERS = 8
const COMMITS_IN_FLIGHT = 8
/** Two on each of these partitions. */
const PRODUCER_PARTITIONS = 3
const CONSUMERS = 3
const CREATE_TOPICS_VERSION = 5
const METADATA_VERSION = 8

export class Workload {
  readonly ledger: Ledger = newLedger()
  private readonly server: ServerProcess
  private readonly committers: readonly Committer[]
  private readonly producers: readonly Producer[]
  private readonly application: Application
  /** Names of topics whose creation was acknowledged. */
  private readonly topics: string[] = []
  private readonly producerIds = new Set<bigint>()
  private topicsAsked = 0
  private firstAssignments = 0
  private lastAssignments: number | null = null
  private lastCrashes: readonly string[] | null = null

  constructor(server: ServerProcess, seed: number) {
    const { ledger } = this
    this.server = server
    this.committers = Array.from({ length: COMMITTERS }, (_, i) => {
      const isMember = i % 4 === 0
      const common = { topic: 'raw', partitions: TOPICS.raw, inFlight: COMMITS_IN_FLIGHT, ledger }
      const random = seededRandom(seed + i)
      return new Committer({ group: `committer-${i}`, isMember, random, ...common })
    })
    this.producers = Array.from({ length: 2 * PRODUCER_PARTITIONS }, (_, i) => {
      const isIdempotent = i % 2 === 0
      const name = `${isIdempotent ? 'idempotent' : 'plain'}-${i}`
      const random = seededRandom(seed + COMMITTERS + i)
      return new Producer({ name, topic: 'raw', partition: i >> 1, isIdempotent, random, ledger })
    })
    const groupId = 'application'
    this.application = new Application({
      ...{ brokers: server.brokers, topic: 'events', partitions: TOPICS.events },
      ...{ groupId, consumers: CONSUMERS, ledger },
    })
  }

  async begin(): Promise<void> {
    const client = await RawClient.connect(this.server.port)
    for (const [name, partitions] of Object.entries(TOPICS)) await this.createTopic(client, name, partitions)
    client.close()
    await this.application.start()
    this.firstAssignments = this.application.assignments
  }

  /** Why its consumers began anew, as far as kafkajs tells: not where it takes an answer to Fetch for stale metadata. */
  get crashes(): readonly string[] {
    return this.lastCrashes ?? this.application.crashes
  }

  /** In the kafkajs group, since all its members had one and until they were told to leave. */
  get unexpectedAssignments(): number {
    return (this.lastAssignments ?? this.application.assignments) - this.firstAssignments
  }

  /** `kill` is called when the first commit was acknowledged; resolves when everybody has noticed. */
  async workUntil(kill: () => Promise<void>): Promise<void> {
    const { port } = this.server
    let isOver = false
    const isDone = () => isOver
    const working = [
      ...[...this.committers, ...this.producers].map((each) => each.work(port, isDone)),
      this.makeTopics(port, isDone),
    ]
    const { commitsAcknowledged } = this.ledger
    await until('a commit is acknowledged', () => this.ledger.commitsAcknowledged > commitsAcknowledged)
    await kill()
    isOver = true
    await Promise.all(working)
  }

  private async makeTopics(port: number, isOver: () => boolean): Promise<void> {
    const client = await RawClient.connect(port).catch(() => null)
    try {
      while (client !== null && !client.isClosed && !isOver()) {
        await this.createTopic(client, `made-${this.topicsAsked++}`, 1)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    } catch (error) {
      if (client?.isClosed !== true) throw error
    } finally {
      client?.close()
    }
  }

  private async createTopic(client: RawClient, name: string, numPartitions: number): Promise<void> {
    const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }
    const body = { topics: [topic], timeoutMs: 10_000, validateOnly: false }
    const { topics } = await client.send(Apis.CreateTopics, CREATE_TOPICS_VERSION, body)
    const errorCode = topics[0]?.errorCode ?? ErrorCodes.UNKNOWN_SERVER_ERROR
    if (errorCode === ErrorCodes.NONE) this.topics.push(name)
    else refused(this.ledger, `CreateTopics ${errorName(errorCode)}`)
  }

  /** kafkajs goes on meanwhile; the others wait until it is done. */
  async check(): Promise<void> {
    const client = await RawClient.connect(this.server.port)
    await this.checkTopics(client)
    for (const committer of this.committers) await committer.check(client)
    await this.application.checkOffsets(client)
    await this.checkProducerIds(client)
    for (let partition = 0; partition < PRODUCER_PARTITIONS; partition++) {
      const values = await readPartition(client, 'raw', partition)
      const writers = this.producers.filter(({ options }) => options.partition === partition)
      checkPartition(values, writers, this.ledger)
    }
    const acknowledged = new Map(this.application.acknowledged)
    const events: string[][] = []
    for (let partition = 0; partition < TOPICS.events; partition++)
      events.push(await readPartition(client, 'events', partition))
    this.application.checkRecords(events, acknowledged)
    client.close()
  }

  private async checkTopics(client: RawClient): Promise<void> {
    const answer = await client.send(Apis.Metadata, METADATA_VERSION, { topics: null })
    const there = new Set(answer.topics.map(({ name }) => name))
    for (const name of this.topics)
      if (!there.has(name)) this.ledger.violations.push(`topic ${name} was created and is lost`)
  }

  /** None is given out twice. */
  private async checkProducerIds(client: RawClient): Promise<void> {
    const { producerId } = await initProducerId(client)
    const given = [...this.producerIds, ...this.producers.map((each) => each.producerId)]
    if (given.includes(producerId))
      this.ledger.violations.push(`producer id ${producerId} was given to two producers`)
    this.producerIds.add(producerId)
  }

  /** Lets kafkajs read to the end, and leave. */
  async finish(): Promise<void> {
    await this.application.drain()
    this.lastAssignments = this.application.assignments
    this.lastCrashes = [...this.application.crashes]
    await this.application.stop()
  }
}
