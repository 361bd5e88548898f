// Rules about signs of life: heartbeats too far apart (R1), members that fell silent while they worked (R2), poll loops that
// were too slow (R3), sessions that no broker takes (R17), static members whom nobody misses at once (R20).

import { fromMs } from '../../observe/duration.js'
import type { EntryOf } from '../../observe/journal-entry.js'
import { judgeStaticSession } from '../config/membership.js'
import {
  judgeHeartbeatInterval,
  judgePollTime,
  judgeSessionBounds,
  judgeSlowRecord,
} from '../config/timing.js'
import { expired, type GroupHistory, joinOf } from '../history.js'
import type { Rule, Surroundings, Verdict } from '../rule.js'
import { list, members, newest, shown } from '../words.js'

/** Timers are not exact: an interval of a third is measured as a little more. */
const TOLERANCE = 1.1
/** Fewer gaps say nothing about an interval. */
const MIN_GAPS = 3

function farApart({ of }: GroupHistory): Verdict[] {
  const found = of('heartbeats').filter(({ gaps, medianGapMs, sessionTimeoutMs }) => {
    const count = gaps.reduce((sum, each) => sum + each, 0)
    if (count < MIN_GAPS || medianGapMs === null || sessionTimeoutMs === null) return false
    return medianGapMs > (sessionTimeoutMs / 3) * TOLERANCE
  })
  const [worst] = [...found].sort((a, b) => shareOf(b) - shareOf(a))
  if (worst === undefined) return []
  const { medianGapMs: gapMs = 0, sessionTimeoutMs: sessionMs = 0 } = worst
  const mayMiss = Math.max(Math.ceil((sessionMs ?? 0) / (gapMs || 1)) - 1, 0)
  const lost = mayMiss === 0 ? 'not one' : mayMiss === 1 ? 'one' : `${mayMiss}`
  return [
    {
      headline: `Heartbeats of ${members(found)} come ${fromMs(gapMs ?? 0)} apart; the session timeout is ${fromMs(sessionMs ?? 0)}`,
      evidence: newest(found),
      explanation: `Within a session at least three heartbeats should fit: of these ${lost} may be late or lost before the coordinator removes the member.`,
      remedy: `heartbeat.interval.ms=${Math.floor((sessionMs ?? 0) / 3)} or less (kafkajs: heartbeatInterval), or session.timeout.ms=${(gapMs ?? 0) * 3} or more. A client that heartbeats between records comes no closer than its records allow.`,
    },
  ]
}

const shareOf = ({ medianGapMs, sessionTimeoutMs }: EntryOf<'heartbeats'>) =>
  (medianGapMs ?? 0) / (sessionTimeoutMs ?? 1)

/** It fetched in the session that ran out, or in the one before: it was at work, not gone. */
function isAtWork({ fetchedAgoMs, sessionTimeoutMs }: EntryOf<'member-removed'>): boolean {
  return fetchedAgoMs !== null && sessionTimeoutMs !== null && fetchedAgoMs < 2 * sessionTimeoutMs
}

function silentAtWork(history: GroupHistory): Verdict[] {
  const found = history
    .of('member-removed')
    .filter(
      (entry) => expired(entry) && entry.instance === null && entry.connected === true && isAtWork(entry),
    )
  const [last] = found.slice(-1)
  if (last === undefined) return []
  const software = joinOf(history, last.member)?.software ?? null
  const sessionMs = last.sessionTimeoutMs ?? 0
  return [
    {
      headline: `${members(found)} fell silent for a whole session (${fromMs(sessionMs)}), connected and with records in hand`,
      evidence: newest(found),
      explanation: silenceOf(software, last),
      remedy: `Call heartbeat() between records, hand over fewer records at once, or set session.timeout.ms (kafkajs: sessionTimeout) above the longest time without a heartbeat: ${2 * sessionMs} gives twice as long.`,
    },
  ]
}

/** Clients whose heartbeats have a thread of their own, by what they call themselves (KIP-511). */
const HEARTBEAT_THREAD = /^(apache-kafka-java|librdkafka|confluent-kafka)/

function silenceOf(software: string | null, { heardAgoMs, fetchedAgoMs }: EntryOf<'member-removed'>): string {
  const seen = `It was last heard ${fromMs(heardAgoMs ?? 0)} before, and had fetched ${fromMs(fetchedAgoMs ?? 0)} before.`
  if (software !== null && HEARTBEAT_THREAD.test(software))
    return `${seen} ${shown(software)} heartbeats from a thread of its own, so the whole process stood still: a GC pause, too little CPU, a suspended container.`
  return `${seen} A client without a heartbeat thread (kafkajs and its like) sends none while it processes a record; one with a thread was stopped as a whole (GC pause, no CPU).`
}

/** What Java's heartbeat thread says as it leaves (AbstractCoordinator; KIP-62). */
const POLL_TIMEOUT = 'consumer poll timeout has expired'

