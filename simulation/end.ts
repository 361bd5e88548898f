// What faults must not have cost, looked at when they are over: groups with their members in one generation, every partition
// with one owner, every record processed and its offset committed, groups whose members have gone empty.

import type { ConsumerPlan } from './clients/consumers.js'
import { TOPIC } from './mix.js'
import type { Cast } from './play.js'

/** In words, or null when all is well. */
export function whatIsMissing(cast: Cast): string | null {
  const { mix, producers, world } = cast
  for (const { plan, members } of mix.consumers) {
    const missing = unsettled(cast, plan, members)
    if (missing !== null) return `group '${plan.groupId}': ${missing}`
  }
  if (!producers.every(({ isDone }) => isDone)) return 'a producer still waits for its acknowledgement'
  const ends = Array.from({ length: mix.partitions }, (_, partition) => endOf(cast, partition))
  const acknowledged = producers.reduce((sum, producer) => sum + producer.acknowledged, 0)
  const kept = ends.reduce((sum, end) => sum + end, 0)
  if (kept !== acknowledged) return `${acknowledged} records were acknowledged, ${kept} are there`
  for (const groupId of new Set(mix.raw.map((raw) => raw.groupId))) {
    const group = world.cluster.group(groupId)
    if (group !== undefined && (group.state !== 'Empty' || group.pendingJoin.size > 0)) {
      return `group '${groupId}' is ${group.state} though its members have gone`
    }
  }
  for (const { plan, members } of mix.consumers) {
    const missing = missingOf(cast, plan, members, ends)
    if (missing !== null) return `group '${plan.groupId}': ${missing}`
  }
  return null
}

function endOf({ world, referee }: Cast, partition: number): number {
  return referee.endOffset(world.cluster.topic(TOPIC).id, partition)
}

/** Every group of model consumers has all its members in one generation, and every partition its owner. */
export function areStable(cast: Cast): boolean {
  return cast.mix.consumers.every(({ plan, members }) => unsettled(cast, plan, members) === null)
}

function unsettled({ world, mix }: Cast, { groupId }: ConsumerPlan, members: number): string | null {
  const group = world.cluster.group(groupId)
  if (group?.state !== 'Stable') return `it is ${group?.state ?? 'not there'}`
  if (group.members.size !== members) return `${group.members.size} of ${members} members`
  for (let partition = 0; partition < mix.partitions; partition++) {
    const spans = world.journal(groupId).ownership.get(`${TOPIC}-${partition}`) ?? []
    const owners = spans.filter(({ toMs }) => toMs === Number.POSITIVE_INFINITY)
    if (owners.length !== 1) return `${owners.length} own partition ${partition}`
  }
  return null
}

function missingOf(cast: Cast, plan: ConsumerPlan, members: number, ends: readonly number[]): string | null {
  const { world } = cast
  const { groupId } = plan
  const missing = unsettled(cast, plan, members)
  if (missing !== null) return missing
  for (const [partition, end] of ends.entries()) {
    const committed = Math.max(world.cluster.committedOffset(groupId, TOPIC, partition), 0)
    if (committed !== end) return `${committed} of ${end} are committed in partition ${partition}`
  }
  const { once } = world.ledger(groupId)
  const produced = ends.reduce((sum, end) => sum + end, 0)
  return once === produced ? null : `${once} of ${produced} records were processed`
}
