// The brokers: the real coordinator and log, hosted by the real runtime on virtual time, spread over nodes. A shard is led
// by one node; moving it stops it there and loads it elsewhere from the same store, as Kafka does with a partition of
// __consumer_offsets. What a broker needs to decide an answer takes it no time.

import { createShard, type ShardMachine } from '../coordinator/coordinator.js'
import { checkInvariants } from '../coordinator/invariants.js'
import type { GroupEvent, GroupRecord, ShardEvent } from '../coordinator/types.js'
import { createLog } from '../log/log.js'
import type { LogEvent, LogRecord } from '../log/types.js'
import type { IdSource } from '../machine/id-source.js'
import { emptyImage, withTopics } from '../metadata/changes.js'
import { decideGrowth } from '../metadata/create-partitions.js'
import { decideTopic } from '../metadata/create-topics.js'
import type { ClusterImage, Topic } from '../metadata/image.js'
import { NO_LEADER } from '../metadata/leaders.js'
import { DEFAULT_SETTINGS, type Settings } from '../metadata/settings.js'
import { ErrorCodes } from '../protocol/errors.js'
import { NO_COMPRESSION } from '../protocol/records/compression.js'
import { partitionFor } from '../server/group-hash.js'
import type { AnyMachine, Surroundings } from '../server/hosting.js'
import { groupRecords, logRecords } from '../server/records.js'
import { Host } from '../server/runtime.js'
import { Shard } from '../server/shard.js'
import type { ServerTicket } from '../server/ticket.js'
import { Timers } from '../server/timers.js'
import { MemoryStore } from '../store/memory.js'
import type { Store } from '../store/store.js'
import { seededIds } from './ids.js'
import { type EventQueue, SimulatedClock } from './queue.js'
import type { Random } from './random.js'
import type { Watch } from './watch.js'

export interface ClusterOptions {
  readonly nodes: number
  readonly settings: Partial<Settings>
  readonly store?: Store
  /** Gets the events of the coordinator. */
  readonly publish: (events: readonly GroupEvent[], atMs: number) => void
  readonly watch?: Watch
}

/** A shard, and the machine that it has at the moment. */
interface Led {
  readonly shard: Shard
  readonly machine: ShardMachine
}

export class Cluster {
  image: ClusterImage
  log: Host<LogEvent, LogRecord>
  /** Of all brokers. */
  readonly clock: SimulatedClock
  readonly watch: Watch | undefined
  private readonly queue: EventQueue
  private readonly ids: IdSource
  private shards: Led[]
  private readonly around: Surroundings
  private readonly timers: Timers

  constructor(queue: EventQueue, random: Random, options: ClusterOptions) {
    this.queue = queue
    this.ids = seededIds(random)
    const settings: Settings = { ...DEFAULT_SETTINGS, offsetsTopicNumPartitions: 5, ...options.settings }
    const brokers = Array.from({ length: options.nodes }, (_, i) => {
      return { nodeId: i + 1, host: `broker-${i + 1}`, port: 9092, rack: null }
    })
    this.image = emptyImage('simulated', brokers, settings)
    const clock = new SimulatedClock(queue)
    this.clock = clock
    this.timers = new Timers(clock)
    this.watch = options.watch
    const fail = (where: string, error: unknown): never => {
      throw new Error(`${where} at ${queue.nowMs} ms: ${error}`, { cause: error })
    }
    this.around = {
      clock,
      timers: this.timers,
      store: options.store ?? new MemoryStore(),
      image: () => this.image,
      observed: () => true,
      commitsObserved: () => true,
      publish: (events, nowMs) => options.publish(events as readonly GroupEvent[], nowMs),
      defect: (where, error) => (this.watch ? this.watch.defect(where, error) : fail(where, error)),
      fatal: (where, error) =>
        this.watch === undefined ? fail(where, error) : this.watch.fatal(where, error),
      log: () => {},
    }
    this.log = this.makeLog()
    this.log.start()
    this.shards = Array.from({ length: settings.offsetsTopicNumPartitions }, (_, i) => {
      const led = this.makeShard(i, (i % brokers.length) + 1)
      led.shard.host.start()
      return led
    })
  }

  private makeLog(): Host<LogEvent, LogRecord> {
    const create = (): AnyMachine<LogEvent, LogRecord> => {
      const machine = createLog({ compression: NO_COMPRESSION })
      return this.watch?.made(hosted.log, machine) ?? machine
    }
    const hosted = logRecords(create)
    return new Host(hosted, this.around)
  }

  private makeShard(index: number, leader: number, around = this.around): Led {
    let machine = createShard({ ids: this.ids })
    const create = (): AnyMachine<ShardEvent, GroupRecord> => {
      machine = createShard({ ids: this.ids })
      return this.watch?.made(hosted.log, machine) ?? machine
    }
    const hosted = groupRecords(index, create)
    return {
      shard: new Shard(index, leader, new Host<ShardEvent, GroupRecord>(hosted, around)),
      get machine() {
        return machine
      },
    }
  }

