// The committed offsets of a shard, as the accepted commits and deletions make them: a commit is kept whole or refused without a
// trace, what is asked for is what was committed last, and an offset goes only when it is deleted or its retention is over.

import type { OffsetRecord, OffsetTombstone, OffsetValue } from '../../src/coordinator/offset-record.js'
import { type ErrorCode, ErrorCodes, errorName } from '../../src/protocol/errors.js'
import type { OffsetCommitResponse } from '../../src/protocol/messages/offset-commit.js'
import type { OffsetDeleteResponse } from '../../src/protocol/messages/offset-delete.js'
import type { OffsetFetchResponse } from '../../src/protocol/messages/offset-fetch.js'
import { type EventOf, type Look, named } from './look.js'
import { alive, type Group } from './shadow.js'
import { commitVerdict } from './verdicts.js'

export type Offsets = Map<string, Map<string, OffsetValue>>

const keyOf = (topic: string, partition: number) => `${topic}-${partition}`

export function apply(
  offsets: Offsets,
  { groupId, topic, partition, value }: OffsetRecord | OffsetTombstone,
): void {
  const ofGroup = offsets.get(groupId) ?? new Map<string, OffsetValue>()
  if (value === null) ofGroup.delete(keyOf(topic, partition))
  else ofGroup.set(keyOf(topic, partition), value)
  if (ofGroup.size === 0) offsets.delete(groupId)
  else offsets.set(groupId, ofGroup)
}

const offsetRecords = ({ decision }: Look) =>
  decision.records.filter((record) => record.kind === 'OffsetCommit')

/** Records of the decision are exactly the partitions that are told NONE. */
export function judgeCommit(look: Look, group: Group | undefined, event: EventOf<'OffsetCommit'>): void {
  const { fail, context, nowMs, replies } = look
  const { request, ticket } = event
  const verdict = commitVerdict(group, { event })
  const response = replies.get(ticket) as OffsetCommitResponse | undefined
  const codes = new Map<string, ErrorCode>()
  for (const { name, partitions } of response?.topics ?? []) {
    for (const { partitionIndex, errorCode } of partitions) codes.set(keyOf(name, partitionIndex), errorCode)
  }
  const records = new Map(offsetRecords(look).map((each) => [keyOf(each.topic, each.partition), each]))
  const who = `'${request.memberId}' with generation ${request.generationIdOrMemberEpoch}`
  const where = group === undefined ? `group '${request.groupId}', which is not there` : named(group)
  let reached = false
  for (const { name, partitions } of request.topics) {
    const topic = context.image.topicsByName.get(name)
    for (const { partitionIndex, committedOffset, committedMetadata } of partitions) {
      const key = keyOf(name, partitionIndex)
      const code = codes.get(key)
      const exists = topic?.partitions[partitionIndex] !== undefined
      reached ||= exists
      const isTooLong = (committedMetadata ?? '').length > context.image.settings.offsetMetadataMaxBytes
      const dueIfLong =
        isTooLong && verdict === ErrorCodes.NONE ? ErrorCodes.OFFSET_METADATA_TOO_LARGE : verdict
      const due = exists ? dueIfLong : ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION
      if (code !== due) {
        const told = `${code === undefined ? 'nothing' : errorName(code)}, not ${errorName(due)}`
        fail('members of the generation commit, nobody else', `${where}: ${who}: ${key}: ${told}`)
      }
      const kept = records.get(key)?.value?.offset
      records.delete(key)
      if (due === ErrorCodes.NONE && kept !== committedOffset) {
        fail('a commit that is accepted is kept', `${where}: ${key}: ${committedOffset}, kept ${kept}`)
      } else if (due !== ErrorCodes.NONE && kept !== undefined) {
        fail('a commit that is refused has no effect', `${where}: ${who}: ${key}: ${kept}`)
      }
    }
  }
  if (records.size > 0) fail('a commit changes what it names', `${where}: ${[...records.keys()]}`)
  const seat = group?.seats.get(request.memberId)
  if (seat === undefined || verdict !== ErrorCodes.NONE || !reached) return
  if (group?.state === 'Stable' || group?.state === 'PreparingRebalance') alive(seat, nowMs)
}

