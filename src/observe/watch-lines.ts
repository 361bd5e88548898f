// The whole picture of a group: where it stands, lanes of members and partitions over time, who is awaited, what moved and for
// how long nobody had it, what was told lately. Pure: state and time in, lines out.

import { fromMs } from './duration.js'
import { wordsOf } from './journal-words.js'
import { terminalText } from './terminal-text.js'
import { axis, LEGEND, memberLane, partitionLane, phaseLane, type Scale, silenceTone } from './watch-lanes.js'
import { ownerOf } from './watch-owners.js'
import { clipped, ownerTone, type Piece, painted, plain, toned } from './watch-paint.js'
import type { Watched, WatchedGroup, WatchedMember } from './watch-state.js'

export interface Page {
  readonly nowMs: number
  readonly windowMs: number
  readonly columns: number
  /** No more lines than these. */
  readonly rows: number
  readonly hasColour: boolean
}

const LABEL = 20
const STATUS = 34
const MIN_LANE = 20
const MAX_MEMBERS = 26
const MIN_TOLD = 3

/** One group, or all that fit, those first in which something happened last. */
export function watchLines(watched: Watched, groupId: string | null, page: Page): string[] {
  const all = [...watched.groups.values()].sort((a, b) => b.changedAtMs - a.changedAtMs)
  const groups = groupId === null ? all : all.filter((group) => group.groupId === groupId)
  if (groups.length === 0) {
    const which = groupId === null ? 'a group' : `group '${terminalText(groupId)}'`
    return [`Nothing has happened to ${which} yet.`]
  }
  const pieces: Piece[][] = []
  groups.forEach((group, i) => {
    if (i > 0) pieces.push([])
    pieces.push(
      ...groupLines(
        watched,
        group,
        { ...page, rows: page.rows - pieces.length - LEGEND.length },
        groups.length === 1,
      ),
    )
  })
  const shown = pieces.slice(0, Math.max(page.rows - LEGEND.length, 1))
  const legend = LEGEND.map((line) => [toned('faint', line)])
  return [...shown, ...legend].map((line) => painted(clipped(line, page.columns), page.hasColour))
}

function groupLines(watched: Watched, group: WatchedGroup, page: Page, isAlone: boolean): Piece[][] {
  const { nowMs, windowMs, columns, rows } = page
  const hasStatus = columns >= LABEL + MIN_LANE + STATUS
  const width = Math.max(columns - LABEL - (hasStatus ? STATUS : 0), MIN_LANE)
  const scale: Scale = { fromMs: nowMs - windowMs, toMs: nowMs, width }
  const lane = (label: Piece, cells: readonly Piece[], status: readonly Piece[]): Piece[] => [
    { ...label, text: fitted(label.text, LABEL - 1) },
    plain(' '),
    ...cells,
    ...(hasStatus ? [plain('  '), ...status] : []),
  ]
  const members = membersIn(group, scale.fromMs)
  const lines = [
    headline(group, nowMs),
    [plain(' '.repeat(LABEL)), toned('faint', axis(scale))],
    lane(plain('group'), phaseLane(group.phases, scale), []),
    ...members.map((member) =>
      lane(
        toned(ownerTone(member.letter), labelOf(member, members)),
        memberLane(member, scale, watched.source.singlesSinceMs),
        statusOf(member, nowMs, watched.source.singlesSinceMs),
      ),
    ),
    ...partitionLines(group, scale, lane, Math.max(Math.floor((rows - members.length - 8) / 2), 4)),
    ...awaitedLine(watched, group, nowMs),
    ...figures(group, scale.fromMs),
  ]
  const left = isAlone ? Math.max(rows - lines.length, MIN_TOLD) : MIN_TOLD
  return [...lines, ...toldLines(group, left)]
}

function headline({ groupId, phases, generation, members }: WatchedGroup, nowMs: number): Piece[] {
  const phase = phases.at(-1)
  const alive = members.filter(({ goneAtMs }) => goneAtMs === null).length
  const tone = phase?.state === 'Stable' ? 'good' : 'wait'
  const since = phase === undefined ? '' : ` for ${fromMs(Math.max(nowMs - phase.fromMs, 0))}`
  const of = generation === null ? '' : `, generation ${generation}`
  return [
    toned('strong', terminalText(groupId)),
    plain('  '),
    toned(tone, phase?.state ?? 'state not known'),
    plain(`${since}${of}, ${alive === 1 ? '1 member' : `${alive} members`}`),
  ]
}

function membersIn({ members }: WatchedGroup, sinceMs: number): WatchedMember[] {
  return members.filter(({ goneAtMs }) => goneAtMs === null || goneAtMs >= sinceMs).slice(-MAX_MEMBERS)
}

/** Its letter and client; where several have the same, what tells their ids apart. */
function labelOf(member: WatchedMember, all: readonly WatchedMember[]): string {
  const name = nameOf(member)
  const isOnlyOne = all.every((other) => other === member || nameOf(other) !== name)
  const end = isOnlyOne ? '' : ` ${terminalText(member.memberId).replace(`${name}-`, '').slice(0, 4)}`
  return `${member.letter} ${fitted(name, LABEL - 3 - end.length).trimEnd()}${end}`
}

const nameOf = ({ instance, client, memberId }: WatchedMember) => terminalText(instance ?? client ?? memberId)

function fitted(text: string, width: number): string {
  const characters = [...text]
  return characters.length > width ? `${characters.slice(0, width - 1).join('')}~` : text.padEnd(width)
}

