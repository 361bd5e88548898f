// Why a group rebalanced the last time: what started it, who was awaited and for how long, who came last, what moved.
// Read from the events of the coordinator and the requests of the members.

import { readAssignment } from '../protocol/embedded/consumer-protocol.js'
import { ErrorCodes } from '../protocol/errors.js'
import type { RecordedEvent } from './events.js'
import type { RecordedExchange } from './exchanges.js'

export interface Arrival {
  readonly memberId: string
  readonly clientId: string | null
  /** After the rebalance began, in ms; 0 for who began it. */
  readonly afterMs: number
}

export interface Removal {
  readonly memberId: string
  readonly afterMs: number
  readonly cause: string
}

export interface Move {
  readonly topic: string
  readonly partition: number
  /** Member id; null: nobody had it, or has it now. */
  readonly from: string | null
  readonly to: string | null
}

export interface Explanation {
  readonly groupId: string
  /** In Kafka's words. */
  readonly cause: string
  /** ms since the epoch. */
  readonly startedAtMs: number
  readonly outcome: 'Stable' | 'Empty' | 'under way'
  /** The one that it led to, or that the group had when it began. */
  readonly generation: number
  /** How long the join phase lasted, and the sync phase; null while under way. */
  readonly joinPhaseMs: number | null
  readonly syncPhaseMs: number | null
  /** In the order of their JoinGroups. */
  readonly arrivals: readonly Arrival[]
  readonly removals: readonly Removal[]
  readonly moves: readonly Move[]
}

type StateEvent = Extract<RecordedEvent, { type: 'state' }>

/** null: the group has not rebalanced, as far as is remembered. `events` and `exchanges` of this group, oldest first. */
export function explain(
  groupId: string,
  events: readonly RecordedEvent[],
  exchanges: readonly RecordedExchange[],
): Explanation | null {
  const begin = events.findLastIndex((event) => event.type === 'state' && event.to === 'PreparingRebalance')
  const started = events[begin] as StateEvent | undefined
  if (started === undefined) return null
  const since = events.slice(begin)
  const state = (to: string) =>
    since.find((event): event is StateEvent => event.type === 'state' && event.to === to)
  const [completing, stable, empty] = [state('CompletingRebalance'), state('Stable'), state('Empty')]
  const last = stable ?? empty ?? completing ?? started
  return {
    groupId,
    cause: started.cause,
    startedAtMs: started.atMs,
    outcome: stable !== undefined ? 'Stable' : empty !== undefined ? 'Empty' : 'under way',
    generation: last.generation,
    joinPhaseMs: between(started, completing ?? empty),
    syncPhaseMs: between(completing, stable),
    arrivals: arrivalsIn(exchanges, started.atMs, last),
    removals: removalsAround(events, begin, started.atMs),
    moves: stable === undefined ? [] : movesInto(exchanges, stable.generation),
  }
}

const between = (from: RecordedEvent | undefined, to: RecordedEvent | undefined) =>
  from === undefined || to === undefined ? null : to.atMs - from.atMs

function arrivalsIn(
  exchanges: readonly RecordedExchange[],
  startedAtMs: number,
  last: StateEvent,
): Arrival[] {
  const arrivals = new Map<string, Arrival>()
  for (const { api, response, body, clientId, atMs, answeredAtMs } of exchanges) {
    if (api !== 'JoinGroup' || (answeredAtMs ?? Number.POSITIVE_INFINITY) < startedAtMs) continue
    const { errorCode, generationId } = (response ?? {}) as { errorCode?: number; generationId?: number }
    if (response && (errorCode !== ErrorCodes.NONE || generationId !== last.generation)) continue
    const memberId = String(response?.memberId || body.memberId || '')
    if (memberId !== '')
      arrivals.set(memberId, { memberId, clientId, afterMs: Math.max(atMs - startedAtMs, 0) })
  }
  return [...arrivals.values()].sort((a, b) => a.afterMs - b.afterMs)
}

/** Whose removal started it, and who was removed in its course. */
function removalsAround(events: readonly RecordedEvent[], begin: number, startedAtMs: number): Removal[] {
  const isNear = (event: RecordedEvent, i: number) => i > begin || event.atMs === startedAtMs
  return events
    .filter((event, i) => event.type === 'member-removed' && isNear(event, i))
    .map((event) => {
      const { memberId, cause, atMs } = event as Extract<RecordedEvent, { type: 'member-removed' }>
      return { memberId, cause, afterMs: atMs - startedAtMs }
    })
}

function movesInto(exchanges: readonly RecordedExchange[], generation: number): Move[] {
  const after = ownersIn(exchanges, generation)
  const earlier = exchanges
    .filter(({ api }) => api === 'SyncGroup')
    .map(({ body }) => body.generationId as number)
    .filter((each) => each < generation)
  const before = ownersIn(exchanges, Math.max(-1, ...earlier))
  const moves: Move[] = []
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(key) ?? null, after.get(key) ?? null]
    if (from === to) continue
    const [partition, ...topic] = key.split(' ')
    moves.push({ topic: topic.join(' '), partition: Number(partition), from, to })
  }
  return moves.sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition)
}

/** 'partition topic' -> member, as the answers to SyncGroup told it. */
function ownersIn(exchanges: readonly RecordedExchange[], generation: number): Map<string, string> {
  const owners = new Map<string, string>()
  for (const { api, body, response } of exchanges) {
    if (api !== 'SyncGroup' || body.generationId !== generation || !response) continue
    const { errorCode, assignment } = response as { errorCode: number; assignment: Buffer }
    if (errorCode !== ErrorCodes.NONE || assignment.length === 0) continue
    try {
      for (const { topic, partitions } of readAssignment(assignment).assignedPartitions)
        for (const partition of partitions) owners.set(`${partition} ${topic}`, body.memberId as string)
    } catch {
      // not a consumer's: nothing is known of partitions
    }
  }
  return owners
}
