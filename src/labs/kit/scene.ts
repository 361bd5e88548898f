// What most labs begin with: a topic 'orders', a group 'orders', consumers c1, c2 and so on with the defaults of the Java client
// that read from the beginning, and commit when the records of a poll are done and when partitions are revoked.

import { BatchLoop, type BatchLoopOptions } from '../../simulation/apps/batch-loop.js'
import { PollLoop, type PollLoopOptions } from '../../simulation/apps/poll-loop.js'
import { WorkerPool, type WorkerPoolOptions } from '../../simulation/apps/worker-pool.js'
import { KAFKAJS_VERSIONS, RUBY_VERSIONS } from '../../simulation/client/group-requests.js'
import {
  type ConsumerSettings,
  JAVA_DEFAULTS,
  KAFKAJS_DEFAULTS,
  RUBY_DEFAULTS,
} from '../../simulation/client/settings.js'
import { type Client, World, type WorldOptions } from '../../simulation/world.js'

export const GROUP = 'orders'
export const TOPIC = 'orders'
/** When a group that is started at 0 has long settled: Kafka waits 3 s for the first members, and 3 s more for others. */
export const SETTLED_MS = 15_000

export function ordersWorld(seed: number, partitions: number, options: Partial<WorldOptions> = {}): World {
  return new World({ seed, topics: { [TOPIC]: partitions }, ...options })
}

export interface ConsumerOptions extends Partial<Omit<PollLoopOptions, 'settings'>> {
  readonly settings?: Partial<ConsumerSettings>
}

export function startConsumer(world: World, name: string, options: ConsumerOptions = {}): Client {
  const { settings, ...rest } = options
  const loop: PollLoopOptions = {
    commit: 'after-batch',
    commitOnRevoke: true,
    recordMs: () => 5,
    ...rest,
    settings: { ...JAVA_DEFAULTS, autoOffsetReset: 'earliest', ...settings },
  }
  return world.start(name, settings?.groupId ?? GROUP, (around) => new PollLoop(around, loop))
}

export interface BatchOptions extends Partial<Omit<BatchLoopOptions, 'settings'>> {
  readonly settings?: Partial<ConsumerSettings>
}

/** kafkajs with eachMessage unless told otherwise. */
export function startKafkajs(world: World, name: string, options: BatchOptions = {}): Client {
  const { settings, ...rest } = options
  const loop: BatchLoopOptions = {
    versions: KAFKAJS_VERSIONS,
    heartbeats: 'if-due',
    onRebalance: 'commit',
    recordMs: () => 5,
    ...rest,
    settings: { ...KAFKAJS_DEFAULTS, autoOffsetReset: 'earliest', ...settings },
  }
  return world.start(name, settings?.groupId ?? GROUP, (around) => new BatchLoop(around, loop))
}

/** ruby-kafka with each_batch: no heartbeat within a batch unless told. */
export function startRuby(world: World, name: string, options: BatchOptions = {}): Client {
  const settings = { ...RUBY_DEFAULTS, ...options.settings }
  const ruby = { versions: RUBY_VERSIONS, heartbeats: 'never', onRebalance: 'abandon' } as const
  return startKafkajs(world, name, { ...ruby, ...options, settings })
}

export interface PoolOptions extends Partial<Omit<WorkerPoolOptions, 'settings'>> {
  readonly settings?: Partial<ConsumerSettings>
}

export function startPool(world: World, name: string, options: PoolOptions = {}): Client {
  const { settings, ...rest } = options
  const pool: WorkerPoolOptions = {
    workers: 4,
    commit: 'contiguous',
    recordMs: () => 5,
    ...rest,
    settings: { ...JAVA_DEFAULTS, autoOffsetReset: 'earliest', ...settings },
  }
  return world.start(name, settings?.groupId ?? GROUP, (around) => new WorkerPool(around, pool))
}

/** c1 to c`count`. */
export function startConsumers(world: World, count: number, options: ConsumerOptions = {}): Client[] {
  return Array.from({ length: count }, (_, i) => startConsumer(world, `c${i + 1}`, options))
}

/** The paths of these clients are down now and then, for `downMs` on average, about once in `everyMs`. */
export function unreliable(world: World, names: readonly string[], everyMs: number, downMs: number): void {
  for (const name of names) {
    const random = world.random.fork(`outages of ${name}`)
    const next = () => {
      world.queue.after(random.exponential(everyMs), () => {
        const ms = random.exponential(downMs)
        world.network.cutFor({ client: name }, ms)
        world.queue.after(ms, next)
      })
    }
    next()
  }
}

/** These clients stand still now and then, for `pauseMs` on average, about once in `everyMs`. */
export function pausing(world: World, clients: readonly Client[], everyMs: number, pauseMs: number): void {
  for (const client of clients) {
    const random = world.random.fork(`pauses of ${client.name}`)
    const next = () => {
      world.queue.after(random.exponential(everyMs), () => {
        const ms = random.exponential(pauseMs)
        client.freeze(ms)
        world.queue.after(ms, next)
      })
    }
    next()
  }
}
