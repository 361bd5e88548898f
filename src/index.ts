// The library: a broker in this process, ready when the promise resolves.

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { HttpOptions, HttpServer } from './control/http.js'
import { emptyImage, withTopics } from './metadata/changes.js'
import { decideTopic } from './metadata/create-topics.js'
import type { BrokerNode, ClusterImage } from './metadata/image.js'
import { toMs } from './observe/duration.js'
import { Broker } from './server/broker.js'
import { type Clock, RealClock, type VirtualClock } from './server/clock.js'
import { ConfigError } from './server/config/errors.js'
import { type ResolvedConfig, resolveConfig, type Source } from './server/config/resolve.js'
import { countedIds, randomIds } from './server/ids.js'
import { listen } from './server/listener.js'
import { type CohortOptions, checkOptions, type LogLevel } from './server/options.js'
import { PROFILES, type Profile, rowsWithin } from './server/profiles.js'
import { MemoryStore } from './store/memory.js'
import { seededArrangement } from './testkit/arrangement.js'
import { Cohort } from './testkit/cohort.js'
import { type ExploreOptions, exploreWith } from './testkit/explore.js'
import { Kit } from './testkit/kit.js'
import { StandingClock, TestClock } from './testkit/time.js'

export type { HttpOptions, HttpServer } from './control/http.js'
export type { GroupSnapshot, MemberSnapshot } from './coordinator/inspect.js'
export type { RecordedEvent } from './observe/events.js'
export type { ExchangeFilter, RecordedExchange } from './observe/exchanges.js'
export { ConfigError } from './server/config/errors.js'
export type { CohortOptions } from './server/options.js'
export { Cohort, type StopReport } from './testkit/cohort.js'
export { ExploreError, type ExploreOptions } from './testkit/explore.js'
export type { Fault, FaultOptions } from './testkit/faults.js'
export type { FixtureEntry } from './testkit/fixture-entries.js'
export { FixtureError, type Message, type StoredMessage } from './testkit/fixtures.js'
export { type Group, ProvocationError, type WaitOptions } from './testkit/group.js'
export { type CohortMatchers, cohortMatchers } from './testkit/matchers.js'
export { WaitTimeout } from './testkit/signal.js'
export { type ConnectedClient, VerificationError } from './testkit/testkit.js'
export type { AdvanceOptions, TestClock } from './testkit/time.js'

const NODE_ID = 1
/** Shorter than the limits that test runners set to a test, so that the message of a wait is seen. */
const WAIT_TIMEOUT_MS = 4000

/**
 * Starts a broker; connections are accepted when the promise resolves. Rejects with ConfigError for a wrong option,
 * with the system's error when it cannot listen (`code` EADDRINUSE and the like), and when the store cannot be read.
 */
export async function startCohort(options: CohortOptions = {}): Promise<Cohort> {
  checkOptions(options)
  const { host = 'localhost', port = 0, topics = {}, set = {} } = options
  const sources: Source[] = Object.entries(set).map(([name, value]) => ({
    name,
    value: String(value),
    origin: `options.set['${name}']`,
  }))
  const profile = PROFILES[options.profile ?? 'fast']
  const config = resolveConfig([...sources, ...(options.sources ?? []), ...settingsOf(profile)])
  const log = options.log ?? (() => {})
  for (const note of config.notes) log('info', note)

  // The listener comes first: the image carries the port that it was given.
  let broker: Broker | undefined
  const listener = await listen(
    host,
    port,
    (socket) => (broker === undefined ? socket.destroy() : broker.accept(socket)),
    (error) => log('error', `a connection could not be accepted: ${error.message}`),
  )
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= Promise.all([listener.close(), broker?.stop()]).then(() => {})
    return stopped
  }
  const failures: string[] = []
  const fatal = (line: string) => {
    failures.push(line)
    log('error', `${line}; stopping`)
    stop().catch((error: unknown) => log('error', `stopping failed: ${error}`))
  }
  const node = advertised(options, host, listener.port)
  const clocks = chooseClocks(options)
  const { timeout = WAIT_TIMEOUT_MS, verify = process.env.NODE_ENV === 'test' } = options
  const timeoutMs = toMs(timeout)
  const kit = new Kit(
    () => clocks.clock.nowMs(),
    timeoutMs,
    (where, error) => broker?.defect(where, error),
  )
  try {
    broker = makeBroker(options, config, node, clocks, kit, log, fatal)
    broker.start()
    if (failures[0] !== undefined) throw new Error(failures[0])
  } catch (error) {
    await stop()
    throw error
  }
  const clock = clocks.virtual === null ? null : new TestClock(clocks.virtual, broker, kit.members)
  const parts = { broker, kit, timeoutMs, clock, topics, verify }
  const cohort = new Cohort(parts, node, listener.port, stop)
  try {
    await loadFixtures(cohort, options)
  } catch (error) {
    await stop()
    throw error
  }
  return cohort
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

/**
 * Runs a test body under many orders of answers, a fresh broker each time. Rejects with ExploreError at the first run that
 * fails: it has the seed and the line that sets it again.
 */
export function explore(options: ExploreOptions, body: (cohort: Cohort) => Promise<void>): Promise<void> {
  return exploreWith(startCohort, options, body)
}

/**
 * The test kit over HTTP/JSON, for suites that are not in Node (docs/http.md): this broker as 'main', and as many more as
 * they start. Rejects with ConfigError for a host that others can reach without a token.
 */
export async function serveHttp(cohort: Cohort, options: HttpOptions): Promise<HttpServer> {
  const { serveControl } = await import('./control/control.js')
  return serveControl(options, { start: startCohort, main: cohort })
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

function makeBroker(
  options: CohortOptions,
  config: ResolvedConfig,
  node: BrokerNode,
  { clock, ioClock }: Clocks,
  kit: Kit,
  log: (level: LogLevel, line: string) => void,
  fatal: (line: string) => void,
): Broker {
  const { seed, testkit = true, store = new MemoryStore(), topics = {} } = options
  const ids = options.ids ?? (seed === undefined ? randomIds() : countedIds(seed))
  const clusterId = randomBytes(16).toString('base64url')
  const image = withInitialTopics(emptyImage(clusterId, [node], config.settings), ids, topics)
  const observer = testkit ? kit : undefined
  const arrange = options.order === 'seeded' ? seededArrangement(seed ?? 0) : undefined
  const { apiVersions } = PROFILES[options.profile ?? 'fast']
  const rows = rowsWithin({ ...apiVersions, ...options.apiVersions }, 'options.apiVersions')
  return new Broker({ image, node, config, clock, ioClock, ids, store, observer, rows, arrange, log, fatal })
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
