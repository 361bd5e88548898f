// Groups as brokers list and describe them. Members' bytes are decoded where they are a consumer's; what another kind of
// client (Connect, a schema registry) puts there stays its own matter.

import { ErrorCodes } from '../protocol/errors.js'
import { type BrokerNode, type Cluster, isCoordinatorError } from './cluster.js'
import type { ResponseOf } from './connection.js'
import { AdminError, answered } from './errors.js'
import { type Assigned, assignedIn, type Subscribed, subscribedIn } from './members.js'
import { persist, rounds } from './patience.js'

export interface ListedGroup {
  readonly groupId: string
  readonly protocolType: string
  /** In Kafka's words; null when the broker is too old to tell (before ListGroups v4). */
  readonly state: string | null
  /** 'classic', 'consumer' (KIP-848), 'share', 'streams'. */
  readonly type: string
  readonly coordinator: BrokerNode
}

export interface DescribedMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly host: string
  /** null: none was told, as while the group rebalances. */
  readonly subscribed: Subscribed | null
  readonly assigned: Assigned | null
}

export interface DescribedGroup {
  readonly groupId: string
  /** In Kafka's words; Dead: there is no such classic group. */
  readonly state: string
  readonly protocolType: string
  /** The assignor that was chosen; empty unless Stable. */
  readonly protocolName: string
  readonly members: readonly DescribedMember[]
  readonly coordinator: BrokerNode
}

export interface GroupFilter {
  /** Kafka's names, in any case; all when empty. */
  readonly states?: readonly string[]
  readonly types?: readonly string[]
}

/** Of all brokers; a broker that cannot be asked is a failure beside what the others told. */
export async function listGroups(
  cluster: Cluster,
  { states = [], types = [] }: GroupFilter = {},
): Promise<{ readonly groups: readonly ListedGroup[]; readonly failures: readonly AdminError[] }> {
  const groups: ListedGroup[] = []
  const failures: AdminError[] = []
  const ask = async (node: BrokerNode) => {
    try {
      groups.push(...(await listOf(cluster, node, [...states], [...types])))
    } catch (error) {
      if (!(error instanceof AdminError)) throw error
      failures.push(error)
    }
  }
  await Promise.all((await cluster.brokers()).map(ask))
  groups.sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
  return { groups, failures }
}

function listOf(cluster: Cluster, node: BrokerNode, statesFilter: string[], typesFilter: string[]) {
  return persist(cluster.patience, async (): Promise<ListedGroup[]> => {
    const { response, connection } = await cluster.send(node, 'ListGroups', { statesFilter, typesFilter })
    const { errorCode, groups } = response
    if (errorCode !== ErrorCodes.NONE) throw answered(errorCode, 'ListGroups', connection.peer)
    return groups.map(({ groupId, protocolType, groupState, groupType }) => {
      cluster.remember(groupId, node)
      const type = (groupType || 'classic').toLowerCase()
      return { groupId, protocolType, state: groupState || null, type, coordinator: node }
    })
  })
}

/** Group -> what is known of it, or why nothing is. */
export async function describeGroups(
  cluster: Cluster,
  groupIds: readonly string[],
): Promise<ReadonlyMap<string, DescribedGroup | AdminError>> {
  const described = new Map<string, DescribedGroup | AdminError>()
  await rounds(cluster.patience, groupIds, async (pending) => {
    for (const [group, failure] of await cluster.findCoordinators(pending)) described.set(group, failure)
    const found = pending.filter((group) => cluster.known(group) !== undefined)
    await Promise.all(
      [...byCoordinator(cluster, found)].map((those) => describeAt(cluster, those, described)),
    )
    return pending.filter((group) => {
      const outcome = described.get(group)
      return outcome instanceof AdminError && outcome.isRetriable
    })
  })
  return described
}

/** Rejects with AdminError when it cannot be described; one that does not exist is Dead. */
export async function describeGroup(cluster: Cluster, groupId: string): Promise<DescribedGroup> {
  const described = (await describeGroups(cluster, [groupId])).get(groupId)
  if (described === undefined) throw new TypeError(`group '${groupId}' was not answered`)
  if (described instanceof AdminError) throw described
  return described
}

/** A group of whatever type, as far as brokers tell. */
export interface KnownGroup {
  /** Without members when it is of a type that DescribeGroups does not know. */
  readonly described: DescribedGroup
  /** null: there is no such group. */
  readonly type: string | null
  readonly state: string
  readonly protocolType: string
}

/** What DescribeGroups does not know may be a group of a newer type, which is listed all the same. Rejects with AdminError. */
export async function lookUpGroup(cluster: Cluster, groupId: string): Promise<KnownGroup> {
  const described = await describeGroup(cluster, groupId)
  const { state, protocolType, coordinator } = described
  if (state !== 'Dead') return { described, type: 'classic', state, protocolType }
  const listed = (await listOf(cluster, coordinator, [], [])).find((group) => group.groupId === groupId)
  if (listed === undefined) return { described, type: null, state, protocolType }
  return {
    described,
    type: listed.type,
    state: listed.state ?? state,
    protocolType: listed.protocolType,
  }
}

function byCoordinator(cluster: Cluster, groups: readonly string[]): Iterable<[BrokerNode, string[]]> {
  const nodes = new Map<number, [BrokerNode, string[]]>()
  for (const group of groups) {
    const node = cluster.known(group) as BrokerNode
    const those = nodes.get(node.nodeId) ?? [node, []]
    nodes.set(node.nodeId, those)
    those[1].push(group)
  }
  return nodes.values()
}

async function describeAt(
  cluster: Cluster,
  [node, groups]: [BrokerNode, string[]],
  described: Map<string, DescribedGroup | AdminError>,
): Promise<void> {
  try {
    const { response, connection } = await cluster.send(node, 'DescribeGroups', { groups })
    for (const group of response.groups) {
      const { errorCode, groupId, errorMessage: message } = group
      if (isCoordinatorError(errorCode)) cluster.forget(groupId)
      const isKnown = errorCode === ErrorCodes.NONE || errorCode === ErrorCodes.GROUP_ID_NOT_FOUND
      described.set(
        groupId,
        isKnown
          ? readGroup(group, node)
          : answered(errorCode, 'DescribeGroups', connection.peer, { group: groupId, message }),
      )
    }
  } catch (error) {
    if (!(error instanceof AdminError)) throw error
    for (const group of groups) {
      cluster.forget(group)
      described.set(group, error)
    }
  }
}

/** Brokers give members in no order. */
function byClient(a: MemberOf, b: MemberOf): number {
  if (a.clientId !== b.clientId) return a.clientId < b.clientId ? -1 : 1
  return a.memberId < b.memberId ? -1 : 1
}

type MemberOf = ResponseOf<'DescribeGroups'>['groups'][number]['members'][number]

function readGroup(
  group: ResponseOf<'DescribeGroups'>['groups'][number],
  coordinator: BrokerNode,
): DescribedGroup {
  const { groupId, groupState, protocolType, protocolData, members } = group
  return {
    groupId,
    state: group.errorCode === ErrorCodes.GROUP_ID_NOT_FOUND ? 'Dead' : groupState,
    protocolType,
    protocolName: protocolData,
    members: [...members].sort(byClient).map((member) => ({
      memberId: member.memberId,
      instanceId: member.groupInstanceId,
      clientId: member.clientId,
      host: member.clientHost.replace(/^\//, ''),
      subscribed: subscribedIn(member.memberMetadata, protocolType),
      assigned: assignedIn(member.memberAssignment, protocolType),
    })),
    coordinator,
  }
}
