// One seed, from the first start to the moment when all is well again: builds what the seed picked, lets everything happen in
// virtual time with the referee looking on, and asks at the end what the faults must not have cost.

import { SimulatedProcess } from '../src/simulation/proc.js'
import { Random } from '../src/simulation/random.js'
import { type Client, World } from '../src/simulation/world.js'
import { type ConsumerPlan, startConsumer } from './clients/consumers.js'
import { ModelProducer } from './clients/producer.js'
import { RawFetcher } from './clients/raw-fetcher.js'
import { RawMember } from './clients/raw-member.js'
import type { RawShared } from './clients/raw-requests.js'
import { VirtualDisk } from './disk.js'
import { areStable, whatIsMissing } from './end.js'
import { Faults } from './faults.js'
import { type Mix, OTHER_TOPIC, pickMix, TOPIC } from './mix.js'
import type { Broken } from './referee/broken.js'
import { Referee } from './referee/referee.js'
import { Trace } from './trace.js'

export interface Outcome {
  readonly seed: number
  readonly broken: Broken | null
  /** The same for every run of a seed. */
  readonly fingerprint: string
  readonly events: number
  readonly virtualMs: number
  readonly mix: Mix
  readonly trace: Trace
}

/** A model consumer, and what is started again when it has ended. */
export interface Consumer {
  readonly plan: ConsumerPlan
  readonly name: string
  client: Client
}

export interface Cast {
  readonly world: World
  readonly referee: Referee
  readonly faults: Faults
  readonly consumers: Consumer[]
  readonly producers: ModelProducer[]
  readonly raw: (RawMember | RawFetcher)[]
  readonly mix: Mix
}

const CHECK_EVERY_MS = 50
const SUPERVISE_EVERY_MS = 3000
const LOOK_EVERY_MS = 500
/** After the faults: longer than any timeout, and than TCP's longest wait for a path that was cut. */
const PATIENCE_MS = 240_000
/** Of one run: more is a loop without end. */
const MAX_EVENTS = 2_000_000
const ALL_ENDS_WELL =
  'when faults stop, groups become stable, every record is processed, and who went is forgotten'

/** Told of every line of the trace, if given. */
export async function play(seed: number, told: ((line: string) => void) | null = null): Promise<Outcome> {
  const mix = pickMix(new Random(seed).fork('mix'))
  const { cast, disk, trace } = stage(seed, mix, told)
  const { world, referee, faults } = cast
  const { queue } = world
  let [checkedMs, brokerCheckedMs, lookedMs, events] = [0, 0, 0, 0]
  let stopMs = Number.POSITIVE_INFINITY
  while (referee.broken === null && queue.runNext()) {
    while (disk.stirred) {
      disk.stirred = false
      await drained()
    }
    if (++events > MAX_EVENTS)
      referee.broken ??= { promise: ALL_ENDS_WELL, detail: 'it does not come to rest' }
    const brokerMs = world.cluster.clock.nowMs()
    // a clock that has jumped: what is due by now is the next thing to happen
    if (brokerMs - brokerCheckedMs > queue.nowMs - checkedMs + 1)
      [checkedMs, brokerCheckedMs] = [queue.nowMs, brokerMs]
    if (queue.nowMs - checkedMs >= CHECK_EVERY_MS) {
      ;[checkedMs, brokerCheckedMs] = [queue.nowMs, brokerMs]
      referee.check(brokerMs)
    }
    if (queue.nowMs - lookedMs < LOOK_EVERY_MS) continue
    lookedMs = queue.nowMs
    if (stopMs === Number.POSITIVE_INFINITY && faults.areOver) stopMs = queue.nowMs
    if (queue.nowMs < stopMs) continue
    const missing = whatIsMissing(cast)
    if (missing === null) break
    if (queue.nowMs - stopMs > PATIENCE_MS) referee.broken ??= { promise: ALL_ENDS_WELL, detail: missing }
  }
  const { broken } = referee
  return { seed, broken, fingerprint: trace.fingerprint, events, virtualMs: queue.nowMs, mix, trace }
}

function stage(seed: number, mix: Mix, told: ((line: string) => void) | null) {
  let nowMs = () => 0
  const trace = new Trace(() => nowMs())
  trace.all = told
  const referee = new Referee(trace)
  const { nodes, settings, partitions, link } = mix
  const topics = { [TOPIC]: partitions, [OTHER_TOPIC]: partitions }
  let made: VirtualDisk | undefined
  const store = (queue: World['queue'], random: Random) => {
    made = new VirtualDisk(queue, random)
    return made
  }
  const world = new World({ seed, topics, nodes, settings, link, store, checks: true, watch: referee })
  nowMs = () => world.nowMs
  const disk = made
  if (disk === undefined) throw new Error('the world makes its store')
  Object.assign(disk, {
    flushMs: mix.flushMs,
    loadMs: mix.loadMs,
    told: (line: string) => trace.add(() => line),
  })
  const consumers: Consumer[] = []
  const random = world.random.fork('faults')
  const clients = () => consumers.map(({ client }) => client)
  const faults = new Faults({ world, disk, referee, trace, mix, random, clients })
  const cast: Cast = { world, referee, faults, consumers, mix, producers: [], raw: [] }
  startAll(cast)
  return { cast, disk, trace }
}

function startAll(cast: Cast): void {
  const { world, mix, consumers, producers, raw, faults } = cast
  const shared: RawShared = { world, ids: new Map(), nextOffset: 1 }
  const watcher = { stoodStill: () => {}, died: () => {} }
  for (const { plan, members } of mix.consumers) {
    for (let i = 1; i <= members; i++) {
      const name = `${plan.groupId}-${i}`
      consumers.push({ plan, name, client: startConsumer(world, plan, name) })
    }
  }
  for (const settings of mix.producers) {
    const proc = new SimulatedProcess(`producer-${settings.partition}`, world.queue, watcher)
    producers.push(new ModelProducer(proc, world, settings, world.random.fork(proc.name)))
  }
  for (const [i, settings] of mix.raw.entries()) {
    const proc = new SimulatedProcess(`raw-${i}`, world.queue, watcher)
    raw.push(new RawMember(proc, shared, settings, world.random.fork(proc.name)))
  }
  for (let i = 1; i <= mix.fetchers; i++) {
    const proc = new SimulatedProcess(`fetcher-${i}`, world.queue, watcher)
    raw.push(new RawFetcher(proc, world, TOPIC, world.random.fork(proc.name)))
  }
  const supervise = () => {
    for (const consumer of consumers) {
      if (!consumer.client.proc.isAlive) consumer.client = startConsumer(world, consumer.plan, consumer.name)
    }
    if (faults.areOver) for (const member of raw) member.stop()
    // a commit that a rebalance hindered is made up for with the next records
    if (faults.areOver && areStable(cast)) {
      for (const producer of producers) {
        if (producer.isDone && whatIsMissing(cast) !== null) producer.make()
        producer.stop()
      }
    }
    world.queue.after(SUPERVISE_EVERY_MS, supervise)
  }
  world.queue.after(SUPERVISE_EVERY_MS, supervise)
}

/** What promises have called for has run. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
