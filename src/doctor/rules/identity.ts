// Rules about who is who: clients that come back as strangers (R6), two processes with one name (R7), ids that were given out
// for nothing (R14), groups that are full (R16), restarts that cost nothing (R21).

import { fromMs } from '../../observe/duration.js'
import type { EntryOf, JournalEntry } from '../../observe/journal-entry.js'
import type { GroupHistory } from '../history.js'
import type { Rule, Surroundings, Verdict } from '../rule.js'
import { count, list, newest, shown } from '../words.js'

const HOUR_MS = 3_600_000
/** A deployment and a mishap make two. */
const OFTEN = 3

/** A dynamic member, from its first generation until it was gone. */
interface Life {
  readonly first: EntryOf<'join'>
  readonly endedMs: number | null
}

function livesByClient({ of }: GroupHistory): Map<string, Life[]> {
  const ends = new Map<string | null, number>()
  for (const { member, atMs } of of('member-removed')) ends.set(member, atMs)
  const clients = new Map<string, Life[]>()
  const seen = new Set<string | null>()
  for (const join of of('join')) {
    const { client, member, instance, error } = join
    if (error !== 'NONE' || client === null || instance !== null || seen.has(member)) continue
    seen.add(member)
    const lives = clients.get(client) ?? []
    lives.push({ first: join, endedMs: ends.get(member) ?? null })
    clients.set(client, lives)
  }
  return clients
}

function strangers(history: GroupHistory): Verdict[] {
  return [...livesByClient(history)].flatMap(([client, lives]) => {
    // Of several that live side by side under one client id each counts only for one that ended.
    const ends = lives.flatMap(({ endedMs }) => (endedMs === null ? [] : [endedMs])).sort((a, b) => a - b)
    const again = lives.filter(({ first }) => {
      const i = ends.findIndex((endMs) => endMs <= first.atMs)
      if (i >= 0) ends.splice(i, 1)
      return i >= 0
    })
    const last = again.at(-1)
    const recent = again.filter(({ first }) => (last?.first.atMs ?? 0) - first.atMs <= HOUR_MS)
    if (recent.length < OFTEN) return []
    return [
      {
        headline: `Client '${shown(client)}' came back ${recent.length} times within an hour, each time as a new member`,
        evidence: newest(recent.map(({ first }) => first)),
        explanation:
          'A dynamic member that returns gets a new id, and the group rebalances twice: when it goes and when it comes.',
        remedy: `group.instance.id, one for each process and the same after its restart, with session.timeout.ms (now ${last?.first.sessionTimeoutMs}) above the time of a restart. kafkajs has no static membership: then fewer restarts.`,
      },
    ]
  })
}

function sharedInstance({ of, entries }: GroupHistory): Verdict[] {
  const replaced = of('member-replaced')
  const instanceOf = new Map(replaced.flatMap(({ oldMember, instance }) => [[oldMember, instance] as const]))
  const fenced = new Map<string, JournalEntry[]>()
  for (const entry of entries) {
    if (!('error' in entry) || entry.error !== 'FENCED_INSTANCE_ID') continue
    const instance =
      ('instance' in entry ? entry.instance : null) ?? instanceOf.get(entry.member ?? '') ?? 'unknown'
    fenced.set(instance, [...(fenced.get(instance) ?? []), entry])
  }
  return [...fenced].map(([instance, refused]) => {
    const times = replaced.filter((entry) => entry.instance === instance)
    const isPingPong = times.length > 1
    return {
      headline: isPingPong
        ? `Two processes take group.instance.id '${shown(instance)}' from each other, ${times.length} times so far`
        : `A second process has taken group.instance.id '${shown(instance)}'; the first is still running`,
      evidence: newest([...times, ...refused].sort((a, b) => a.atMs - b.atMs)),
      explanation:
        'Who joins with an instance id takes the place of its holder, and the holder is fenced. After a restart the holder is gone; here it still sent requests.',
      remedy:
        'A group.instance.id of its own for each process: from the pod or host name, not from a file that all share.',
      ...(isPingPong ? {} : { severity: 'warning' as const }),
    }
  })
}

