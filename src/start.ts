// A broker in this process, ready when the promise resolves: options read, listener, clocks, observer, store and machines put
// together. What it returns is testkit/cohort.ts.

import { closeSync, openSync, readFileSync } from 'node:fs'
import { emptyImage } from './metadata/changes.js'
import { decideTopic } from './metadata/create-topics.js'
import type { BrokerNode } from './metadata/image.js'
import { topicRecords } from './metadata/records.js'
import { Monitor } from './monitor/monitor.js'
import { toMs } from './observe/duration.js'
import { Journal } from './observe/journal.js'
import { startedEntry } from './observe/journal-entry.js'
import { type JournalFile, writeJournal } from './observe/journal-file.js'
import { tellWhoIsAwaited } from './server/awaited.js'
import { type Clock, RealClock, type VirtualClock } from './server/clock.js'
import { Cluster } from './server/cluster.js'
import { ConfigError } from './server/config/errors.js'
import { type ResolvedConfig, resolveConfig } from './server/config/resolve.js'
import type { Source } from './server/config/source.js'
import { countedIds, randomClusterId, randomIds } from './server/ids.js'
import { settle } from './server/nodes.js'
import type { Observer } from './server/observer.js'
import { type CohortOptions, checkOptions } from './server/options.js'
import { PROFILES, type Profile, rowsWithin } from './server/profiles.js'
import { openServers, type SocketServer } from './server/socket-server.js'
import { VERSION } from './server/version.js'
import { type OpenedStore, openStore } from './store/open.js'
import { seededArrangement } from './testkit/arrangement.js'
import { Cohort } from './testkit/cohort.js'
import { Kit } from './testkit/kit.js'
import { StandingClock, TestClock } from './testkit/time.js'

/** Shorter than the limits that test runners set to a test, so that the message of a wait is seen. */
const WAIT_TIMEOUT_MS = 4000

type Log = NonNullable<CohortOptions['log']>

/**
 * Starts a broker; connections are accepted when the promise resolves. Rejects with ConfigError for a wrong option,
 * with the system's error when it cannot listen (`code` EADDRINUSE and the like), and when the store cannot be read.
 */
export async function startCohort(options: CohortOptions = {}): Promise<Cohort> {
  checkOptions(options)
  const { host = 'localhost', port = 0, brokers = 1, topics = {}, log = () => {} } = options
  const config = configOf(options, log)

  const clocks = chooseClocks(options)
  let cluster: Cluster | undefined
  let servers: readonly SocketServer[] = []
  let opened: OpenedStore | undefined
  const watchers = makeWatchers(options, config, clocks, log, () => cluster)
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= Promise.all(
      cluster === undefined
        ? [...servers.map((server) => server.close()), opened?.store.close()]
        : [cluster.stop()],
    ).then(() => watchers.file?.close())
    return stopped
  }
  const failures: string[] = []
  const fatal = (line: string) => {
    failures.push(line)
    options.onFatal?.(line)
    log('error', `${line}; stopping`)
    stop().catch((error: unknown) => log('error', `stopping failed: ${error}`))
  }
  const { timeout = WAIT_TIMEOUT_MS, verify = process.env.NODE_ENV === 'test' } = options
  try {
    opened = await storeOf(options, config, clocks, log)
    servers = await openServers(brokers, host, port, (error) =>
      log('error', `a connection could not be accepted: ${error.message}`),
    )
    cluster = makeCluster(options, config, servers, opened, clocks, watchers.observer, log, fatal)
    await cluster.start()
    if (failures[0] !== undefined) throw new Error(failures[0])
    settle(cluster)
    firstRecords(cluster, topics)
    await cluster.loaded()
    if (failures[0] !== undefined) throw new Error(failures[0])
    if (opened.downSinceMs !== undefined) await tellWhoIsAwaited(cluster, (line) => log('info', line))
    const { kit } = watchers
    const clock = clocks.virtual === null ? null : new TestClock(clocks.virtual, cluster, kit.members)
    const isWatched = watchers.observer === kit
    const parts = { cluster, kit, isWatched, timeoutMs: toMs(timeout), clock, topics, verify }
    const cohort = new Cohort(parts, stop)
    await loadFixtures(cohort, options)
    return cohort
  } catch (error) {
    await stop()
    throw error
  }
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

/** What cannot be read without the setting that it was made with names it. */
async function storeOf(
  { store, dataDir, durability }: CohortOptions,
  { settings }: ResolvedConfig,
  { clock }: Clocks,
  log: Log,
): Promise<OpenedStore> {
  if (store !== undefined) return { store }
  const madeWith = { 'offsets.topic.num.partitions': String(settings.offsetsTopicNumPartitions) }
  return openStore({ dataDir, durability, madeWith, nowMs: () => clock.nowMs(), log })
}

function makeCluster(
  options: CohortOptions,
  config: ResolvedConfig,
  servers: readonly SocketServer[],
  { store, downSinceMs }: OpenedStore,
  { clock, ioClock }: Clocks,
  observer: Observer | undefined,
  log: Log,
  fatal: (line: string) => void,
): Cluster {
  const { seed } = options
  const ids = options.ids ?? (seed === undefined ? randomIds() : countedIds(seed))
  const nodes = servers.map((server, i) => advertised(options, server.port, i))
  const image = emptyImage('', nodes, config.settings)
  const arrange = options.order === 'seeded' ? seededArrangement(seed ?? 0) : undefined
  const { apiVersions, metadataVersion } = PROFILES[options.profile ?? 'fast']
  const rows = rowsWithin({ ...apiVersions, ...options.apiVersions }, 'options.apiVersions')
  return new Cluster({
    image,
    metadataVersion,
    servers,
    config,
    ...{ clock, ioClock, ids, store, downSinceMs },
    observer,
    rows,
    arrange,
    log,
    fatal,
  })
}

/** What is new to the store: who this cluster is, and the topics that are to be there from the start. */
function firstRecords(cluster: Cluster, topics: Readonly<Record<string, number>>): void {
  if (cluster.image.clusterId === '') {
    cluster.change([{ kind: 'ClusterId', clusterId: randomClusterId() }])
  }
  for (const [name, numPartitions] of Object.entries(topics)) {
    if (cluster.image.topicsByName.has(name)) continue
    const asked = { name, numPartitions, replicationFactor: -1, assignments: [], configs: [] }
    const decision = decideTopic(cluster.image, cluster.ids, asked, [])
    if (!decision.ok) throw new ConfigError(`options.topics['${name}']: ${decision.refusal.message}`)
    cluster.change(topicRecords([decision.topic]))
  }
}

/** What Metadata and FindCoordinator say of node `i`. A client on this machine reaches 'localhost' surest by its IPv4 loopback. */
function advertised({ advertise, host = 'localhost' }: CohortOptions, port: number, i: number): BrokerNode {
  const [, name = '', number = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(advertise ?? '') ?? []
  const nodeId = i + 1
  if (name !== '') return { nodeId, host: name, port: Number(number) + i, rack: null }
  const everywhere = host === '0.0.0.0' || host === '::' || host === 'localhost'
  return { nodeId, host: everywhere ? '127.0.0.1' : host, port, rack: null }
}
