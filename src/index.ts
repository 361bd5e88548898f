// The library: a broker in this process, ready when the promise resolves.

import { randomBytes } from 'node:crypto'
import { emptyImage, withTopics } from './metadata/changes.js'
import { decideTopic } from './metadata/create-topics.js'
import type { BrokerNode, ClusterImage } from './metadata/image.js'
import { Broker } from './server/broker.js'
import { type Clock, RealClock } from './server/clock.js'
import { ConfigError } from './server/config/errors.js'
import { type ResolvedConfig, resolveConfig, type Source } from './server/config/resolve.js'
import { randomIds } from './server/ids.js'
import { listen } from './server/listener.js'
import { type CohortOptions, checkOptions, type LogLevel } from './server/options.js'
import { MemoryStore } from './store/memory.js'

export { ConfigError } from './server/config/errors.js'
export type { CohortOptions } from './server/options.js'

export interface Cohort extends AsyncDisposable {
  /** What to give a client as its bootstrap servers. */
  readonly brokers: string[]
  readonly host: string
  readonly port: number
  /** Answers what waits, closes every connection and listener. Idempotent. */
  stop(): Promise<void>
}

const NODE_ID = 1

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
  const config = resolveConfig([...sources, ...(options.sources ?? [])])
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
  try {
    broker = makeBroker(options, config, node, topics, log, fatal)
    broker.start()
    if (failures[0] !== undefined) throw new Error(failures[0])
  } catch (error) {
    await stop()
    throw error
  }
  return {
    brokers: [`${node.host.includes(':') ? `[${node.host}]` : node.host}:${node.port}`],
    host: node.host,
    port: listener.port,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function makeBroker(
  options: CohortOptions,
  config: ResolvedConfig,
  node: BrokerNode,
  topics: Readonly<Record<string, number>>,
  log: (level: LogLevel, line: string) => void,
  fatal: (line: string) => void,
): Broker {
  const { clock = new RealClock() as Clock, ids = randomIds(), store = new MemoryStore() } = options
  const clusterId = randomBytes(16).toString('base64url')
  const image = withInitialTopics(emptyImage(clusterId, [node], config.settings), ids, topics)
  return new Broker({ image, node, config, clock, ids, store, log, fatal })
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
