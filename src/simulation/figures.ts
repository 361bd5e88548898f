// What a run amounts to, in numbers: read from the journal of a group, the ledger and the committed offsets, for the time from
// `fromMs` on, so that the start of a group need not count.

import type { GroupJournal, TimedEvent } from './journal.js'
import { Lifetimes } from './lifetimes.js'
import { movesIn, ownershipIn } from './ownership.js'
import type { World } from './world.js'

export interface Figures {
  /** How often the group left its stable generation, or the sync phase, for another. */
  readonly rebalances: number
  readonly generations: number
  /** From the beginning of a rebalance to the end of its join phase, and from there to Stable. */
  readonly joinPhasesMs: readonly number[]
  readonly syncPhasesMs: readonly number[]
  readonly joinGroups: number
  /** Removed although they were alive: their heartbeats did not come in time. */
  readonly expelled: number
  /** Left by themselves because they did not poll. */
  readonly pollTimeouts: number
  /** From each crash to the removal of the member. */
  readonly detectedMs: readonly number[]
  readonly heartbeats: number
  /** Between two heartbeats of one member, as the coordinator saw them. */
  readonly longestGapMs: number
  /** How often a partition got an owner other than its last one. */
  readonly moved: number
  /** Partition-milliseconds in which nobody who could work owned it. */
  readonly unownedMs: number
  /** The longest that one partition was without such an owner. */
  readonly longestUnownedMs: number
  /** How often a partition was left without such an owner, however shortly. */
  readonly stops: number
  /** Partition-milliseconds with two who both believed to own it. */
  readonly doubleMs: number
  /** Records. */
  readonly produced: number
  readonly once: number
  readonly twice: number
  /** All work that was finished, repetitions included. */
  readonly worked: number
  /** Passed by the committed offset, and processed by nobody. */
  readonly lost: number
  /** Processed by who had been given the partition no longer. */
  readonly byFormerOwner: number
  /** Neither committed nor processed yet. */
  readonly behind: number
  readonly longestDelayMs: number
  readonly commits: number
  /** For good: not for the time of a rebalance. */
  readonly commitsRefused: number
}

export function figuresOf(world: World, groupId: string, fromMs = 0): Figures {
  const journal = world.journal(groupId)
  const ledger = world.ledger(groupId)
  const events = journal.events.filter(({ atMs }) => atMs >= fromMs)
  const lives = new Lifetimes(journal)
  const marks = journal.marks.filter(({ atMs }) => atMs >= fromMs)
  const states = events.filter((event) => event.type === 'state')
  return {
    rebalances: states.filter(({ to }) => to === 'PreparingRebalance').length,
    generations: states.filter(({ to, generation }) => to === 'CompletingRebalance' && generation > 0).length,
    ...phases(events),
    joinGroups: marks.filter(({ kind }) => kind === 'joining').length,
    expelled: expelled(journal, events, lives),
    pollTimeouts: marks.filter(({ kind, detail }) => kind === 'left' && detail.startsWith('consumer poll'))
      .length,
    detectedMs: detections(journal, fromMs),
    ...heartbeats(journal, fromMs),
    moved: movesIn(journal, fromMs),
    ...ownershipIn(journal, lives, fromMs, world.nowMs),
    ...records(world, groupId),
    once: ledger.once,
    twice: ledger.twice,
    worked: ledger.total,
    byFormerOwner: ledger.byFormerOwner,
    longestDelayMs: ledger.longestDelayMs(fromMs),
    commits: journal.commits,
    commitsRefused: marks.filter(
      ({ kind, detail }) => kind === 'commit refused' && !/rebalance/i.test(detail),
    ).length,
  }
}

function phases(events: readonly TimedEvent[]): Pick<Figures, 'joinPhasesMs' | 'syncPhasesMs'> {
  const joinPhasesMs: number[] = []
  const syncPhasesMs: number[] = []
  let sinceMs = Number.NaN
  for (const event of events) {
    if (event.type !== 'state') continue
    if (event.from === 'PreparingRebalance' && event.to === 'CompletingRebalance' && !Number.isNaN(sinceMs))
      joinPhasesMs.push(event.atMs - sinceMs)
    if (event.to === 'Stable' && !Number.isNaN(sinceMs)) syncPhasesMs.push(event.atMs - sinceMs)
    sinceMs = event.atMs
  }
  return { joinPhasesMs, syncPhasesMs }
}

/** Removed for want of heartbeats, or of a JoinGroup or SyncGroup in time. */
export const isRemovalForSilence = (cause: string) =>
  /heartbeat expiration|did not rejoin|pending sync/.test(cause)

function expelled(journal: GroupJournal, events: readonly TimedEvent[], lives: Lifetimes): number {
  return events.filter((event) => {
    if (event.type !== 'member-removed' || !isRemovalForSilence(event.cause)) return false
    return lives.isAlive(journal.whoIs(event.memberId), event.atMs)
  }).length
}

function detections(journal: GroupJournal, fromMs: number): number[] {
  return journal.marks
    .filter(({ kind, atMs }) => kind === 'crashed' && atMs >= fromMs)
    .flatMap((crash) => {
      const removed = journal.events.find(
        (event) =>
          event.type === 'member-removed' &&
          event.atMs >= crash.atMs &&
          journal.whoIs(event.memberId) === crash.who,
      )
      return removed === undefined ? [] : [removed.atMs - crash.atMs]
    })
}

function heartbeats(journal: GroupJournal, fromMs: number): Pick<Figures, 'heartbeats' | 'longestGapMs'> {
  let count = 0
  let longestGapMs = 0
  for (const times of journal.heartbeats.values()) {
    for (const [i, atMs] of times.entries()) {
      if (atMs < fromMs) continue
      count++
      const before = times[i - 1]
      if (before !== undefined) longestGapMs = Math.max(longestGapMs, atMs - before)
    }
  }
  return { heartbeats: count, longestGapMs }
}

function records(world: World, groupId: string): Pick<Figures, 'produced' | 'lost' | 'behind'> {
  const ledger = world.ledger(groupId)
  let [produced, lost, behind] = [0, 0, 0]
  for (const topic of world.cluster.image.topicsByName.values()) {
    for (const { index } of topic.partitions) {
      const end = world.producer.endOffset(topic.name, index)
      const committed = Math.max(world.cluster.committedOffset(groupId, topic.name, index), 0)
      produced += end
      for (let offset = 0; offset < end; offset++) {
        if (ledger.timesProcessed(topic.name, index, offset) > 0) continue
        if (offset < committed) lost++
        else behind++
      }
    }
  }
  return { produced, lost, behind }
}
