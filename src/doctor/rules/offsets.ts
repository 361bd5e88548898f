// Rules about committed offsets: lost by retention (R18), refused from a member that is none any more (R19), falling behind
// (R23).

import { fromMs } from '../../observe/duration.js'
import type { EntryOf } from '../../observe/journal-entry.js'
import { type LagStatus, type LagVerdict, lagStatus } from '../burrow.js'
import type { GroupFacts, OffsetSample } from '../group-facts.js'
import type { GroupHistory } from '../history.js'
import type { Rule, Severity, Surroundings, Verdict } from '../rule.js'
import { count, list, members, newest } from '../words.js'

const MINUTE_MS = 60_000

function lostOffsets({ of }: GroupHistory, { setting }: Surroundings): Verdict[] {
  const found = of('offsets-removed').filter(({ cause }) => cause === 'offsets.retention.minutes')
  if (found.length === 0) return []
  const minutes = setting('offsets.retention.minutes')
  const lost = found.reduce((sum, entry) => sum + entry.count, 0)
  return [
    {
      headline: `${count(lost, 'committed offset')} of this group ${lost === 1 ? 'was' : 'were'} removed: nobody used ${lost === 1 ? 'it' : 'them'} for ${fromMs(minutes * MINUTE_MS)}`,
      evidence: newest(found),
      explanation:
        'A group without members keeps its offsets for offsets.retention.minutes, and so does a topic that the group no longer reads. Who comes back later begins where auto.offset.reset says: at the end (records are skipped) or at the beginning (all of them again).',
      remedy: `offsets.retention.minutes above the longest pause of the group (now ${minutes}), or offsets set by hand before it starts again.`,
    },
  ]
}

const ZOMBIE = ['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID', 'STALE_MEMBER_EPOCH']

/** Of members that had been some: a commit of somebody unknown is another matter. */
function zombieCommits({ of }: GroupHistory): EntryOf<'commit'>[] {
  const goneMs = new Map<string | null, number>()
  for (const { member, atMs } of of('member-removed').toReversed()) goneMs.set(member, atMs)
  for (const { oldMember, atMs } of of('member-replaced')) goneMs.set(oldMember, atMs)
  const generations = new Map<string | null, number>()
  for (const { member, generation, error } of of('join'))
    if (error === 'NONE' && generation !== null) generations.set(member, generation)
  return of('commit').filter(({ error, member, generation, atMs }) => {
    if (!ZOMBIE.includes(error ?? '')) return false
    const isGone = (goneMs.get(member) ?? Number.POSITIVE_INFINITY) <= atMs
    return isGone || (generations.get(member) ?? -1) > (generation ?? -1)
  })
}

/** What it had processed and could not commit: others process it again. */
function processedTwice(history: GroupHistory, refused: readonly EntryOf<'commit'>[]): bigint {
  const commits = history.of('commit')
  const furthest = new Map<string, EntryOf<'commit'>>()
  for (const commit of refused) {
    const key = `${commit.member} ${commit.partition} ${commit.topic}`
    const before = furthest.get(key)
    if (before === undefined || before.offset < commit.offset) furthest.set(key, commit)
  }
  let sum = 0n
  for (const { topic, partition, offset, atMs, member } of furthest.values()) {
    const own = commits.filter((each) => each.topic === topic && each.partition === partition)
    // Since its own last commit: what others have committed meanwhile they had processed anew.
    const good = own.findLast((each) => each.error === 'NONE' && each.atMs <= atMs && each.member === member)
    const from = good ?? own.find((each) => each.error === 'NONE' && each.atMs <= atMs)
    if (from !== undefined && offset > from.offset) sum += offset - from.offset
  }
  return sum
}

function zombies(history: GroupHistory): Verdict[] {
  const found = zombieCommits(history)
  if (found.length === 0) return []
  const twice = processedTwice(history, found)
  const who = new Set(found.map(({ member }) => member))
  const removals = history.of('member-removed').filter(({ member }) => who.has(member))
  return [
    {
      headline: `${members(found)} committed after it had lost its place: refused with ${list(found.map(({ error }) => error ?? ''))}`,
      evidence: [...newest(removals).slice(-2), ...newest(found).slice(-3)],
      explanation: `The partitions belonged to others by then, who began at the last commit before. ${twice > 0n ? `At least ${twice === 1n ? '1 record is' : `${twice} records are`} processed twice.` : 'What it processed since its last commit is processed twice.'} The broker is right to refuse: the offset would go back or skip what the new owner does.`,
      remedy:
        'Processing that stands being done twice (idempotent), and mend why the member was put out: see the findings on heartbeats and polls (R2, R3). Commit on revoke, and smaller batches, make less of it.',
    },
  ]
}

