// Rules about who reads what: assignors that take everything (R8), that do not fit together (R9), members without a partition
// (R10), two applications in one group (R11).

import { isEager } from '../assignors.js'
import { judgeAssignors } from '../config/membership.js'
import type { GroupFacts } from '../group-facts.js'
import { type GroupHistory, lastStable, ownersIn, type Rebalance } from '../history.js'
import type { Rule, Verdict } from '../rule.js'
import { count, list, members, newest, shown } from '../words.js'

/** Two that give up everything for a third: with one there is nothing to be seen. */
const MIN_REVOKED = 2

function takesEverything({ rebalances }: GroupHistory): Verdict[] {
  const settled = rebalances.filter(({ stable }) => stable !== null)
  for (let i = settled.length - 1; i > 0; i--) {
    const verdict = revokedForNothing(settled[i - 1] as Rebalance, settled[i] as Rebalance)
    if (verdict !== null) return [verdict]
  }
  return []
}

function revokedForNothing(before: Rebalance, after: Rebalance): Verdict | null {
  const protocol = after.joins[0]?.protocol ?? ''
  if (!isEager(protocol)) return null
  const [had, has] = [ownersIn(before), ownersIn(after)]
  const stayed = new Set(after.syncs.map(({ member }) => member))
  const kept = [...had].filter(([partition, owner]) => stayed.has(owner) && has.get(partition) === owner)
  const revoked = [...had].filter(([, owner]) => stayed.has(owner))
  const who = new Set(revoked.map(([, owner]) => owner))
  if (who.size < MIN_REVOKED || kept.length === 0) return null
  const moved = revoked.length - kept.length
  return {
    headline: `${count(who.size, 'member')} gave up ${count(revoked.length, 'partition')}, and got ${kept.length} of them back: ${moved === 0 ? 'none' : `only ${moved}`} had to move`,
    evidence: [after.begun, ...newest(after.syncs)],
    explanation: `'${shown(protocol)}' is an eager assignor: in every rebalance all members stop reading and give up all partitions. A cooperative one revokes what moves, and the rest is read on.`,
    remedy: cooperative(protocol),
  }
}

function cooperative(protocol: string): string {
  if (protocol === 'RoundRobinAssigner')
    return "kafkajs has no cooperative assignor; Java's consumer and clients on librdkafka have one: partition.assignment.strategy=cooperative-sticky."
  return `partition.assignment.strategy=cooperative-sticky, in two rolling restarts: first cooperative-sticky,${shown(protocol)}, then cooperative-sticky alone.`
}

/** Of fewer members few stop. */
const MANY_MEMBERS = 3

function describedEager({ protocol, members: all }: GroupFacts): Verdict[] {
  if (protocol === null || !isEager(protocol) || all.length < MANY_MEMBERS) return []
  return [
    {
      headline: `${all.length} members share an eager assignor, '${shown(protocol)}': every rebalance stops them all`,
      evidence: [`DescribeGroups: protocol '${shown(protocol)}'`],
      explanation:
        'A cooperative assignor revokes only what moves (KIP-429); an eager one everything, from everybody.',
      remedy: cooperative(protocol),
    },
  ]
}

function noCommonAssignor(history: GroupHistory): Verdict[] {
  const found = history.of('join').filter(({ error }) => error === 'INCONSISTENT_GROUP_PROTOCOL')
  const [last] = found.slice(-1)
  if (last === undefined) return []
  const inside = history.of('join').findLast(({ error, atMs }) => error === 'NONE' && atMs <= last.atMs)
  const offered = list(last.protocols) || 'none'
  const hasType = inside !== undefined && inside.protocolType !== last.protocolType
  return [
    {
      headline: hasType
        ? `Client '${shown(last.client ?? '')}' of protocol type '${shown(last.protocolType)}' cannot join a group of type '${shown(inside.protocolType)}'`
        : `Client '${shown(last.client ?? '')}' offers ${offered}; the group's members have ${inside === undefined ? 'others' : list(inside.protocols)}`,
      evidence: [...(inside === undefined ? [] : [inside]), ...newest(found)],
      explanation:
        'All members of a group must have one assignor in common, by its name. Libraries name the same thing differently: RoundRobinAssigner (kafkajs) and roundrobin (Java, librdkafka).',
      remedy: hasType
        ? 'A group.id of its own for each kind of application.'
        : `partition.assignment.strategy with one name in common${inside === undefined ? '' : `, such as '${shown(inside.protocols[0] ?? 'range')}'`}; for a change of assignors, two rolling restarts.`,
    },
  ]
}

