// The brokers that are measured: ours as it is built, Apache Kafka from Maven Central, and any that listens somewhere. Topics are made and
// deleted through whatever versions a broker has.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startKafka } from '../../conformance/targets/kafka.js'
import { Connection } from '../../src/client/connection.js'
import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import { start, stop } from '../processes.js'

export interface Server {
  readonly name: string
  readonly host: string
  readonly port: number
  /** null: not on this machine, or not ours to look at. */
  readonly pid: number | null
  stop(): Promise<void>
}

const HOST = '127.0.0.1'
const OURS = [process.execPath, 'dist/cli.js', '--ephemeral', '--log-level', 'silent', '--port']

export async function cohort(): Promise<Server> {
  const started = await start(OURS)
  const { port, pid } = started
  return { name: 'Cohort', host: HOST, port, pid, stop: () => stop(started) }
}

/** As conformance runs start it: one node, 512 MB of heap, its own defaults besides `settings`. Rejects with MissingTool. */
export async function apacheKafka(
  version: string,
  settings: Readonly<Record<string, number>> = { 'offsets.topic.num.partitions': 1 },
): Promise<Server> {
  const broker = await startKafka({ version, settings })
  const [address] = broker.brokers
  if (address === undefined) throw new Error('a broker has an address')
  return {
    name: `Apache Kafka ${version}`,
    ...address,
    pid: pidListeningOn(address.port),
    stop: () => broker.stop(),
  }
}

/** NAME=host:port */
export function peer(text: string): Server {
  const [, name, host, port] = /^([^=]+)=(.+):(\d+)$/.exec(text) ?? []
  if (name === undefined || host === undefined) {
    throw new Error(`--peer '${text}': expected NAME=host:port, e.g. kfake=127.0.0.1:9092`)
  }
  return { name, host, port: Number(port), pid: pidListeningOn(Number(port)), stop: async () => {} }
}

/** State and inode of a socket in /proc/net/tcp. */
const LISTENING = '0A'

/** Who has a port of this machine; null where /proc does not tell. */
export function pidListeningOn(port: number): number | null {
  try {
    const hex = port.toString(16).toUpperCase().padStart(4, '0')
    const lines = ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').split('\n'))
    const socket = lines
      .map((line) => line.trim().split(/\s+/))
      .find(([, local, , state]) => local?.endsWith(`:${hex}`) && state === LISTENING)
    if (socket === undefined) return null
    const link = `socket:[${socket[9]}]`
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return Number(pids.find((pid) => hasLink(pid, link)) ?? Number.NaN) || null
  } catch {
    return null
  }
}

function hasLink(pid: string, link: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === link)
  } catch {
    return false // gone, or not ours to look into
  }
}

const READY_WITHIN_MS = 30_000
const ASK_EVERY_MS = 20

/** Resolves when every partition has a leader. */
export async function createTopic(server: Server, name: string, partitions: number): Promise<void> {
  await admin(server, async (connection) => {
    const topic = { name, numPartitions: partitions, replicationFactor: 1, assignments: [], configs: [] }
    const { topics } = await connection.send('CreateTopics', { topics: [topic], timeoutMs: READY_WITHIN_MS })
    const error = topics[0]?.errorCode ?? ErrorCodes.NONE
    if (error !== ErrorCodes.NONE)
      throw new Error(`${server.name}: CreateTopics was answered ${errorName(error)}`)
    const deadline = performance.now() + READY_WITHIN_MS
    while (!(await isReady(connection, name, partitions))) {
      if (performance.now() > deadline) throw new Error(`${server.name}: ${name} does not become ready`)
      await sleep(ASK_EVERY_MS)
    }
  })
}

const EARLIEST = -2n

async function isReady(connection: Connection, name: string, partitions: number): Promise<boolean> {
  const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({
    partitionIndex,
    timestamp: EARLIEST,
  }))
  const body = { replicaId: -1, topics: [{ name, partitions: asked }] }
  const { topics } = await connection.send('ListOffsets', body)
  return topics.every((topic) => topic.partitions.every(({ errorCode }) => errorCode === ErrorCodes.NONE))
}

/** Resolves when groups have their coordinator; a broker that was just started makes __consumer_offsets when it is asked for one. */
export async function awaitCoordinators(server: Server): Promise<void> {
  await admin(server, async (connection) => {
    const deadline = performance.now() + READY_WITHIN_MS
    const groups = Array.from({ length: GROUPS_ASKED_FOR }, (_, i) => `bench-coordinator-${i}`)
    for (const groupId of groups) {
      while (!(await hasCoordinator(connection, groupId))) {
        if (performance.now() > deadline) throw new Error(`${server.name}: no coordinator of ${groupId}`)
        await sleep(ASK_EVERY_MS)
      }
    }
  })
}

/** So many have each of 50 partitions of __consumer_offsets, nearly always. */
const GROUPS_ASKED_FOR = 300

async function hasCoordinator(connection: Connection, groupId: string): Promise<boolean> {
  const found = await connection.send('FindCoordinator', {
    key: groupId,
    keyType: 0,
    coordinatorKeys: [groupId],
  })
  const asked = await connection.send('OffsetFetch', {
    groupId,
    topics: [],
    groups: [{ groupId, topics: [] }],
  })
  const errorCodes = [
    found.coordinators[0]?.errorCode ?? found.errorCode,
    asked.groups[0]?.errorCode ?? asked.errorCode,
  ]
  return !errorCodes.some((errorCode) => NOT_YET.includes(errorCode))
}

/** What else may be said of a group that does not exist is the broker's affair. */
const NOT_YET: readonly number[] = [
  ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCodes.COORDINATOR_NOT_AVAILABLE,
  ErrorCodes.NOT_COORDINATOR,
]

export async function deleteTopic(server: Server, name: string): Promise<void> {
  await admin(server, async (connection) => {
    await connection.send('DeleteTopics', {
      topics: [{ name }],
      topicNames: [name],
      timeoutMs: READY_WITHIN_MS,
    })
  })
}

async function admin(server: Server, work: (connection: Connection) => Promise<void>): Promise<void> {
  const { host, port } = server
  const options = { requestTimeoutMs: READY_WITHIN_MS, clientId: 'bench' }
  const connection = await Connection.open({ nodeId: null, host, port }, options)
  try {
    await work(connection)
  } finally {
    connection.close()
  }
}
