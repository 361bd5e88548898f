// What would become of a group's offsets: partition by partition the old one and the new one, computed before anything is
// written. Bounds are kept as kafka-consumer-groups keeps them: a new offset beyond the log is drawn back to its end.

import type { Cluster, PartitionInfo } from './cluster.js'
import { type FoundOffset, listOffsets } from './list-offsets.js'
import type { TopicPartition } from './members.js'
import { byPlace, committedOffsets, type NewOffset, placeOf } from './offsets.js'

/** Where offsets go. */
export type Target =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'offset'; readonly offset: bigint }
  /** Of the first record at or after it. */
  | { readonly kind: 'time'; readonly timestampMs: number }
  | { readonly kind: 'shift'; readonly by: bigint }

/** Topic -> its partitions, null for all of them; 'committed': whatever the group has committed. */
export type Scope = ReadonlyMap<string, readonly number[] | null> | 'committed'

export interface Planned extends TopicPartition {
  /** null: nothing is committed. */
  readonly from: bigint | null
  /** null: it is removed. */
  readonly to: bigint | null
  /** Why it is not what was asked for, or what follows from it. */
  readonly note: string | null
}

/** What was asked for cannot be planned. */
export class PlanError extends Error {
  override readonly name = 'PlanError'
}

/** Rejects with PlanError or AdminError. */
export async function planReset(
  cluster: Cluster,
  groupId: string,
  scope: Scope,
  target: Target,
): Promise<readonly Planned[]> {
  const committed = await committedByPlace(cluster, groupId)
  const places = await placesIn(cluster, groupId, scope, committed)
  const [begins, ends] = await logsOf(cluster, places)
  const atTime =
    target.kind === 'time' ? await listOffsets(cluster, places, { timestampMs: target.timestampMs }) : []
  return places.map((place, i) => {
    const from = committed.get(placeOf(place)) ?? null
    const [begin, end] = [begins[i] as bigint, ends[i] as bigint]
    if (target.kind === 'earliest') return { ...place, from, to: begin, note: null }
    if (target.kind === 'latest') return { ...place, from, to: end, note: null }
    if (target.kind === 'time') {
      const to = known(atTime[i] as FoundOffset, true)
      return { ...place, from, to: to ?? end, note: to === null ? 'no record is that young: the end' : null }
    }
    return { ...place, from, ...within(begin, end, wanted(target, from, place)) }
  })
}

/** Exactly what is said, also beyond the log. Rejects with PlanError or AdminError. */
export async function planSet(
  cluster: Cluster,
  groupId: string,
  offsets: readonly NewOffset[],
): Promise<readonly Planned[]> {
  const committed = await committedByPlace(cluster, groupId)
  const asked = new Map<string, number[]>()
  for (const { topic, partition } of offsets) asked.set(topic, [...(asked.get(topic) ?? []), partition])
  const offsetOf = new Map(offsets.map((each) => [placeOf(each), each.offset]))
  const places = await placesIn(cluster, groupId, asked, committed)
  const [begins, ends] = await logsOf(cluster, places)
  return places.map((place, i) => {
    const [begin, end, to] = [begins[i] as bigint, ends[i] as bigint, offsetOf.get(placeOf(place)) as bigint]
    const isBeside = to < begin || to > end
    const note = isBeside
      ? `the log is ${begin} to ${end}: consumers will do what auto.offset.reset says`
      : null
    return { ...place, from: committed.get(placeOf(place)) ?? null, to, note }
  })
}

/** Of the scope, what is committed: also of topics that are gone. Rejects with PlanError or AdminError. */
export async function planDelete(
  cluster: Cluster,
  groupId: string,
  scope: Exclude<Scope, 'committed'>,
): Promise<readonly Planned[]> {
  const committed = await committedOffsets(cluster, groupId)
  const planned = committed.filter(({ topic, partition }) => {
    const partitions = scope.get(topic)
    return partitions === null || partitions?.includes(partition)
  })
  for (const topic of scope.keys()) {
    if (!planned.some((each) => each.topic === topic))
      throw new PlanError(`group '${groupId}' has nothing committed in ${wordsOf(topic, scope.get(topic))}`)
  }
  return planned.map(({ topic, partition, offset }) => ({
    topic,
    partition,
    from: offset,
    to: null,
    note: null,
  }))
}

const wordsOf = (topic: string, partitions: readonly number[] | null | undefined) =>
  partitions ? `these partitions of topic '${topic}'` : `topic '${topic}'`

async function committedByPlace(cluster: Cluster, groupId: string): Promise<ReadonlyMap<string, bigint>> {
  const all = await committedOffsets(cluster, groupId)
  return new Map(all.map((each) => [placeOf(each), each.offset]))
}

async function placesIn(
  cluster: Cluster,
  groupId: string,
  scope: Scope,
  committed: ReadonlyMap<string, bigint>,
): Promise<readonly TopicPartition[]> {
  if (scope === 'committed') {
    if (committed.size === 0)
      throw new PlanError(`group '${groupId}' has committed nothing: say which topics with --topic`)
    return [...committed.keys()].map(placeIn).sort(byPlace)
  }
  const topics = await cluster.topics([...scope.keys()])
  const places: TopicPartition[] = []
  for (const [topic, chosen] of scope) {
    const all = topics.get(topic)
    if (all === undefined) throw new PlanError(`topic '${topic}' does not exist`)
    for (const partition of chosen ?? all.map((each) => each.partition)) {
      if (!all.some((each) => each.partition === partition))
        throw new PlanError(`topic '${topic}' has partitions ${rangeOf(all)}: there is no ${partition}`)
      places.push({ topic, partition })
    }
  }
  return places.sort(byPlace)
}

const rangeOf = (all: readonly PartitionInfo[]) =>
  all.length === 1 ? '0 alone' : `0 to ${Math.max(...all.map(({ partition }) => partition))}`

function placeIn(key: string): TopicPartition {
  const space = key.indexOf(' ')
  return { topic: key.slice(space + 1), partition: Number(key.slice(0, space)) }
}

/** Begin and end of each. Rejects with the AdminError of the first that cannot be told. */
async function logsOf(cluster: Cluster, places: readonly TopicPartition[]): Promise<[bigint[], bigint[]]> {
  const [begins, ends] = await Promise.all([
    listOffsets(cluster, places, 'earliest'),
    listOffsets(cluster, places, 'latest'),
  ])
  return [begins.map((each) => known(each) as bigint), ends.map((each) => known(each) as bigint)]
}

function known({ topic, partition, offset, error }: FoundOffset, mayBeNone = false): bigint | null {
  if (error !== null) throw error
  if (offset === null && !mayBeNone)
    throw new PlanError(`the broker does not tell where ${topic}-${partition} begins and ends`)
  return offset
}

function wanted(
  target: Extract<Target, { readonly kind: 'offset' | 'shift' }>,
  from: bigint | null,
  { topic, partition }: TopicPartition,
): bigint {
  if (target.kind === 'offset') return target.offset
  if (from === null)
    throw new PlanError(`${topic}-${partition} cannot be shifted: nothing is committed for it`)
  return from + target.by
}

function within(begin: bigint, end: bigint, wish: bigint): { to: bigint; note: string | null } {
  if (wish > end) return { to: end, note: `the log ends there, before ${wish}` }
  return wish < begin ? { to: begin, note: `the log begins there, after ${wish}` } : { to: wish, note: null }
}