const LAG: Readonly<Record<Exclude<LagVerdict, 'OK'>, { severity: Severity; what: string; remedy: string }>> =
  {
    STOP: {
      severity: 'error',
      what: 'Nobody commits it any more: the time since the last commit is longer than all commits of the window took.',
      remedy: 'See whether the member that owns it still lives and polls; records keep coming.',
    },
    STALL: {
      severity: 'error',
      what: 'It is committed again and again at the same offset, though there are more records.',
      remedy:
        'A record that fails every time (put it aside), or a consumer that is paused and commits on a timer.',
    },
    REWIND: {
      severity: 'error',
      what: 'The committed offset went back and has not come up again: records are processed a second time.',
      remedy:
        'Offsets that were reset by hand, or a zombie whose commit was taken; a client that commits what it had before a rebalance.',
    },
    WARN: {
      severity: 'warning',
      what: 'It is read, and falls behind: the lag has not become smaller once within the window.',
      remedy: 'More members (up to the number of partitions), or less time per record.',
    },
  }

function sample(partitions: Map<string, OffsetSample[]>, each: OffsetSample): void {
  const key = `${each.partition} ${each.topic}`
  const own = partitions.get(key)
  if (own === undefined) partitions.set(key, [each])
  else own.push(each)
}

function lagging({ of }: GroupHistory, { endMs, endsOf }: Surroundings): Verdict[] {
  const partitions = new Map<string, OffsetSample[]>()
  for (const commit of of('commit')) {
    const { error, topic, partition, offset: committed, endOffset: end, atMs } = commit
    if (error !== 'NONE' || end === null) continue
    sample(partitions, { atMs, topic, partition, committed, end })
  }
  const statuses = [...partitions.values()].map((samples) => {
    const { topic, partition } = samples[0] as OffsetSample
    return lagStatus(samples, endsOf(topic, partition), endMs)
  })
  return lagVerdicts(statuses)
}

function describedLag({ offsets }: GroupFacts, { endMs }: Surroundings): Verdict[] {
  const partitions = new Map<string, OffsetSample[]>()
  for (const each of offsets) sample(partitions, each)
  return lagVerdicts([...partitions.values()].map((samples) => lagStatus(samples, samples, endMs)))
}

function lagVerdicts(statuses: readonly (LagStatus | null)[]): Verdict[] {
  const order = ['STOP', 'REWIND', 'STALL', 'WARN'] as const
  return order.flatMap((verdict) => {
    const found = statuses.filter((status): status is LagStatus => status?.verdict === verdict)
    if (found.length === 0) return []
    const { severity, what, remedy } = LAG[verdict]
    const names = found.map(({ topic, partition }) => `${topic}-${partition}`)
    const worst = found.reduce((a, b) => (b.lag > a.lag ? b : a))
    return [
      {
        headline: `${verdict}: ${list(names)} ${found.length === 1 ? 'is' : 'are'} ${worst.lag} records behind${found.length === 1 ? '' : ' at the most'}`,
        evidence: windowOf(worst),
        explanation: what,
        remedy,
        severity,
      },
    ]
  })
}

/** First and last commit of the window. */
function windowOf({ window, topic, partition, lag }: LagStatus): string[] {
  const [first, last] = [window[0], window.at(-1)] as [OffsetSample, OffsetSample]
  const told = ({ atMs, committed, end }: OffsetSample) =>
    `${new Date(atMs).toISOString()} ${topic}-${partition} committed at ${committed}, log ends at ${end}`
  return [told(first), told(last), `${count(window.length, 'commit')} in the window; now ${lag} behind`]
}

export const OFFSET_RULES: readonly Rule[] = [
  {
    id: 'R18',
    title: 'Committed offsets lost',
    severity: 'error',
    looksFor: 'offsets removed by `offsets.retention.minutes`',
    advice: '`offsets.retention.minutes` above the longest pause of the group',
    source: 'KIP-211',
    judge: lostOffsets,
  },
  {
    id: 'R19',
    title: 'Zombie commit',
    severity: 'error',
    looksFor:
      'commits refused because the member had lost its place, and how many records are processed twice',
    advice: 'idempotent processing; mend why the member was put out',
    source: 'kafkajs#1325',
    judge: zombies,
  },
  {
    id: 'R23',
    title: 'Lag',
    severity: 'error',
    looksFor: "Burrow's verdicts STOP, STALL, REWIND and WARN on the last ten commits of each partition",
    advice: 'by verdict: a dead owner, a record that always fails, offsets that went back, too few members',
    source: "LinkedIn's Burrow, core/internal/evaluator/caching.go",
    judge: lagging,
    judgeGroup: describedLag,
  },
]