  get nodeIds(): number[] {
    return this.image.brokers.map(({ nodeId }) => nodeId)
  }

  /** Its records are kept for ever. */
  createTopic(name: string, numPartitions: number): void {
    const configs = [{ name: 'retention.ms', value: '-1' }]
    const asked = { name, numPartitions, replicationFactor: 1, assignments: [], configs }
    const decision = decideTopic(this.image, this.ids, asked, [])
    if (!decision.ok) throw new Error(decision.refusal.message)
    this.image = withTopics(this.image, [decision.topic])
  }

  growTopic(name: string, count: number): void {
    const decision = decideGrowth(this.image, { name, count, assignments: null })
    if (!decision.ok) throw new Error(`${decision.refusal.message}`)
    this.image = withTopics(this.image, [decision.topic])
  }

  /** Another node leads the partition from now on. */
  moveLeader(name: string, partition: number, toNode: number): void {
    const topic = this.topic(name)
    const partitions = topic.partitions.map((each) =>
      each.index === partition
        ? { ...each, leader: toNode, leaderEpoch: each.leaderEpoch + 1, replicas: [toNode] }
        : each,
    )
    this.image = withTopics(this.image, [{ ...topic, partitions }])
  }

  topic(name: string): Topic {
    const topic = this.image.topicsByName.get(name)
    if (topic === undefined) throw new Error(`there is no topic '${name}'`)
    return topic
  }

  /** -1: nobody at the moment. */
  coordinatorOf(groupId: string): number {
    return this.ledOf(groupId).shard.leader
  }

  private ledOf(groupId: string): Led {
    return this.shards[partitionFor(groupId, this.shards.length)] as Led
  }

  /** The group's shard: stopped where it is, led by `toNode` from now on, loaded there after `loadMs`. */
  moveCoordinator(groupId: string, toNode: number, loadMs: number): void {
    this.moveShard(partitionFor(groupId, this.shards.length), toNode, loadMs)
  }

  private moveShard(index: number, toNode: number, loadMs: number): void {
    const led = this.shards[index] as Led
    const load = led.shard.moveTo(toNode)
    if (toNode === NO_LEADER) return
    this.queue.after(loadMs, () => {
      if (this.shards[index] === led) load() // else the process has crashed meanwhile
    })
  }

  /** The process that all nodes live in ends without a word: who waits is not answered, what was not durable never was. */
  crash(): void {
    this.timers.clear()
    const around = { ...this.around, downSinceMs: this.clock.nowMs() }
    this.shards = this.shards.map(({ shard }, index) => this.makeShard(index, shard.leader, around))
    this.log = this.makeLog()
  }

  /** After a crash: everything is loaded from the store. */
  restart(): void {
    for (const { shard } of this.shards) if (shard.leader !== NO_LEADER) shard.host.start()
    this.log.start()
  }

  get isReady(): boolean {
    return this.log.isActive && this.shards.every(({ shard }) => shard.host.isActive)
  }

  hostOf(groupId: string): Host<ShardEvent, GroupRecord> {
    return this.ledOf(groupId).shard.host
  }

  /** What the node led has nobody; its state there is gone. */
  stopNode(nodeId: number): void {
    for (const [index, { shard }] of this.shards.entries()) {
      if (shard.leader === nodeId) this.moveShard(index, NO_LEADER, 0)
    }
  }

  /** What has nobody is led by `toNode`: shards, after they are loaded, and the partitions that `fromNode` led. */
  failOver(fromNode: number, toNode: number, loadMs: number): void {
    for (const [index, { shard }] of this.shards.entries()) {
      if (shard.leader === NO_LEADER) this.moveShard(index, toNode, loadMs)
    }
    for (const { name, partitions } of this.image.topicsByName.values()) {
      for (const { index, leader } of partitions) {
        if (leader === fromNode) this.moveLeader(name, index, toNode)
      }
    }
  }

  /** To the shard of the group, or refused where another node leads it. */
  toShard(nodeId: number, groupId: string, event: ShardEvent & { ticket: ServerTicket }): void {
    const { shard } = this.ledOf(groupId)
    if (shard.leader === nodeId) shard.submit(event)
    else event.ticket.refuse(ErrorCodes.NOT_COORDINATOR)
  }

  /** Throws when a shard contradicts itself. */
  checkInvariants(): void {
    for (const { machine } of this.shards) checkInvariants(machine.state)
  }

  /** -1 when nothing is committed. */
  committedOffset(groupId: string, topic: string, partition: number): number {
    const { offsets } = this.ledOf(groupId).machine.state
    return Number(offsets.get(groupId)?.get(topic)?.get(partition)?.offset ?? -1)
  }

  group(groupId: string) {
    return this.ledOf(groupId).machine.state.groups.get(groupId)
  }
}
