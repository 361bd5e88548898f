// Rules about rebalances themselves: who was waited for (R4), how often (R5), what the leader asked for (R12), sync phases
// that did not end (R13), waits at the start (R15).

import { causeKind } from '../../observe/cause.js'
import { fromMs } from '../../observe/duration.js'
import type { EntryOf } from '../../observe/journal-entry.js'
import { judgeRejoinTime } from '../config/timing.js'
import { askedMs, expired, type GroupHistory, joinOf, type Rebalance } from '../history.js'
import type { Rule, Surroundings, Verdict } from '../rule.js'
import { count, list, members, newest, shown } from '../words.js'

/** A join phase that used so much of the rebalance timeout was about to give somebody up. */
const NEAR = 0.8

const isDropped = ({ cause }: EntryOf<'member-removed'>) => cause?.includes('did not rejoin') ?? false

function rebalanceTimeoutMs(history: GroupHistory, { joins, removals, begun }: Rebalance): number {
  const earlier = removals.map(({ member }) => joinOf(history, member, begun.atMs))
  return Math.max(0, ...[...joins, ...earlier].map((join) => join?.rebalanceTimeoutMs ?? 0))
}

function lateJoin({ begun, joins }: Rebalance, limitMs: number): EntryOf<'join'> | undefined {
  return joins.find((join) => askedMs(join) - begun.atMs >= limitMs)
}

function waitedForOne(history: GroupHistory): Verdict[] {
  return history.rebalances.flatMap((rebalance) => {
    const { isInitial, joinPhaseMs, begun, joined, removals } = rebalance
    const timeoutMs = rebalanceTimeoutMs(history, rebalance)
    if (isInitial || joinPhaseMs === null || joined === null || timeoutMs === 0) return []
    if (joinPhaseMs < timeoutMs * NEAR) return []
    const dropped = removals.filter((entry) => isDropped(entry) && entry.connected !== false)
    const late = lateJoin(rebalance, timeoutMs * NEAR)
    const who = [...dropped, ...(late === undefined ? [] : [late])]
    if (who.length === 0) return []
    const fate = dropped.length > 0 ? 'was given up at the rebalance timeout' : 'came last'
    return [
      {
        headline: `The join phase lasted ${fromMs(joinPhaseMs)} of at most ${fromMs(timeoutMs)}: ${members(who)} ${fate}`,
        evidence: [begun, ...who, joined],
        explanation:
          'A rebalance lasts until the last member sends its JoinGroup, and a member sends it only when it polls again: after its records, and after a long onPartitionsRevoked.',
        remedy: `Fewer records per poll (max.poll.records) and a short onPartitionsRevoked; a lower max.poll.interval.ms (now ${timeoutMs}) gives such a member up sooner.`,
      },
    ]
  })
}

const HOUR_MS = 3_600_000
/** netdata's guide: two or three an hour in a group where nothing changes are too many. */
const STORM = 4

/** Clients by instance or client id, with how many of each. */
function casting({ joins }: Rebalance): string {
  return joins
    .map(({ instance, client }) => instance ?? client ?? '')
    .sort()
    .join('\n')
}

function storm({ rebalances }: GroupHistory): Verdict[] {
  const settled = rebalances.filter(({ stable, joins }) => stable !== null && joins.length > 0)
  for (let i = settled.length - 1; i >= STORM; i--) {
    const before = settled[i - STORM] as Rebalance
    const last = settled[i] as Rebalance
    const first = settled[i - STORM + 1] as Rebalance
    const tookMs = last.begun.atMs - first.begun.atMs
    if (tookMs > HOUR_MS || casting(before) !== casting(last)) continue
    const during = rebalances.filter(
      ({ begun }) => begun.atMs >= first.begun.atMs && begun.atMs <= last.begun.atMs,
    )
    return [
      {
        headline: `${count(during.length, 'rebalance')} in ${fromMs(tookMs)}, and the group is as it was: ${count(last.joins.length, 'member')} of the same clients`,
        evidence: newest(during.map(({ begun }) => begun)),
        explanation: `Nobody came or went for good. What began them: ${list(during.map(({ begun }) => kindOf(begun)))}. Each stops the readers and repeats what was not committed.`,
        remedy:
          'Mend the cause that the evidence names, by the other findings of this group; static membership (group.instance.id) keeps restarts from being rebalances.',
      },
    ]
  }
  return []
}

const KINDS: Readonly<Record<string, string>> = {
  'session-expired': 'sessions that ran out',
  'member-left': 'members that left',
  'member-joined': 'new members',
  'leader-rejoined': "the leader's rejoin",
  'sync-timeout': 'SyncGroups that did not come',
  'static-member-replaced': 'static members with changed settings',
  'member-rejoined': 'changed subscriptions',
}

const kindOf = ({ cause }: EntryOf<'state'>) => KINDS[causeKind(cause)] ?? shown(cause ?? 'no cause told')

function leaderRejoined({ of }: GroupHistory): Verdict[] {
  const found = of('state').filter(
    ({ cause, to }) => to === 'PreparingRebalance' && causeKind(cause) === 'leader-rejoined',
  )
  const [last] = found.slice(-1)
  if (last === undefined) return []
  const often = found.length === 1 ? 'A rebalance was' : `${count(found.length, 'rebalance')} were`
  const [, told = 'not provided'] = /client reason: (.*)$/s.exec(last.cause ?? '') ?? []
  const reason =
    told === 'not provided' ? 'It gave no reason (clients do since KIP-800).' : `It says: ${shown(told)}.`
  return [
    {
      headline: `${often} asked for by the group's leader, though nobody came or went`,
      evidence: newest(found),
      explanation: `A leader rejoins a Stable group when what it watches has changed: partitions were added, a topic that its pattern matches came or went. ${reason}`,
      remedy:
        'None, if that was wanted. Create topics with as many partitions as they will need; metadata.max.age.ms (300000) decides how soon the leader notices.',
    },
  ]
}

