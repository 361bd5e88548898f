// The logs of the coordinator's shards: keys and values are the bytes of Kafka's own records of __consumer_offsets, in the versions that
// Kafka 4.4 writes (GroupCoordinatorRecordHelpers).

import type { GroupMetadataValue, GroupRecord, OffsetValue } from '../../coordinator/types.js'
import {
  GROUP_METADATA,
  keyJson,
  OFFSET_COMMIT,
  readKey,
  readValue,
  recordType,
  typeNumberOf,
  valueJson,
  writeKey,
  writeValue,
} from '../../protocol/embedded/coordinator-records.js'
import type { StoredRecord } from '../store.js'
import type { LogFormat } from './log-format.js'

const SEPARATOR = '\u0000'
const GROUP = 'group'
const OFFSET = 'offset'

/** With an expiry of its own, as Kafka writes it: without leader epoch and topic id. */
const EXPIRING_OFFSET_VERSION = 1
const OFFSET_VERSION = 4
const GROUP_VERSION = 3
const NO_EXPIRY = -1n

export function groupKey(record: GroupRecord): string {
  return record.kind === 'GroupMetadata'
    ? GROUP + SEPARATOR + record.groupId
    : OFFSET + SEPARATOR + record.groupId + SEPARATOR + record.topic + SEPARATOR + record.partition
}

export const groupFormat: LogFormat = {
  keyBytes,
  valueBytes: (value) => valueBytes(value as GroupRecord),
  record,
  describeKey,
  describeValue,
}

/** A topic's name has no separator in it, a group's may. */
function keyBytes(key: string): Buffer {
  const kindEnd = key.indexOf(SEPARATOR)
  if (key.slice(0, kindEnd) === GROUP) return writeKey(GROUP_METADATA, { group: key.slice(kindEnd + 1) })
  const topicEnd = key.lastIndexOf(SEPARATOR)
  const groupEnd = key.lastIndexOf(SEPARATOR, topicEnd - 1)
  return writeKey(OFFSET_COMMIT, {
    group: key.slice(kindEnd + 1, groupEnd),
    topic: key.slice(groupEnd + 1, topicEnd),
    partition: Number(key.slice(topicEnd + 1)),
  })
}

function valueBytes(record: GroupRecord): Buffer {
  if (record.value === null) throw new TypeError(`a tombstone of ${record.groupId} has no value`)
  return record.kind === 'OffsetCommit' ? offsetBytes(record.value) : groupBytes(record.value)
}

function offsetBytes(value: OffsetValue): Buffer {
  const { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs, topicId } = value
  const commitTimestamp = commitTimestampMs
  if (expireTimestampMs === NO_EXPIRY) {
    return writeValue(OFFSET_COMMIT, OFFSET_VERSION, {
      offset,
      leaderEpoch,
      metadata,
      commitTimestamp,
      topicId,
    })
  }
  const expireTimestamp = expireTimestampMs
  return writeValue(OFFSET_COMMIT, EXPIRING_OFFSET_VERSION, {
    offset,
    metadata,
    commitTimestamp,
    expireTimestamp,
  })
}

function groupBytes(value: GroupMetadataValue): Buffer {
  const { protocolType, generation, protocol, leader, currentStateTimestampMs, members } = value
  return writeValue(GROUP_METADATA, GROUP_VERSION, {
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

function record(key: Buffer, value: Buffer): StoredRecord | null {
  const found = groupRecord(key, value)
  return found === null ? null : { key: groupKey(found), value: found }
}

function groupRecord(key: Buffer, bytes: Buffer): GroupRecord | null {
  switch (typeNumberOf(key)) {
    case OFFSET_COMMIT.number: {
      const { group, topic, partition } = readKey(OFFSET_COMMIT, key)
      return { kind: 'OffsetCommit', groupId: group, topic, partition, value: offsetOf(bytes) }
    }
    case GROUP_METADATA.number:
      return { kind: 'GroupMetadata', groupId: readKey(GROUP_METADATA, key).group, value: groupOf(bytes) }
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
