// The broker or brokers under test, and what is found out about them before the first case.

import type { ApiName } from '../src/protocol/api-names.js'
import { Apis } from '../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../src/protocol/errors.js'
import { ANY_ACL } from './acls.js'
import { type Address, Client } from './client.js'
import { findLimits, type Limits } from './limits.js'
import { probe } from './probe.js'
import { createTopic, deleteTopics, useTopic } from './topic.js'
import { advertises as isAdvertised, oldest, usual, type Versions } from './versions.js'

/** Which of Kafka's coordinators is expected: the one of 3.9 and before, or that of 4 (KIP-848). */
export type Release = '3.9' | '4'

export interface Target {
  readonly address: Address
  /** Several brokers: groups are asked of their coordinators. */
  readonly isCluster: boolean
  readonly versions: Versions
  /** Where the newest version is advertised and not answered: the newest that is. */
  readonly usable: ReadonlyMap<ApiName, number>
  readonly release: Release
  /** Broker settings by Kafka's names, as DescribeConfigs tells them; empty when it does not. */
  readonly settings: ReadonlyMap<string, string>
  readonly limits: Limits
  readonly hasAuthorizer: boolean
  readonly makesTopics: boolean
  /** With three partitions at least. */
  readonly topic: string
  /** Of the broker at the address. */
  readonly nodeId: number
  /** Topics that cases made, to be deleted when all have run: Kafka 3.9 tidies all groups when a topic goes. */
  readonly made: Set<string>
}

export interface Discovery {
  /** A topic that is there; null: one is made. */
  readonly topic?: string | null
  /** Instead of what DescribeGroups v6 tells. */
  readonly release?: Release | null
  readonly groupPrefix: string
}

/** Rejects with the system's error when it cannot be reached, with TopicError when there is no topic. */
export async function discover(
  address: Address,
  { topic, release, groupPrefix }: Discovery,
): Promise<Target> {
  const client = await Client.open(address)
  try {
    const { apiKeys } = await client.send(Apis.ApiVersions, 0, {})
    const versions: Versions = new Map(
      apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]),
    )
    const { brokers } = await client.send(Apis.Metadata, usual(versions, 'Metadata'), { topics: [] })
    const group = `${groupPrefix}-limits`
    const coordinator = await coordinating(client, versions, group, brokers.length > 1)
    const settings = await readSettings(client, versions, brokers[0]?.nodeId ?? -1)
    const usable = await probe(coordinator.address, versions, `${groupPrefix}-probe`)
    const limits = await findLimits(
      coordinator,
      usable.get('JoinGroup') ?? usual(versions, 'JoinGroup'),
      settings,
      group,
    )
    await deleteGroup(coordinator, versions, group)
    const makesTopics = isAdvertised(versions, 'CreateTopics', 0) || isAdvertised(versions, 'CreateTopics', 4)
    const name = topic ?? `${groupPrefix}-topic`
    if (topic || !makesTopics) await useTopic(client, versions, name, !topic)
    else await createTopic(client, versions, name)
    coordinator.close()
    return {
      address,
      isCluster: brokers.length > 1,
      versions,
      usable,
      release: release ?? (isAdvertised(versions, 'DescribeGroups', 6) ? '4' : '3.9'),
      settings,
      limits,
      hasAuthorizer: await hasAuthorizer(client, versions),
      makesTopics,
      topic: name,
      nodeId: (brokers.find(({ port }) => port === address.port) ?? brokers[0])?.nodeId ?? -1,
      made: new Set(),
    }
  } finally {
    client.close()
  }
}

/** Deletes the topics that were made for the run. */
export async function forget(target: Target, { topic }: Discovery): Promise<void> {
  if (!target.makesTopics) return
  const client = await Client.open(target.address)
  await deleteTopics(client, target.versions, [...(topic ? [] : [target.topic]), ...target.made])
  client.close()
}

/** A coordinator that is not found or not loaded yet. */
export const NOT_YET: readonly number[] = [
  ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCodes.COORDINATOR_NOT_AVAILABLE,
  ErrorCodes.NOT_COORDINATOR,
]
const READY_WITHIN_MS = 15_000
const ASK_EVERY_MS = 100