function idle(history: GroupHistory): Verdict[] {
  const last = lastStable(history)
  if (last === undefined) return []
  const without = last.syncs.filter(({ partitions }) => partitions.length === 0)
  // A cooperative assignor takes what moves out of one generation and gives it out in the next: all that ever were count.
  const partitions = new Set(history.rebalances.flatMap((each) => [...ownersIn(each).keys()])).size
  if (without.length === 0 || partitions === 0 || last.joins.length <= partitions) return []
  return idleVerdict(last.joins.length, partitions, members(without), newest(without))
}

function idleVerdict(all: number, partitions: number, who: string, evidence: Verdict['evidence']): Verdict[] {
  return [
    {
      headline: `${all} members share ${count(partitions, 'partition')}: ${who} ${all - partitions === 1 ? 'has' : 'have'} nothing to read`,
      evidence,
      explanation:
        'A partition has one reader in a group; members beyond the number of partitions only stand by.',
      remedy: `At most ${count(partitions, 'member')}, or ${all} partitions (kafka-topics --alter --partitions ${all}; keys then go elsewhere).`,
    },
  ]
}

function describedIdle({ members: all, partitionCount, state }: GroupFacts): Verdict[] {
  const without = all.filter(({ partitions }) => partitions.length === 0)
  if (state !== 'Stable' || partitionCount === null || partitionCount === 0) return []
  if (without.length === 0 || all.length <= partitionCount) return []
  const names = without.map(({ memberId }) => ({ member: memberId }))
  const evidence = [`DescribeGroups: ${count(all.length, 'member')}, ${without.length} without a partition`]
  return idleVerdict(all.length, partitionCount, members(names), evidence)
}

function twoApplications(history: GroupHistory): Verdict[] {
  const last = lastStable(history)
  if (last === undefined) return []
  const { joins } = last
  return subscriptionVerdict(
    joins.map(({ member, client, topics }) => ({ who: client ?? member ?? '', topics })),
    newest(joins),
  )
}

function describedTwo({ members: all }: GroupFacts): Verdict[] {
  const told = all.flatMap(({ clientId, topics }) => (topics === null ? [] : [{ who: clientId, topics }]))
  return subscriptionVerdict(
    told,
    told.map(({ who, topics }) => `'${shown(who)}' subscribes to ${list(topics)}`).slice(0, 5),
  )
}

interface Subscriber {
  readonly who: string
  readonly topics: readonly string[]
}

function subscriptionVerdict(all: readonly Subscriber[], evidence: Verdict['evidence']): Verdict[] {
  const kinds = new Map<string, Subscriber[]>()
  for (const subscriber of all) {
    if (subscriber.topics.length === 0) continue
    const key = [...subscriber.topics].sort().join('\n')
    kinds.set(key, [...(kinds.get(key) ?? []), subscriber])
  }
  if (kinds.size < 2) return []
  const told = [...kinds.values()].map(
    (same) => `${list(same.map(({ who }) => `'${who}'`))}: ${list(same[0]?.topics ?? [])}`,
  )
  return [
    {
      headline: `Members of one group subscribe to different topics (${told.join('; ')})`,
      evidence,
      explanation:
        'Most often two applications share a group id by mistake: each restart of the one stops the other, and a topic that one subscribes to may be given only to that one. During a deployment that changes topics it passes by itself.',
      remedy: 'A group.id of its own for each application.',
    },
  ]
}

export const ASSIGNMENT_RULES: readonly Rule[] = [
  {
    id: 'R8',
    title: 'Eager assignor',
    severity: 'info',
    looksFor:
      'a rebalance with an eager assignor in which members gave up partitions and got the same ones back',
    advice: '`partition.assignment.strategy=cooperative-sticky`, in two rolling restarts',
    source: 'KIP-429',
    judge: takesEverything,
    judgeConfig: judgeAssignors,
    judgeGroup: describedEager,
  },
  {
    id: 'R9',
    title: 'No assignor in common',
    severity: 'error',
    looksFor: 'JoinGroup answered INCONSISTENT_GROUP_PROTOCOL',
    advice: '`partition.assignment.strategy` with one name that all members have',
    source: 'kafkajs#463, kafkajs#630',
    judge: noCommonAssignor,
  },
  {
    id: 'R10',
    title: 'More members than partitions',
    severity: 'info',
    looksFor:
      'members without a partition in the newest generation, while there are more members than partitions',
    advice: 'fewer members, or more partitions',
    source: "Kafka's documentation, Consumers: a partition has one reader in a group",
    judge: idle,
    judgeGroup: describedIdle,
  },
  {
    id: 'R11',
    title: 'Two applications in one group',
    severity: 'warning',
    looksFor: 'members of the newest generation that subscribe to different topics',
    advice: 'a `group.id` of its own for each application',
    source: "kafkajs's FAQ",
    judge: twoApplications,
    judgeGroup: describedTwo,
  },
]
