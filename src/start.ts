// A broker in this process, ready when the promise resolves: options read, listener, clocks, observer, store and machines put
// together. What it returns is testkit/cohort.ts.

import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { emptyImage, withTopics } from './metadata/changes.js'
import { decideTopic } from './metadata/create-topics.js'
import type { BrokerNode, ClusterImage } from './metadata/image.js'
import { Monitor } from './monitor/monitor.js'
import { toMs } from './observe/duration.js'
import { Journal } from './observe/journal.js'
import { startedEntry } from './observe/journal-entry.js'
import { type JournalFile, writeJournal } from './observe/journal-file.js'
import { type Clock, RealClock, type VirtualClock } from './server/clock.js'
import { Cluster } from './server/cluster.js'
import { ConfigError } from './server/config/errors.js'
import { type ResolvedConfig, resolveConfig } from './server/config/resolve.js'
import type { Source } from './server/config/source.js'
import { countedIds, randomIds } from './server/ids.js'
import { type Listener, listen } from './server/listener.js'
import type { Observer } from './server/observer.js'
import { type CohortOptions, checkOptions } from './server/options.js'
import { PROFILES, type Profile, rowsWithin } from './server/profiles.js'
import { VERSION } from './server/version.js'
import { MemoryStore } from './store/memory.js'
import { seededArrangement } from './testkit/arrangement.js'
import { Cohort } from './testkit/cohort.js'
import { Kit } from './testkit/kit.js'
import { StandingClock, TestClock } from './testkit/time.js'

const NODE_ID = 1
/** Shorter than the limits that test runners set to a test, so that the message of a wait is seen. */
const WAIT_TIMEOUT_MS = 4000

type Log = NonNullable<CohortOptions['log']>

/**
 * Starts a broker; connections are accepted when the promise resolves. Rejects with ConfigError for a wrong option,
 * with the system's error when it cannot listen (`code` EADDRINUSE and the like), and when the store cannot be read.
 */
export async function startCohort(options: CohortOptions = {}): Promise<Cohort> {
  checkOptions(options)
  const { host = 'localhost', port = 0, topics = {}, log = () => {} } = options
  const config = configOf(options, log)

  const clocks = chooseClocks(options)
  let cluster: Cluster | undefined
  let listener: Listener | undefined
  const watchers = makeWatchers(options, config, clocks, log, () => cluster)
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= Promise.all([listener?.close(), cluster?.stop()]).then(() => watchers.file?.close())
    return stopped
  }
  const failures: string[] = []
  const fatal = (line: string) => {
    failures.push(line)
    log('error', `${line}; stopping`)
    stop().catch((error: unknown) => log('error', `stopping failed: ${error}`))
  }
  const { timeout = WAIT_TIMEOUT_MS, verify = process.env.NODE_ENV === 'test' } = options
  try {
    // The listener comes first: the image carries the port that it was given.
    listener = await listen(
      host,
      port,
      (socket) => accept(cluster, socket),
      (error) => log('error', `a connection could not be accepted: ${error.message}`),
    )
    const node = advertised(options, host, listener.port)
    cluster = makeCluster(options, config, node, clocks, watchers.observer, log, fatal)
    cluster.start()
    if (failures[0] !== undefined) throw new Error(failures[0])
    const { kit } = watchers
    const clock = clocks.virtual === null ? null : new TestClock(clocks.virtual, cluster, kit.members)
    const isWatched = watchers.observer === kit
    const parts = { cluster, kit, isWatched, timeoutMs: toMs(timeout), clock, topics, verify }
    const cohort = new Cohort(parts, node, listener.port, stop)
    await loadFixtures(cohort, options)
    return cohort
  } catch (error) {
    await stop()
    throw error
  }
}

function accept(cluster: Cluster | undefined, socket: Socket): void {
  const broker = cluster?.brokers[0]
  if (broker === undefined) socket.destroy()
  else broker.accept(socket)
}

function configOf(options: CohortOptions, log: Log): ResolvedConfig {
  const sources: Source[] = Object.entries(options.set ?? {}).map(([name, value]) => ({
    name,
    value: String(value),
    origin: `options.set['${name}']`,
  }))
  const profile = PROFILES[options.profile ?? 'fast']
  const config = resolveConfig([...sources, ...(options.sources ?? []), ...settingsOf(profile)])
  for (const note of config.notes) log('info', note)
  return config
}

interface Watchers {
  readonly kit: Kit
  /** undefined: nobody watches. */
  readonly observer: Observer | undefined
  readonly file: JournalFile | undefined
}