export function judgeFetch({ fail, replies }: Look, offsets: Offsets, event: EventOf<'OffsetFetch'>): void {
  const { groupId, topics } = event.request
  const ofGroup = offsets.get(groupId)
  const response = replies.get(event.ticket) as OffsetFetchResponse['groups'][number] | undefined
  let found = 0
  for (const { name, partitions } of response?.topics ?? []) {
    for (const { partitionIndex, committedOffset, metadata } of partitions) {
      const value = ofGroup?.get(keyOf(name, partitionIndex))
      if (value !== undefined) found++
      if (committedOffset === (value?.offset ?? -1n) && metadata === (value?.metadata ?? '')) continue
      const told = `${groupId} ${name}-${partitionIndex}: ${committedOffset} where ${value?.offset ?? 'none'} is`
      fail('OffsetFetch tells what was committed last', told)
    }
  }
  if (topics === null && found !== (ofGroup?.size ?? 0)) {
    fail('OffsetFetch tells what was committed last', `${groupId}: ${found} of ${ofGroup?.size ?? 0} offsets`)
  }
}

export function judgeDelete(
  look: Look,
  group: Group | undefined,
  offsets: Offsets,
  event: EventOf<'OffsetDelete'>,
): void {
  const { fail, replies } = look
  const response = replies.get(event.ticket) as OffsetDeleteResponse | undefined
  const records = new Set(offsetRecords(look).map(({ topic, partition }) => keyOf(topic, partition)))
  for (const { name, partitions } of response?.topics ?? []) {
    for (const { partitionIndex, errorCode } of partitions) {
      const key = keyOf(name, partitionIndex)
      const isThere = offsets.get(event.request.groupId)?.has(key) ?? false
      const isDeleted = records.delete(key)
      if (errorCode === ErrorCodes.NONE && isThere && !isDeleted) {
        fail('an offset that is deleted is gone', `${event.request.groupId}: ${key}`)
      }
      if (errorCode !== ErrorCodes.NONE && isDeleted) {
        fail('a request that is refused has no effect', `OffsetDelete: ${key}, ${errorName(errorCode)}`)
      }
      if (isDeleted && group !== undefined && isSubscribed(group, name)) {
        fail('offsets of topics that are consumed are not deleted', `${named(group)}: ${key}`)
      }
    }
  }
  if (records.size > 0) fail('OffsetDelete deletes what it names', [...records].join())
}

const isSubscribed = ({ state, subscribed }: Group, topic: string) =>
  state === 'Stable' && (subscribed?.has(topic) ?? false)

/** The periodic check: nothing goes before its retention is over (KIP-211). */
export function judgeExpiry(look: Look, groups: ReadonlyMap<string, Group>, offsets: Offsets): void {
  const { nowMs, context, fail } = look
  const { offsetsRetentionMs } = context.image.settings
  for (const { groupId, topic, partition, value } of offsetRecords(look)) {
    const kept = offsets.get(groupId)?.get(keyOf(topic, partition))
    const group = groups.get(groupId)
    if (value !== null || kept === undefined || group === undefined) {
      fail('the check of offsets removes offsets', `${groupId}: ${topic}-${partition}`)
      continue
    }
    const isSimple = group.protocolType === null
    const sinceMs = isSimple || group.state !== 'Empty' ? Number(kept.commitTimestampMs) : group.stateSinceMs
    const inUse = !isSimple && group.state !== 'Empty' && group.state !== 'Stable'
    const isEarly = nowMs - sinceMs < offsetsRetentionMs && kept.expireTimestampMs === -1n
    if (isEarly || inUse || isSubscribed(group, topic)) {
      const age = `${nowMs - sinceMs} of ${offsetsRetentionMs} ms`
      fail('an offset is kept for its retention, and while it is in use', `${named(group)}: ${topic}: ${age}`)
    }
  }
}