function abandonedIds({ of }: GroupHistory, { endMs }: Surroundings): Verdict[] {
  const joins = of('join')
  const used = new Set<string | null>(
    joins.filter(({ askedAs }) => askedAs !== '').map(({ askedAs }) => askedAs),
  )
  for (const { member } of [...of('member-joined'), ...of('leave')]) used.add(member)
  const found = joins.filter(
    ({ error, member, atMs, sessionTimeoutMs }) =>
      error === 'MEMBER_ID_REQUIRED' && !used.has(member) && endMs - atMs >= sessionTimeoutMs,
  )
  const [last] = found.slice(-1)
  if (last === undefined) return []
  return [
    {
      headline: `${count(found.length, 'member id was', 'member ids were')} given out and never used, to ${list(found.map(({ client }) => `'${client}'`))}`,
      evidence: newest(found),
      explanation: `A new member asks twice: for its id, then with it (KIP-394). An id that nobody comes back with holds up every join phase until its session (${fromMs(last.sessionTimeoutMs)}) runs out.`,
      remedy:
        'A client whose join gives up too soon asks anew each time: its request timeout must be above the rebalance timeout (request.timeout.ms, kafkajs: requestTimeout).',
      ...(found.length >= OFTEN ? { severity: 'warning' as const } : {}),
    },
  ]
}

function full({ of }: GroupHistory, { setting }: Surroundings): Verdict[] {
  const found = of('join').filter(({ error }) => error === 'GROUP_MAX_SIZE_REACHED')
  if (found.length === 0) return []
  const size = setting('group.max.size')
  return [
    {
      headline: `The group is full: ${list(found.map(({ client }) => `'${client}'`))} cannot join`,
      evidence: newest(found),
      explanation: `group.max.size is ${size}. Java's consumer gives up with GroupMaxSizeReachedException.`,
      remedy: `group.max.size=${2 * size} in the broker, or fewer members: more than there are partitions have nothing to do.`,
    },
  ]
}

function keptAssignment({ of }: GroupHistory): Verdict[] {
  const found = of('join').filter(({ skipAssignment }) => skipAssignment)
  if (found.length === 0) return []
  return [
    {
      headline: `Static leader ${list(found.map(({ instance }) => `'${instance}'`))} came back, and the group did not rebalance`,
      evidence: newest(found),
      explanation:
        'It was told to skip the assignment (JoinGroup v9): everybody keeps what they have. A change of topics during its absence is noticed by its next look at the metadata.',
      remedy: 'None: this is what static membership is for.',
    },
  ]
}

export const IDENTITY_RULES: readonly Rule[] = [
  {
    id: 'R6',
    title: 'Comes back as a stranger',
    severity: 'warning',
    looksFor:
      'one client id that joins three times within an hour under new member ids, after its member had gone',
    advice: '`group.instance.id`, with `session.timeout.ms` above the time of a restart',
    source: 'KIP-345',
    judge: strangers,
  },
  {
    id: 'R7',
    title: 'One instance id, two processes',
    severity: 'error',
    looksFor: 'FENCED_INSTANCE_ID: who was replaced under its `group.instance.id` is still there',
    advice: 'a `group.instance.id` of its own for each process',
    source: 'KIP-345; wolverine#3154',
    judge: sharedInstance,
  },
  {
    id: 'R14',
    title: 'Ids given out for nothing',
    severity: 'info',
    looksFor: 'MEMBER_ID_REQUIRED after which nobody joined with that id; a warning from the third on',
    advice: "the client's request timeout above the rebalance timeout",
    source: 'KIP-394',
    judge: abandonedIds,
  },
  {
    id: 'R16',
    title: 'Group full',
    severity: 'error',
    looksFor: 'JoinGroup answered GROUP_MAX_SIZE_REACHED',
    advice: '`group.max.size`, or fewer members',
    source: 'KIP-389',
    judge: full,
  },
  {
    id: 'R21',
    title: 'Static leader restarted without a rebalance',
    severity: 'info',
    looksFor: 'JoinGroup answered with skipAssignment',
    advice: 'none: this is what static membership is for',
    source: 'KIP-814',
    judge: keptAssignment,
  },
]