function makeWatchers(
  { testkit = true, monitor = false, journal: path, timeout = WAIT_TIMEOUT_MS }: CohortOptions,
  config: ResolvedConfig,
  { clock }: Clocks,
  log: Log,
  cluster: () => Cluster | undefined,
): Watchers {
  const nowMs = () => clock.nowMs()
  const setting = (name: string) => config.broker.get(name)?.value
  const journal = new Journal(startedEntry(nowMs(), `kafka-cohort ${VERSION}`, setting))
  const kit = new Kit(journal, {
    nowMs,
    timeoutMs: toMs(timeout),
    topicName: (id) => cluster()?.image.topicsById.get(id)?.name,
    defect: (where, error) => cluster()?.defect(where, error),
  })
  const watches = monitor || path !== undefined
  const observer = testkit ? kit : watches ? new Monitor(journal, nowMs) : undefined
  if (path !== undefined) checkWritable(path)
  const file =
    path === undefined ? undefined : writeJournal(journal, path, nowMs, (line) => log('error', line))
  return { kit, observer, file }
}

/** A test that asked for a journal is to hear that it gets none. */
function checkWritable(path: string): void {
  try {
    closeSync(openSync(path, 'a'))
  } catch (error) {
    throw new ConfigError(`journal ${path}: it cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

async function loadFixtures(cohort: Cohort, { fixtures }: CohortOptions): Promise<void> {
  if (fixtures === undefined) return
  if (typeof fixtures !== 'string') return cohort.load(fixtures, 'options.fixtures')
  let content: string
  try {
    content = readFileSync(fixtures, 'utf8')
  } catch (error) {
    throw new ConfigError(`fixtures ${fixtures}: ${unreadable(error)}`)
  }
  return cohort.load(content, fixtures)
}

function unreadable(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`
}

/** The weakest of all sources. */
function settingsOf({ settings }: Profile): Source[] {
  return Object.entries(settings).map(([name, value]) => ({ name, value, origin: 'options.profile' }))
}

interface Clocks {
  readonly clock: Clock
  readonly ioClock: Clock
  readonly virtual: VirtualClock | null
}

function chooseClocks({ clock }: CohortOptions): Clocks {
  const real = new RealClock()
  if (clock !== 'virtual') return { clock: clock ?? real, ioClock: clock ?? real, virtual: null }
  const virtual = new StandingClock(real.nowMs())
  return { clock: virtual, ioClock: real, virtual }
}

function makeCluster(
  options: CohortOptions,
  config: ResolvedConfig,
  node: BrokerNode,
  { clock, ioClock }: Clocks,
  observer: Observer | undefined,
  log: Log,
  fatal: (line: string) => void,
): Cluster {
  const { seed, store = new MemoryStore(), topics = {} } = options
  const ids = options.ids ?? (seed === undefined ? randomIds() : countedIds(seed))
  const clusterId = randomBytes(16).toString('base64url')
  const image = withInitialTopics(emptyImage(clusterId, [node], config.settings), ids, topics)
  const arrange = options.order === 'seeded' ? seededArrangement(seed ?? 0) : undefined
  const { apiVersions } = PROFILES[options.profile ?? 'fast']
  const rows = rowsWithin({ ...apiVersions, ...options.apiVersions }, 'options.apiVersions')
  return new Cluster({ image, config, clock, ioClock, ids, store, observer, rows, arrange, log, fatal })
}

function withInitialTopics(
  empty: ClusterImage,
  ids: ReturnType<typeof randomIds>,
  topics: Readonly<Record<string, number>>,
): ClusterImage {
  let image = empty
  for (const [name, numPartitions] of Object.entries(topics)) {
    const asked = { name, numPartitions, replicationFactor: -1, assignments: [], configs: [] }
    const decision = decideTopic(image, ids, asked, [])
    if (!decision.ok) throw new ConfigError(`options.topics['${name}']: ${decision.refusal.message}`)
    image = withTopics(image, [decision.topic]).image
  }
  return image
}

/** What Metadata and FindCoordinator say. A client on this machine reaches 'localhost' surest by its IPv4 loopback. */
function advertised({ advertise }: CohortOptions, host: string, port: number): BrokerNode {
  const [, name = '', number = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(advertise ?? '') ?? []
  if (name !== '') return { nodeId: NODE_ID, host: name, port: Number(number), rack: null }
  const everywhere = host === '0.0.0.0' || host === '::' || host === 'localhost'
  return { nodeId: NODE_ID, host: everywhere ? '127.0.0.1' : host, port, rack: null }
}
