// The broker under test, and what is found out about it first.

import { type ApiName, Apis } from '../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../src/protocol/errors.js'
import { type Address, Client } from './client.js'
import { TOPIC } from './topic.js'

export interface Target {
  readonly address: Address
  /** API key -> advertised versions. */
  readonly versions: ReadonlyMap<number, readonly [number, number]>
}

/** Rejects with the system's error when it cannot be reached. */
export async function discover(address: Address): Promise<Target> {
  const client = await Client.open(address)
  const { apiKeys } = await client.send(Apis.ApiVersions, 0, {})
  await coordinating(client)
  await makeTopic(client)
  client.close()
  return {
    address,
    versions: new Map(
      apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]),
    ),
  }
}

const NOT_YET: readonly number[] = [
  ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCodes.COORDINATOR_NOT_AVAILABLE,
  ErrorCodes.NOT_COORDINATOR,
]
const READY_WITHIN_MS = 15_000
const ASK_EVERY_MS = 100

/** A broker that was just started makes __consumer_offsets when its coordinator is asked for, and then loads it. */
async function coordinating(client: Client): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  const leave = { groupId: 'conformance-ready', memberId: 'nobody' }
  for (;;) {
    await client.send(Apis.FindCoordinator, 1, { key: leave.groupId, keyType: 0 })
    const { errorCode } = await client.send(Apis.LeaveGroup, 1, leave)
    if (!NOT_YET.includes(errorCode)) return
    if (performance.now() > deadline)
      throw new Error(`its coordinator answers ${errorName(errorCode)} for ever`)
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
}

/** Made once and left for the next run. */
async function makeTopic(client: Client): Promise<void> {
  const topic = { name: TOPIC, numPartitions: 3, replicationFactor: 1, assignments: [], configs: [] }
  await client.send(Apis.CreateTopics, 4, { topics: [topic], timeoutMs: READY_WITHIN_MS })
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    const { topics } = await client.send(Apis.Metadata, 5, {
      topics: [{ name: TOPIC }],
      allowAutoTopicCreation: false,
    })
    if (topics[0]?.partitions.length === 3) return
    if (performance.now() > deadline)
      throw new Error(`it does not show the topic ${TOPIC} with three partitions`)
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
}

/** Whether the broker advertises this version of an API. */
export function advertises({ versions }: Target, api: ApiName, version: number): boolean {
  const range = versions.get(Apis[api].key)
  return range !== undefined && version >= range[0] && version <= range[1]
}

/** Behaves as Kafka 4 does: told by what came with it, DescribeGroups v6 (KIP-1043). Older releases ran another coordinator. */
export function isKafka4(target: Target): boolean {
  return advertises(target, 'DescribeGroups', 6)
}
