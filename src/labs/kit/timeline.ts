// A run as text: time from left to right, a row per member, a row per partition with the number of its owner, and the group's
// state. Ownership is what members believe, less those who stand still: so a '.' is time in which nobody worked.

import { isRemovalForSilence } from '../../simulation/figures.js'
import type { GroupJournal, Mark, Span } from '../../simulation/journal.js'
import { Lifetimes } from '../../simulation/lifetimes.js'
import { awake } from '../../simulation/ownership.js'
import type { World } from '../../simulation/world.js'
import type { Drawing } from './lab.js'
import { time } from './words.js'

const WIDTH = 72
const MAX_PARTITION_ROWS = 6
const MAX_MEMBER_ROWS = 12
const MAX_REBALANCES = 6
const AXIS_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400].map(
  (s) => s * 1000,
)

export const LEGEND =
  '= owns partitions   # works, and does not poll   . has nothing   - waits in a rebalance   z stands still\n' +
  'J JoinGroup   L LeaveGroup   ! removed alive   X crash   F gave up   * two owners   group: P join phase, C sync phase'

interface Cell {
  readonly fromMs: number
  readonly toMs: number
}

export function drawTimeline(world: World, groupId: string, drawing: Drawing): string[] {
  const { fromMs = 0, toMs = world.nowMs, heartbeats = false, partitions = true } = drawing
  const journal = world.journal(groupId)
  const lives = new Lifetimes(journal)
  const members = (drawing.members ?? lives.names).slice(0, MAX_MEMBER_ROWS)
  const width = (toMs - fromMs) / WIDTH
  const cells = Array.from({ length: WIDTH }, (_, i) => {
    return { fromMs: fromMs + i * width, toMs: fromMs + (i + 1) * width }
  })
  const rows: [string, string][] = [['', axis(fromMs, toMs)]]
  for (const who of members) {
    rows.push([who, cells.map((cell) => memberCell(journal, lives, who, cell)).join('')])
    const beats = heartbeats ? cells.map((cell) => heartbeatCell(journal, who, cell)).join('') : ''
    if (beats.trim() !== '') rows.push(['', beats])
  }
  const owned = [...journal.ownership].sort(([a], [b]) => compareKeys(a, b))
  if (partitions && owned.length <= MAX_PARTITION_ROWS) {
    for (const [key, spans] of owned) {
      const parts = spans.flatMap((span) => awake(span, lives))
      rows.push([key, cells.map((cell) => partitionCell(spans, parts, cell)).join('')])
    }
  }
  rows.push(['group', cells.map((cell) => groupCell(journal, cell)).join('')])
  const margin = Math.max(...rows.map(([label]) => label.length))
  return [
    ...rows.map(([label, row]) => `${label.padEnd(margin)}  ${row}`.trimEnd()),
    ...rebalances(journal, fromMs, toMs),
  ]
}

function axis(fromMs: number, toMs: number): string {
  const step = AXIS_STEPS_MS.find((each) => (toMs - fromMs) / each <= 7) ?? 86_400_000
  const line: string[] = Array(WIDTH).fill(' ')
  for (let at = Math.ceil(fromMs / step) * step; at < toMs; at += step) {
    const column = Math.round(((at - fromMs) / (toMs - fromMs)) * WIDTH)
    const label = `|${at === 0 ? '0' : time(at)}`
    if (column + label.length <= WIDTH) line.splice(column, label.length, ...label)
  }
  return line.join('')
}

const MARKS: readonly (readonly [Mark['kind'], string])[] = [
  ['crashed', 'X'],
  ['fatal', 'F'],
  ['left', 'L'],
  ['joining', 'J'],
]

function memberCell(journal: GroupJournal, lives: Lifetimes, who: string, { fromMs, toMs }: Cell): string {
  const mine = journal.marks.filter((mark) => mark.who === who && mark.atMs < toMs)
  const now = mine.filter(({ atMs }) => atMs >= fromMs)
  for (const [kind, sign] of MARKS.slice(0, 2)) if (now.some((mark) => mark.kind === kind)) return sign
  if (wasExpelled(journal, lives, who, { fromMs, toMs })) return '!'
  for (const [kind, sign] of MARKS.slice(2)) if (now.some((mark) => mark.kind === kind)) return sign
  const middleMs = (fromMs + toMs) / 2
  if (!lives.isAlive(who, middleMs)) return ' '
  if (lives.standsStill(who, middleMs)) return 'z'
  if (journal.busy.some((span) => span.who === who && span.fromMs <= fromMs && span.toMs >= toMs)) return '#'
  for (const spans of journal.ownership.values()) if (covers(spans, who, middleMs)) return '='
  const last = mine.findLast(({ kind }) => kind === 'joining' || kind === 'synced' || kind === 'started')
  return last?.kind === 'joining' ? '-' : last?.kind === 'synced' ? '.' : ' '
}

