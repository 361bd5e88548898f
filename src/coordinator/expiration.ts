// Offsets that nobody will ask for again, and groups left without any, go at the periodic check; those of
// deleted topics at once (KIP-211; Kafka: OffsetMetadataManager.cleanupExpiredOffsets, onTopicsDeleted).

import { ZERO_UUID } from '../protocol/wire.js'
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE, isSubscribedTo } from './classic/group.js'
import { removeGroup } from './group-admin.js'
import { deleteOffset } from './offset-delete.js'
import { arm, emit, type Step } from './shard.js'
import type { OffsetValue } from './types.js'

const CAUSE = 'offsets.retention.minutes'

export function armExpiration(step: Step): void {
  arm(step, step.shard.expirationTimer, step.settings.offsetsRetentionCheckIntervalMs)
}

export function expirationTimerFired(step: Step): void {
  for (const group of step.shard.groups.values()) {
    if (expireOffsets(step, group) && group.state === 'Empty') removeGroup(step, group, CAUSE)
  }
  armExpiration(step)
}

/** Returns whether the group has no offsets any more. */
function expireOffsets(step: Step, group: ClassicGroup): boolean {
  const topics = step.shard.offsets.get(group.id)
  if (topics === undefined) return true
  const retainedSince = retentionStart(group)
  if (retainedSince === null) return false
  let count = 0
  for (const [topic, offsets] of topics.entries()) {
    if (isSubscribedTo(group, topic)) continue
    for (const record of offsets.values()) {
      const { partition } = record
      if (isExpired(step, record, retainedSince(record))) count += deleteOffset(step, offsets, partition)
    }
  }
  if (step.observed && count > 0) {
    emit(step, { type: 'offsets-removed', groupId: group.id, count, cause: CAUSE })
  }
  return !step.shard.offsets.has(group.id)
}

/** From when on an offset's retention counts; null: nothing of this group expires now. */
function retentionStart(group: ClassicGroup): ((value: OffsetValue) => bigint) | null {
  if (group.protocolType === null) return (value) => value.commitTimestampMs
  if (group.state === 'Empty') return () => BigInt(group.stateSinceMs)
  const consumes = group.protocolType === CONSUMER_PROTOCOL_TYPE && group.subscribedTopics !== null
  return consumes && group.state === 'Stable' ? (value) => value.commitTimestampMs : null
}

function isExpired(step: Step, value: OffsetValue, sinceMs: bigint): boolean {
  const nowMs = BigInt(step.nowMs)
  if (value.expireTimestampMs !== -1n) return nowMs >= value.expireTimestampMs
  return nowMs - sinceMs >= BigInt(step.settings.offsetsRetentionMs)
}

/** Offsets committed by name before ids were known belong to whatever bears the name. */
export function topicsDeleted(step: Step, deleted: readonly { name: string; id: string }[]): void {
  for (const [groupId, topics] of step.shard.offsets.entries()) {
    let count = 0
    for (const { name, id } of deleted) {
      const offsets = topics.get(name)
      for (const { partition, topicId } of offsets?.values() ?? []) {
        if (topicId === id || topicId === ZERO_UUID) count += deleteOffset(step, offsets, partition)
      }
    }
    if (step.observed && count > 0) {
      emit(step, { type: 'offsets-removed', groupId, count, cause: 'topic deleted' })
    }
  }
}