function syncMissing(history: GroupHistory): Verdict[] {
  const found = history
    .of('member-removed')
    .filter(({ cause }) => cause?.includes('pending sync request expiration'))
  const [last] = found.slice(-1)
  if (last === undefined) return []
  const timeoutMs = joinOf(history, last.member, last.atMs)?.rebalanceTimeoutMs ?? null
  return [
    {
      headline: `${members(found)} joined and never sent SyncGroup: the group waited ${timeoutMs === null ? 'the rebalance timeout' : fromMs(timeoutMs)} for it`,
      evidence: newest(found),
      explanation:
        'Between JoinGroup and SyncGroup the leader computes the assignment. Whoever stays away there has died, or, as the leader, takes too long; followers wait for it with nothing assigned.',
      remedy:
        'See why that client stopped between the two. If it is the leader of a large group: a cheaper assignor, or max.poll.interval.ms (the rebalance timeout) above what it needs.',
    },
  ]
}

/** Below it nobody asks why. */
const NOTICED_MS = 1000

function waitAtStart(history: GroupHistory, { setting }: Surroundings): Verdict[] {
  const delayMs = setting('group.initial.rebalance.delay.ms')
  const delayed = history.rebalances.filter(
    ({ isInitial, joinPhaseMs }) => isInitial && delayMs >= NOTICED_MS && (joinPhaseMs ?? 0) >= delayMs,
  )
  const verdicts: Verdict[] = []
  const [last] = delayed.slice(-1)
  if (last !== undefined)
    verdicts.push({
      headline: `The first members waited ${fromMs(last.joinPhaseMs ?? 0)} for others to come`,
      evidence: newest(delayed.map(({ begun }) => begun)),
      explanation: `group.initial.rebalance.delay.ms is ${delayMs}: a group that was Empty waits so long for more members, and once more while they keep coming.`,
      remedy:
        'group.initial.rebalance.delay.ms=0 in the broker of a test; in production it saves rebalances.',
    })
  return [...verdicts, ...history.rebalances.flatMap(ghosts)]
}

/** Members of a process that is gone: a newcomer waits until their sessions have run out. */
function ghosts({ isInitial, joinPhaseMs, begun, joined, removals }: Rebalance): Verdict[] {
  const gone = removals.filter(
    (entry) => entry.connected === false && entry.atMs > begun.atMs && (expired(entry) || isDropped(entry)),
  )
  if (isInitial || joinPhaseMs === null || joinPhaseMs < NOTICED_MS || gone.length === 0) return []
  return [
    {
      headline: `A join waited ${fromMs(joinPhaseMs)} for ${members(gone)}, whose process was already gone`,
      evidence: [begun, ...newest(gone), ...(joined === null ? [] : [joined])],
      explanation:
        'A client that ends without LeaveGroup stays a member until its session runs out; who joins meanwhile waits for it. Test runs that follow each other meet the ghost of the last run.',
      remedy:
        'Close consumers (close(), disconnect()) before the process ends, a group id of its own for each test run, or a shorter session.timeout.ms.',
      severity: 'warning',
    },
  ]
}

export const REBALANCE_RULES: readonly Rule[] = [
  {
    id: 'R4',
    title: 'Everybody waited for one',
    severity: 'warning',
    looksFor:
      'a join phase that took at least 80 % of the rebalance timeout, and who came last or was given up',
    advice: 'fewer records per poll, a short `onPartitionsRevoked`, a lower `max.poll.interval.ms`',
    source: 'KIP-62; stackoverflow.com/questions/43991845',
    judge: waitedForOne,
    judgeConfig: judgeRejoinTime,
  },
  {
    id: 'R5',
    title: 'Rebalance storm',
    severity: 'error',
    looksFor: 'four or more rebalances within an hour, before and after which the group has the same clients',
    advice: 'mend what begins them; `group.instance.id` keeps restarts from being rebalances',
    source: "netdata's guide to Kafka consumers (two or three an hour)",
    judge: storm,
  },
  {
    id: 'R12',
    title: 'Leader asks for a rebalance',
    severity: 'info',
    looksFor: 'a leader that rejoins while the group is Stable',
    advice: 'create topics with the partitions that they will need; `metadata.max.age.ms`',
    source: "KIP-800; Kafka's ConsumerCoordinator.rejoinNeededOrPending",
    judge: leaderRejoined,
  },
  {
    id: 'R13',
    title: 'SyncGroup that never came',
    severity: 'error',
    looksFor: 'a member removed "on pending sync request expiration"',
    advice: 'why the client stopped between JoinGroup and SyncGroup; a leader: a cheaper assignor',
    source: "Kafka's GroupMetadataManager.expirePendingSync",
    judge: syncMissing,
  },
  {
    id: 'R15',
    title: 'Wait at the start',
    severity: 'info',
    looksFor:
      'a first join phase as long as the initial delay, or one that lasted until the session of a process that was gone',
    advice: '`group.initial.rebalance.delay.ms=0` in tests; close consumers before the process ends',
    source: 'KIP-134; kafkajs#260',
    judge: waitAtStart,
  },
]