const covers = (spans: readonly Span[], who: string, atMs: number) =>
  spans.some((span) => span.who === who && span.fromMs <= atMs && atMs < span.toMs)

function wasExpelled(journal: GroupJournal, lives: Lifetimes, who: string, { fromMs, toMs }: Cell): boolean {
  return journal.events.some(
    (event) =>
      event.type === 'member-removed' &&
      event.atMs >= fromMs &&
      event.atMs < toMs &&
      journal.whoIs(event.memberId) === who &&
      isRemovalForSilence(event.cause) &&
      lives.isAlive(who, event.atMs),
  )
}

function heartbeatCell(journal: GroupJournal, who: string, { fromMs, toMs }: Cell): string {
  const times = journal.heartbeats.get(who) ?? []
  return times.some((atMs) => atMs >= fromMs && atMs < toMs) ? "'" : ' '
}

function partitionCell(spans: readonly Span[], parts: readonly Span[], { fromMs, toMs }: Cell): string {
  if ((spans[0]?.fromMs ?? Number.POSITIVE_INFINITY) >= toMs) return ' '
  const shares = new Map<string, number>()
  let owned = 0
  for (const span of parts) {
    const share = Math.min(span.toMs, toMs) - Math.max(span.fromMs, fromMs)
    if (share <= 0) continue
    owned += share
    shares.set(span.who, (shares.get(span.who) ?? 0) + share)
  }
  const [most] = [...shares].sort(([, a], [, b]) => b - a)
  const length = toMs - fromMs
  if (owned > length * 1.001) return '*'
  // its first owner comes in the course of the cell
  if (owned < length / 2 && (spans[0]?.fromMs ?? 0) > fromMs) return ' '
  return most === undefined || owned < length / 2 ? '.' : signOf(most[0])
}

/** 'c1' is '1'. */
const signOf = (who: string) => /\d(?=\D*$)/.exec(who)?.[0] ?? who.slice(0, 1)

function groupCell(journal: GroupJournal, { fromMs, toMs }: Cell): string {
  const states = journal.events.filter((event) => event.type === 'state')
  const inCell = states.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map(({ to }) => to)
  const before = states.findLast(({ atMs }) => atMs < fromMs)?.to
  const seen = new Set([before, ...inCell])
  if (seen.has('PreparingRebalance')) return 'P'
  if (seen.has('CompletingRebalance')) return 'C'
  return (inCell.at(-1) ?? before) === 'Stable' ? '_' : ' '
}

/** What each rebalance was for, in Kafka's words. */
function rebalances(journal: GroupJournal, fromMs: number, toMs: number): string[] {
  const states = journal.events.filter((event) => event.type === 'state')
  const lines: string[] = []
  for (const [i, begin] of states.entries()) {
    if (begin.to !== 'PreparingRebalance' || begin.atMs < fromMs || begin.atMs >= toMs) continue
    const next = states.slice(i + 1)
    const end = next.find(({ to }) => to !== 'PreparingRebalance')
    const stable = next[1]?.to === 'Stable' ? next[1] : undefined
    const phases =
      end === undefined
        ? 'not over'
        : `join phase ${time(end.atMs - begin.atMs)}${stable === undefined ? '' : `, sync phase ${time(stable.atMs - end.atMs)}`}`
    lines.push(`  ${time(begin.atMs)}: ${journal.withNames(begin.cause)} (${phases})`)
  }
  const more = lines.length - MAX_REBALANCES
  return more > 0 ? [...lines.slice(0, MAX_REBALANCES), `  and ${more} more`] : lines
}

function compareKeys(a: string, b: string): number {
  const [topicA, numberA] = split(a)
  const [topicB, numberB] = split(b)
  return topicA === topicB ? numberA - numberB : topicA < topicB ? -1 : 1
}

function split(key: string): [string, number] {
  const dash = key.lastIndexOf('-')
  return [key.slice(0, dash), Number(key.slice(dash + 1))]
}
