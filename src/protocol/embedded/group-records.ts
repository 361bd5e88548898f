// What Kafka writes to __consumer_offsets for classic groups and committed offsets (group-coordinator, *Key.json and *Value.json).
// Kafka 4.4 writes OffsetCommitValue v4, or v1 where an offset has an expiry of its own, and GroupMetadataValue v3.

import { array, bytes, type Infer, int32, int64, message, string, uuid } from '../schema.js'

/** Of brokers before 0.8.2; still read, never written. */
export const legacyOffsetCommitKey = message('LegacyOffsetCommitKey', '0', 'none', {
  group: string('0'),
  topic: string('0'),
  partition: int32('0'),
})

export const legacyOffsetCommitValue = message('LegacyOffsetCommitValue', '0', 'none', {
  offset: int64('0'),
  metadata: string('0'),
  commitTimestamp: int64('0'),
})

export const offsetCommitKey = message('OffsetCommitKey', '0', 'none', {
  group: string('0'),
  topic: string('0'),
  partition: int32('0'),
})

export const offsetCommitValue = message('OffsetCommitValue', '0-4', '4+', {
  offset: int64('0+'),
  leaderEpoch: int32('3+', { default: -1 }),
  metadata: string('0+'),
  commitTimestamp: int64('0+'),
  expireTimestamp: int64('1', { default: -1n }),
  topicId: uuid('4+', { tag: 0, tagged: '4+' }),
})

export const groupMetadataKey = message('GroupMetadataKey', '0', 'none', {
  group: string('0'),
})

export const groupMetadataValue = message('GroupMetadataValue', '0-4', '4+', {
  protocolType: string('0+'),
  generation: int32('0+'),
  protocol: string('0+', { nullable: '0+' }),
  leader: string('0+', { nullable: '0+' }),
  currentStateTimestamp: int64('2+', { default: -1n }),
  members: array({
    memberId: string('0+'),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    clientId: string('0+'),
    clientHost: string('0+'),
    rebalanceTimeout: int32('1+', { default: -1 }),
    sessionTimeout: int32('0+'),
    subscription: bytes('0+'),
    assignment: bytes('0+'),
  })('0+'),
})

export type OffsetCommitValue = Infer<typeof offsetCommitValue>
export type GroupMetadataValue = Infer<typeof groupMetadataValue>
