// Lanes: a stretch of time in so many characters, one for each equal part of it. What says most about a part stands in it.

import type { Tenure } from './watch-owners.js'
import { ownerTone, type Piece, plain, type Tone, toned } from './watch-paint.js'
import type { MarkKind, Phase, Span, WatchedMember } from './watch-state.js'

export interface Scale {
  readonly fromMs: number
  readonly toMs: number
  /** Characters. */
  readonly width: number
}

/** The first that fits is shown. */
const MARKS: readonly (readonly [MarkKind, string, Tone])[] = [
  ['removed', 'X', 'bad'],
  ['leave', 'L', 'wait'],
  ['error', '!', 'bad'],
  ['closed', 'x', 'bad'],
  ['join', 'J', 'good'],
  ['sync', 'S', 'good'],
  ['told', 'r', 'wait'],
  ['heartbeat', '.', 'good'],
  ['commit', 'c', 'faint'],
]

export const LEGEND: readonly string[] = [
  'group: P join phase  C sync phase  1= Stable in generation 1  _ Empty; partitions: who has it, . nobody',
  'J joined  S synced later  ~ waits in JoinGroup  = waits in SyncGroup  . heartbeat  - silence  c commit',
  'r told to rejoin  L left  X removed  x connection closed  ! error',
]

const startOf = ({ fromMs, toMs, width }: Scale, i: number) => fromMs + ((toMs - fromMs) * i) / width

/** The part that a moment is in; beside the lane below 0 or from width on. */
function partOf({ fromMs, toMs, width }: Scale, atMs: number): number {
  return atMs === toMs ? width - 1 : Math.floor(((atMs - fromMs) / (toMs - fromMs)) * width)
}

/** What it did; silence that lasts grows from faint over yellow to red, by thirds of its session. */
export function memberLane(member: WatchedMember, scale: Scale, singlesSinceMs: number | null): Piece[] {
  const lane = ground(member, scale, singlesSinceMs)
  for (const span of member.spans) {
    const isTold = span.kind === 'beats' && span.toMs > (singlesSinceMs ?? Number.POSITIVE_INFINITY)
    if (!isTold) draw(lane, scale, span)
  }
  if (member.waits !== null) {
    const kind = member.waits.api === 'JoinGroup' ? 'join' : 'sync'
    draw(lane, scale, { kind, fromMs: member.waits.sinceMs, toMs: scale.toMs })
  }
  const rank = new Map<number, number>()
  for (const { kind, atMs } of member.marks) {
    const i = partOf(scale, atMs)
    const at = MARKS.findIndex(([each]) => each === kind)
    if (i < 0 || i >= scale.width || at > (rank.get(i) ?? MARKS.length)) continue
    rank.set(i, at)
    const [, text, tone] = MARKS[at] as (typeof MARKS)[number]
    lane[i] = toned(tone, text)
  }
  return lane
}

/** Silence counts from when single heartbeats are told. */
function ground(member: WatchedMember, scale: Scale, singlesSinceMs: number | null): Piece[] {
  const { sinceMs, goneAtMs, marks, sessionTimeoutMs } = member
  const session = sessionTimeoutMs ?? Number.POSITIVE_INFINITY
  let next = 0
  let heardMs = Math.max(sinceMs, singlesSinceMs ?? Number.POSITIVE_INFINITY)
  return Array.from({ length: scale.width }, (_, i) => {
    const [beginMs, endMs] = [startOf(scale, i), startOf(scale, i + 1)]
    for (let mark = marks[next]; mark !== undefined && mark.atMs < endMs; mark = marks[++next])
      heardMs = Math.max(mark.atMs, heardMs)
    if (endMs <= sinceMs || (goneAtMs !== null && beginMs > goneAtMs)) return plain(' ')
    return toned(silenceTone(endMs - heardMs, session), '-')
  })
}

/** A heartbeat at each third of the session is what clients are told to send. */
export function silenceTone(silentMs: number, sessionTimeoutMs: number): Tone {
  if (silentMs > (2 * sessionTimeoutMs) / 3) return 'bad'
  return silentMs > sessionTimeoutMs / 3 ? 'wait' : 'faint'
}

const SPANS: Readonly<Record<Span['kind'], Piece>> = {
  join: toned('wait', '~'),
  sync: toned('wait', '='),
  beats: toned('good', '.'),
}

function draw(lane: Piece[], scale: Scale, { kind, fromMs, toMs }: Span): void {
  const [first, last] = [Math.max(partOf(scale, fromMs), 0), Math.min(partOf(scale, toMs), scale.width - 1)]
  for (let i = first; i <= last; i++) lane[i] = SPANS[kind]
}

const PHASES: Readonly<Record<string, Piece>> = {
  PreparingRebalance: toned('wait', 'P'),
  CompletingRebalance: toned('wait', 'C'),
  Stable: toned('good', '='),
  Empty: toned('faint', '_'),
  Dead: plain(' '),
  Assigning: toned('wait', 'P'),
  Reconciling: toned('wait', 'C'),
}

/** Its state; a generation stands where it becomes Stable. A rebalance that is over sooner than a part lasts is seen all the same. */
export function phaseLane(phases: readonly Phase[], scale: Scale): Piece[] {
  const lane = Array.from({ length: scale.width }, () => plain(' '))
  phases.forEach(({ state, fromMs, generation }, k) => {
    const endMs = phases[k + 1]?.fromMs ?? scale.toMs
    const [first, last] = [partOf(scale, fromMs), partOf(scale, endMs)]
    if (last < 0 || first >= scale.width) return
    const piece = PHASES[state] ?? plain('?')
    for (let i = Math.max(first, 0); i <= Math.min(last, scale.width - 1); i++) lane[i] = piece
    if (state !== 'Stable' || generation === null || first < 0) return
    ;[...String(generation)].forEach((digit, i) => {
      if (first + i < scale.width) lane[first + i] = toned('strong', digit)
    })
  })
  return lane
}

/** Who had it: a letter; nobody: a point. Of several in one part the last, but a part without owner is not passed over. */
export function partitionLane(tenures: readonly Tenure[], scale: Scale): Piece[] {
  const lane = Array.from({ length: scale.width }, () => plain(' '))
  const isIdle = new Set<number>()
  tenures.forEach(({ owner, fromMs }, k) => {
    const endMs = tenures[k + 1]?.fromMs ?? scale.toMs
    const [first, last] = [partOf(scale, fromMs), partOf(scale, endMs)]
    for (let i = Math.max(first, 0); i <= Math.min(last, scale.width - 1); i++) {
      if (owner === null) isIdle.add(i)
      if (owner === null || !isIdle.has(i))
        lane[i] = owner === null ? toned('bad', '.') : toned(ownerTone(owner), owner)
    }
  })
  return lane
}

/** '-60 s ... -30 s ... now' above the lanes. */
export function axis({ fromMs, toMs, width }: Scale): string {
  const marks = width >= 60 ? 4 : 2
  let line = ''
  for (let i = 0; i < marks; i++) {
    const agoMs = ((toMs - fromMs) * (marks - i)) / marks
    line = line.padEnd(Math.floor((width * i) / marks))
    line += `-${Math.round(agoMs / 100) / 10} s`
  }
  return `${line.padEnd(width - 3)}now`
}
