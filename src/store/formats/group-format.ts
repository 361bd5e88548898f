// The logs of the coordinator's shards: keys and values are the bytes of Kafka's own records of __consumer_offsets, in the versions that
// Kafka 4.4 writes (GroupCoordinatorRecordHelpers).

import {
  GroupMetadataRecord,
  type GroupMetadataValue,
  type GroupRecord,
} from '../../coordinator/group-record.js'
import { type OffsetValue, offsetRecord } from '../../coordinator/offset-record.js'
import {
  GROUP_METADATA,
  keyJson,
  OFFSET_COMMIT,
  readKey,
  readValue,
  recordType,
  typeNumberOf,
  valueJson,
  writeKey as writeGroupKey,
  writeValue as writeGroupValue,
} from '../../protocol/embedded/coordinator-records.js'
import type { Bytes } from '../bytes.js'
import type { StoredRecord } from '../store.js'
import type { LogFormat } from './log-format.js'
import { writeOffsetKey, writeOffsetValue } from './offset-bytes.js'

const GROUP_VERSION = 3

export const groupFormat: LogFormat = { writeKey, writeValue, record, describeKey, describeValue }

function writeKey(to: Bytes, stored: StoredRecord): void {
  const record = stored as GroupRecord
  if (record.kind === 'OffsetCommit') writeOffsetKey(to, record.place, record.partition)
  else to.bytes(writeGroupKey(GROUP_METADATA, { group: record.groupId }))
}

function writeValue(to: Bytes, stored: StoredRecord): void {
  const record = stored as GroupRecord
  if (record.value === null) throw new TypeError(`a tombstone of ${record.groupId} has no value`)
  if (record.kind === 'OffsetCommit') writeOffsetValue(to, record.value)
  else to.bytes(groupBytes(record.value))
}

function groupBytes(value: GroupMetadataValue): Buffer {
  const { protocolType, generation, protocol, leader, currentStateTimestampMs, members } = value
  return writeGroupValue(GROUP_METADATA, GROUP_VERSION, {
    protocolType,
    generation,
    protocol,
    leader,
    currentStateTimestamp: BigInt(currentStateTimestampMs),
    members: members.map(({ rebalanceTimeoutMs, sessionTimeoutMs, ...member }) => ({
      ...member,
      rebalanceTimeout: rebalanceTimeoutMs,
      sessionTimeout: sessionTimeoutMs,
    })),
  })
}

function record(key: Buffer, bytes: Buffer): GroupRecord | null {
  switch (typeNumberOf(key)) {
    case OFFSET_COMMIT.number: {
      const { group, topic, partition } = readKey(OFFSET_COMMIT, key)
      return offsetRecord(group, topic, partition, offsetOf(bytes))
    }
    case GROUP_METADATA.number:
      return new GroupMetadataRecord(readKey(GROUP_METADATA, key).group, groupOf(bytes))
    default:
      return null
  }
}

function offsetOf(bytes: Buffer): OffsetValue {
  const { value } = readValue(OFFSET_COMMIT, bytes)
  return {
    offset: value.offset,
    leaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    commitTimestampMs: value.commitTimestamp,
    expireTimestampMs: value.expireTimestamp,
    topicId: value.topicId,
  }
}

/** What is kept of a member are bytes of its own. */
function groupOf(bytes: Buffer): GroupMetadataValue {
  const { value } = readValue(GROUP_METADATA, bytes)
  return {
    protocolType: value.protocolType,
    generation: value.generation,
    protocol: value.protocol,
    leader: value.leader,
    currentStateTimestampMs: Number(value.currentStateTimestamp),
    members: value.members.map(({ rebalanceTimeout, sessionTimeout, ...member }) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: rebalanceTimeout,
      sessionTimeoutMs: sessionTimeout,
      subscription: Buffer.from(member.subscription),
      assignment: Buffer.from(member.assignment),
    })),
  }
}

/** As Kafka's tools print them (CoordinatorRecordMessageFormatter). */
function describeKey(key: Buffer): unknown {
  const number = typeNumberOf(key)
  const type = recordType(number)
  return { type: number, data: type === undefined ? 'unknown' : keyJson(type, key) }
}

function describeValue(key: Buffer, value: Buffer): unknown {
  const type = recordType(typeNumberOf(key))
  if (type === undefined) return { version: value.readInt16BE(), data: 'unknown' }
  return valueJson(type, value)
}
