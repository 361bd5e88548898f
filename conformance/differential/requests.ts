// What a command means for the broker it is played on: the request, from what its members were told there.

import { type Api, Apis } from '../../src/protocol/apis.js'
import { writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import type { Draft, Infer } from '../../src/protocol/schema.js'
import { type Cast, identityOf, joining, otherGroup } from './cast.js'
import type { Request } from './commands.js'
import { timeoutsOf } from './time.js'

export interface Outgoing {
  readonly what: string
  readonly api: Api
  readonly version: number
  readonly body: Draft<object>
  /** Whose parked requests it takes the place of. */
  readonly supersedes: readonly number[]
  /** What is kept of the answer, after what is to be learnt from it. */
  readonly take: (response: object) => object
}

type Of<Do extends Request['do']> = Extract<Request, { do: Do }>

export function requestOf(cast: Cast, command: Request): Outgoing {
  switch (command.do) {
    case 'join':
      return join(cast, command)
    case 'sync':
      return sync(cast, command)
    case 'heartbeat': {
      const { actor, version, flaw } = command
      return make(`actor ${actor} heartbeats`, Apis.Heartbeat, version, identityOf(cast, actor, flaw))
    }
    case 'leave':
      return leave(cast, command)
    case 'commit': {
      const { generationId, ...member } = identityOf(cast, command.actor, command.flaw)
      const groupId = command.flaw === 'group' ? otherGroup(cast.group) : cast.group
      return commit(cast, command, { ...member, groupId, generationIdOrMemberEpoch: generationId })
    }
    case 'simple commit':
      return commit(cast, { ...command, target: 0 }, { groupId: cast.group })
    case 'fetch':
      return fetch(cast, command)
    case 'delete offset': {
      const { topic, partition } = TARGETS[command.target] as Target
      const topics = [{ name: topic, partitions: [{ partitionIndex: partition }] }]
      return make(`delete offset of ${topic}-${partition}`, Apis.OffsetDelete, 0, {
        groupId: cast.group,
        topics,
      })
    }
    case 'delete group':
      return make('delete group', Apis.DeleteGroups, command.version, { groupsNames: [cast.group] })
    case 'describe': {
      const body = { groups: [cast.group], includeAuthorizedOperations: command.withOperations }
      return make('describe', Apis.DescribeGroups, command.version, body)
    }
    case 'list':
      return list(cast, command)
    case 'find': {
      const { group } = cast
      const body = { key: group, keyType: command.keyType, coordinatorKeys: [group] }
      return make(`find by type ${command.keyType}`, Apis.FindCoordinator, command.version, body)
    }
  }
}

function make<A extends Api>(
  what: string,
  api: A,
  version: number,
  body: Draft<Infer<A['request']>>,
  supersedes: readonly number[] = [],
  take: (response: Infer<A['response']>) => object = (response) => response,
): Outgoing {
  return { what, api, version, body, supersedes, take: take as (response: object) => object }
}

const subscription = (topic: string) => writeSubscription({ topics: [topic] })
const range = { name: 'range', metadata: subscription('foo') }
const sticky = { name: 'sticky', metadata: subscription('foo') }
const OFFERS = [
  [range],
  [range, sticky],
  [sticky, range],
  [{ name: 'range', metadata: subscription('bar') }],
  [{ name: 'range', metadata: Buffer.from('opaque') }],
  [sticky],
]

function join(cast: Cast, { actor, version, offer, forget, timeouts, flaw }: Of<'join'>): Outgoing {
  const { groupId, memberId, groupInstanceId } = identityOf(cast, actor, flaw)
  const { sessionTimeoutMs, rebalanceTimeoutMs } = timeoutsOf(timeouts)
  const body = {
    groupId,
    memberId: forget ? '' : memberId,
    groupInstanceId: version >= 5 ? groupInstanceId : null,
    sessionTimeoutMs: flaw === 'generation' ? 0 : sessionTimeoutMs,
    rebalanceTimeoutMs,
    protocolType: flaw === 'protocol' ? 'connect' : 'consumer',
    protocols: flaw === 'older generation' ? [] : (OFFERS[offer] as (typeof OFFERS)[number]),
  }
  const what = `actor ${actor} joins as '${body.memberId && actor}' offering ${offer}, timeouts ${timeouts}`
  return make(what, Apis.JoinGroup, version, body, [actor], joining(cast, actor))
}

function sync(cast: Cast, { actor, version, flaw }: Of<'sync'>): Outgoing {
  const identity = identityOf(cast, actor, flaw)
  const assignments = [...cast.names.ids].map(([memberId, name]) => {
    return { memberId, assignment: Buffer.from(`for ${name} in ${identity.generationId}`) }
  })
  const body = {
    ...identity,
    groupInstanceId: version >= 3 ? identity.groupInstanceId : null,
    protocolType: flaw === 'protocol' ? 'connect' : 'consumer',
    protocolName: 'range',
    assignments,
  }
  return make(`actor ${actor} syncs`, Apis.SyncGroup, version, body, [actor])
}

function leave(cast: Cast, { actors, version, flaw }: Of<'leave'>): Outgoing {
  const identities = actors.map((actor) => identityOf(cast, actor, flaw))
  const { groupId, memberId } = identities[0] as (typeof identities)[number]
  const members = identities.map(({ memberId, groupInstanceId }) => ({ memberId, groupInstanceId }))
  return make(`actors ${actors} leave`, Apis.LeaveGroup, version, { groupId, memberId, members }, actors)
}

interface Target {
  readonly topic: string
  readonly partition: number
  readonly metadata: string | null
}

/** Partitions that exist, one that does not, a topic that does not, and one commit that is too large. */
const TARGETS: readonly Target[] = [
  { topic: 'foo', partition: 0, metadata: 'm' },
  { topic: 'foo', partition: 1, metadata: null },
  { topic: 'bar', partition: 0, metadata: 'm' },
  { topic: 'none', partition: 0, metadata: 'm' },
  { topic: 'foo', partition: 99, metadata: 'm' },
  { topic: 'foo', partition: 0, metadata: 'x'.repeat(4097) },
]
const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

function commit(
  { topics }: Cast,
  { version, offset, target }: Pick<Of<'commit'>, 'version' | 'offset' | 'target'>,
  member: object,
): Outgoing {
  const { topic, partition, metadata } = TARGETS[target] as Target
  const committed = {
    partitionIndex: partition,
    committedOffset: BigInt(offset),
    committedMetadata: metadata,
    committedLeaderEpoch: offset % 3,
  }
  const body = {
    ...member,
    topics: [{ name: topic, topicId: topics[topic] ?? UNKNOWN_ID, partitions: [committed] }],
  }
  return make(`commit ${offset} of ${topic}-${partition}`, Apis.OffsetCommit, version, body)
}

function fetch({ group, topics: known }: Cast, { version, all, stable }: Of<'fetch'>): Outgoing {
  const named = ['foo', 'bar', 'none'].map((name) => {
    return { name, topicId: known[name] ?? UNKNOWN_ID, partitionIndexes: [0, 1] }
  })
  const topics = all && version >= 2 ? null : named
  const body = { groupId: group, topics, groups: [{ groupId: group, topics }], requireStable: stable }
  return make(`fetch ${topics === null ? 'all' : 'named'}`, Apis.OffsetFetch, version, body)
}

/** Only its own group is compared. */
function list({ group }: Cast, { version, isFiltered }: Of<'list'>): Outgoing {
  const filter = { statesFilter: ['Stable', 'Empty'], typesFilter: ['classic'] }
  const what = isFiltered ? 'list by state and type' : 'list'
  return make(what, Apis.ListGroups, version, isFiltered ? filter : {}, [], (response) => {
    return { ...response, groups: response.groups.filter(({ groupId }) => groupId === group) }
  })
}