function pollTooSlow(history: GroupHistory): Verdict[] {
  const found = history.of('leave').filter(({ cause }) => cause?.includes(POLL_TIMEOUT))
  const [last] = found.slice(-1)
  if (last === undefined) return []
  // Java sends max.poll.interval.ms as its rebalance timeout.
  const intervalMs = joinOf(history, last.member, last.atMs)?.rebalanceTimeoutMs ?? null
  const told = intervalMs === null ? '' : ` (${fromMs(intervalMs)})`
  return [
    {
      headline: `${members(found)} left by itself: its application did not poll within max.poll.interval.ms${told}`,
      evidence: newest(found),
      explanation:
        'Heartbeats went on, from a thread of their own; they say nothing about the application. When it polls again it rejoins: two rebalances for each slow batch, and its commit is refused in between.',
      remedy: `max.poll.records lower (half of it takes half the time)${intervalMs === null ? ', or max.poll.interval.ms higher' : `, or max.poll.interval.ms=${2 * intervalMs}`}. cohort doctor --config FILE --record-ms N does the arithmetic.`,
    },
  ]
}

function refusedSessions({ of }: GroupHistory, { setting }: Surroundings): Verdict[] {
  const found = of('join').filter(({ error }) => error === 'INVALID_SESSION_TIMEOUT')
  const [last] = found.slice(-1)
  if (last === undefined) return []
  const [min, max] = [setting('group.min.session.timeout.ms'), setting('group.max.session.timeout.ms')]
  const nearest = Math.min(Math.max(last.sessionTimeoutMs, min), max)
  return [
    {
      headline: `A session timeout of ${last.sessionTimeoutMs} ms is refused: the broker takes ${min} to ${max}`,
      evidence: newest(found),
      explanation:
        'The broker bounds what clients may ask for: short sessions cost it heartbeats, long ones leave the partitions of a dead member idle.',
      remedy: `session.timeout.ms=${nearest} in the client, or group.${last.sessionTimeoutMs < min ? 'min' : 'max'}.session.timeout.ms=${last.sessionTimeoutMs} in the broker.`,
    },
  ]
}

function abandoned({ of }: GroupHistory): Verdict[] {
  const found = of('member-removed').filter((entry) => expired(entry) && entry.instance !== null)
  const [last] = found.slice(-1)
  if (last === undefined) return []
  const sessionMs = last.sessionTimeoutMs ?? last.heardAgoMs ?? 0
  const idle = found.flatMap(({ partitions }) => partitions)
  const why =
    last.connected === true
      ? 'Its connection was open: a static member that exceeds max.poll.interval.ms does not leave either, it stops heartbeating.'
      : 'It went away without a word, as static members do: so a restart costs no rebalance, and an end for good is noticed only by the session.'
  return [
    {
      headline: `Static ${members(found)} did not come back: ${idle.length === 0 ? 'its place' : list(idle)} had no consumer for ${fromMs(sessionMs)}`,
      evidence: newest(found),
      explanation: why,
      remedy: `session.timeout.ms just above the time of a restart (now ${sessionMs}), and remove an instance that is gone for good: Admin.removeMembersFromConsumerGroup, or LeaveGroup with its group.instance.id.`,
    },
  ]
}

export const HEARTBEAT_RULES: readonly Rule[] = [
  {
    id: 'R1',
    title: 'Heartbeats too far apart',
    severity: 'warning',
    looksFor:
      'heartbeats that mostly come more than a third of the session timeout apart, as seen on the wire',
    advice: '`heartbeat.interval.ms` at most a third of `session.timeout.ms`',
    source: "Kafka's CommonClientConfigs, HEARTBEAT_INTERVAL_MS_DOC",
    judge: farApart,
    judgeConfig: judgeHeartbeatInterval,
  },
  {
    id: 'R2',
    title: 'Silent while at work',
    severity: 'error',
    looksFor:
      'a session that ran out while the connection was open and records had been fetched shortly before',
    advice: '`heartbeat()` between records, smaller batches, or a longer `session.timeout.ms`',
    source: 'KIP-62, KIP-41; kafkajs#130, kafkajs#1527',
    judge: silentAtWork,
    judgeConfig: judgeSlowRecord,
  },
  {
    id: 'R3',
    title: 'Poll loop too slow',
    severity: 'error',
    looksFor: 'LeaveGroup with the reason "consumer poll timeout has expired."',
    advice: 'a lower `max.poll.records`, or a higher `max.poll.interval.ms`',
    source: "KIP-62, KIP-800; Kafka's AbstractCoordinator",
    judge: pollTooSlow,
    judgeConfig: judgePollTime,
  },
  {
    id: 'R17',
    title: 'Session timeout refused',
    severity: 'error',
    looksFor: 'JoinGroup answered INVALID_SESSION_TIMEOUT',
    advice: '`session.timeout.ms` within `group.min.session.timeout.ms` and `group.max.session.timeout.ms`',
    source: "Kafka's GroupCoordinatorConfig (6 s to 30 min)",
    judge: refusedSessions,
    judgeConfig: judgeSessionBounds,
  },
  {
    id: 'R20',
    title: 'Static member abandoned',
    severity: 'warning',
    looksFor:
      'the session of a member with a `group.instance.id` running out: its partitions were idle as long',
    advice: '`session.timeout.ms` just above the time of a restart; remove instances that are gone for good',
    source: "KIP-345; Kafka's CommonClientConfigs, MAX_POLL_INTERVAL_MS_DOC",
    judge: abandoned,
    judgeConfig: judgeStaticSession,
  },
]