/** Connected to the group's coordinator. A broker that was just started makes __consumer_offsets when asked for it, and loads it. */
async function coordinating(client: Client, versions: Versions, group: string, isCluster: boolean) {
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    const found = await findCoordinator(client, versions, group)
    let errorCode = found.errorCode
    if (errorCode === ErrorCodes.NONE) {
      const coordinator = isCluster ? await Client.open(found) : client
      errorCode = await readiness(coordinator, versions, group)
      if (!NOT_YET.includes(errorCode)) return isCluster ? coordinator : Client.open(client.address)
    }
    if (performance.now() > deadline)
      throw new Error(`its coordinator answers ${errorName(errorCode)} for ever`)
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
}

/** The error of a request that changes nothing. A Heartbeat succeeds while the group is loaded, so it comes second. */
async function readiness(coordinator: Client, versions: Versions, group: string): Promise<number> {
  if (!versions.has(Apis.DescribeGroups.key)) {
    const beat = { groupId: group, memberId: 'nobody', generationId: 0 }
    return (await coordinator.send(Apis.Heartbeat, oldest(versions, 'Heartbeat'), beat)).errorCode
  }
  const version = oldest(versions, 'DescribeGroups')
  const { groups } = await coordinator.send(Apis.DescribeGroups, version, { groups: [group] })
  return groups[0]?.errorCode ?? ErrorCodes.NONE
}

export async function findCoordinator(client: Client, versions: Versions, group: string) {
  const body = { key: group, keyType: 0, coordinatorKeys: [group] }
  const answer = await client.send(Apis.FindCoordinator, usual(versions, 'FindCoordinator'), body)
  return answer.coordinators[0] ?? answer
}

/** Leaves the group without members and away. */
export async function deleteGroup(coordinator: Client, versions: Versions, groupId: string): Promise<void> {
  if (versions.has(Apis.DescribeGroups.key) && versions.has(Apis.LeaveGroup.key)) {
    const described = await coordinator.send(Apis.DescribeGroups, usual(versions, 'DescribeGroups'), {
      groups: [groupId],
    })
    const members = (described.groups[0]?.members ?? []).map(({ memberId }) => ({ memberId }))
    const version = usual(versions, 'LeaveGroup')
    if (version >= 3 && members.length > 0)
      await coordinator.send(Apis.LeaveGroup, version, { groupId, members })
    else
      for (const { memberId } of members)
        await coordinator.send(Apis.LeaveGroup, version, { groupId, memberId })
  }
  if (versions.has(Apis.DeleteGroups.key))
    await coordinator.send(Apis.DeleteGroups, usual(versions, 'DeleteGroups'), { groupsNames: [groupId] })
}

const BROKER_RESOURCE = 4

async function readSettings(client: Client, versions: Versions, nodeId: number) {
  if (!versions.has(Apis.DescribeConfigs.key)) return new Map<string, string>()
  const resources = [{ resourceType: BROKER_RESOURCE, resourceName: String(nodeId), configurationKeys: null }]
  const version = usual(versions, 'DescribeConfigs')
  const { results } = await client.send(Apis.DescribeConfigs, version, { resources })
  const told = (results[0]?.configs ?? []).flatMap(({ name, value }) =>
    value === null ? [] : [[name, value] as const],
  )
  return new Map(told)
}

async function hasAuthorizer(client: Client, versions: Versions): Promise<boolean> {
  if (!versions.has(Apis.DescribeAcls.key)) return false
  const { errorCode } = await client.send(Apis.DescribeAcls, 2, ANY_ACL)
  return errorCode !== ErrorCodes.SECURITY_DISABLED
}

/** Whether the broker advertises this version of an API. */
export function advertises({ versions }: Target, api: ApiName, version: number): boolean {
  return isAdvertised(versions, api, version)
}

export function isKafka4({ release }: Target): boolean {
  return release === '4'
}