function statusOf(member: WatchedMember, nowMs: number, singlesSinceMs: number | null): Piece[] {
  const { goneAtMs, goneBecause, waits, heardAtMs, sessionTimeoutMs } = member
  if (goneAtMs !== null) return [toned('bad', terminalText(goneBecause ?? 'gone'))]
  if (waits !== null) return [toned('wait', `waits in ${waits.api}, ${fromMs(nowMs - waits.sinceMs)}`)]
  if (singlesSinceMs === null) return []
  const silentMs = Math.max(nowMs - Math.max(heardAtMs ?? 0, singlesSinceMs), 0)
  const session = sessionTimeoutMs === null ? '' : ` of ${fromMs(sessionTimeoutMs)}`
  return [
    toned(
      silenceTone(silentMs, sessionTimeoutMs ?? Number.POSITIVE_INFINITY),
      `silent ${fromMs(silentMs)}${session}`,
    ),
  ]
}

type Lane = (label: Piece, cells: readonly Piece[], status: readonly Piece[]) => Piece[]

/** Those first that moved last. */
function partitionLines(group: WatchedGroup, scale: Scale, lane: Lane, most: number): Piece[][] {
  const names = [...group.partitions.keys()].sort(byName)
  const movedMs = new Map(group.moves.map(({ partition, atMs }) => [partition, atMs]))
  const changed = (name: string) => movedMs.get(name) ?? 0
  const chosen =
    names.length <= most
      ? names
      : [...names]
          .sort((a, b) => changed(b) - changed(a))
          .slice(0, most)
          .sort(byName)
  const lines = chosen.map((name) => {
    const tenures = group.partitions.get(name) ?? []
    return lane(plain(`  ${terminalText(name)}`), partitionLane(tenures, scale), moveOf(group, name, scale))
  })
  const more = names.length - chosen.length
  return more > 0 ? [...lines, [toned('faint', `  and ${more} more partitions`)]] : lines
}

/** orders-2 before orders-10. */
function byName(a: string, b: string): number {
  const [topicA, numberA] = partsOf(a)
  const [topicB, numberB] = partsOf(b)
  return topicA === topicB ? numberA - numberB : topicA < topicB ? -1 : 1
}

function partsOf(name: string): [string, number] {
  const dash = name.lastIndexOf('-')
  return [name.slice(0, dash), Number(name.slice(dash + 1))]
}

function moveOf(group: WatchedGroup, name: string, { fromMs: sinceMs, toMs }: Scale): Piece[] {
  const last = group.partitions.get(name)?.at(-1)
  if (last !== undefined && ownerOf(group, name) === null)
    return [toned('bad', `nobody for ${fromMs(toMs - last.fromMs)}`)]
  const move = group.moves.findLast(({ partition, atMs }) => partition === name && atMs >= sinceMs)
  if (move === undefined) return []
  const { from, to, idleMs } = move
  const way = from === to ? `back to ${to}` : from === null ? `to ${to}` : `${from} to ${to}`
  return [plain(idleMs === 0 ? way : `${way}, nobody for ${fromMs(idleMs)}`)]
}

/** Whom a rebalance is waiting for. Of one that began unseen it is not known who has asked already. */
function awaitedLine({ source }: Watched, group: WatchedGroup, nowMs: number): Piece[][] {
  const phase = group.phases.at(-1)
  const owed = { PreparingRebalance: 'JoinGroup', CompletingRebalance: 'SyncGroup' }[phase?.state ?? '']
  if (phase === undefined || owed === undefined || source.singlesSinceMs === null) return []
  const owing = group.members.filter(({ goneAtMs, waits }) => goneAtMs === null && waits?.api !== owed)
  const names = owing.map((member) => `${labelOf(member, group.members)} (its ${owed})`)
  if (owed === 'JoinGroup')
    for (const id of group.pending.keys())
      names.push(`${terminalText(id)} (was given this id, has not joined with it)`)
  const who = names.length === 0 ? 'nobody: what is left is a timer' : names.join(', ')
  return [[toned('wait', `awaited for ${fromMs(nowMs - phase.fromMs)}: `), plain(who)]]
}

function figures(group: WatchedGroup, sinceMs: number): Piece[][] {
  const rebalances = group.phases.filter(
    ({ state, fromMs: atMs }) => state === 'PreparingRebalance' && atMs >= sinceMs,
  ).length
  const lately = group.moves.filter(({ atMs }) => atMs >= sinceMs)
  const moves = lately.filter(({ from, to }) => from !== to)
  const longest = Math.max(0, ...lately.map(({ idleMs }) => idleMs))
  const times = `${rebalances} ${rebalances === 1 ? 'rebalance' : 'rebalances'}`
  const moved = `partitions moved ${moves.length === 1 ? 'once' : `${moves.length} times`}`
  const lines = [[plain(`${times}, ${moved}, nobody had one for ${fromMs(longest)} at most`)]]
  return group.cause === null ? lines : [...lines, [plain(`last rebalance: ${short(group.cause, group)}`)]]
}

/** Ids are long; who is drawn is named as in its lane. */
function short(text: string, { members }: WatchedGroup): string {
  let named = terminalText(text)
  for (const member of members) {
    const id = terminalText(member.memberId)
    if (id !== '') named = named.replaceAll(id, `${member.letter} ${nameOf(member)}`)
  }
  return named
}

function toldLines(group: WatchedGroup, most: number): Piece[][] {
  return group.told
    .slice(-most)
    .map((entry) => [
      toned('faint', `${new Date(entry.atMs).toISOString().slice(11, 23)}  `),
      plain(short(wordsOf(entry), group)),
    ])
}
