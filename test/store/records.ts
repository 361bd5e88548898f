// Records as machines write them, for tests of stores.

import { GroupMetadataRecord } from '../../src/coordinator/group-record.js'
import { OffsetTombstone, type OffsetValue, offsetRecord } from '../../src/coordinator/offset-record.js'
import type { GroupMetadataValue, GroupRecord } from '../../src/coordinator/types.js'
import type { LogRecord } from '../../src/log/types.js'
import { buildBatch } from '../../src/protocol/records/batch.js'

export function offset(
  groupId: string,
  topic: string,
  partition: number,
  committed: bigint,
  value: Partial<OffsetValue> = {},
): GroupRecord {
  return offsetRecord(groupId, topic, partition, {
    offset: committed,
    leaderEpoch: 4,
    metadata: 'where it was: é',
    commitTimestampMs: 1_700_000_000_123n,
    expireTimestampMs: -1n,
    topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
    ...value,
  })
}

export function tombstone(record: GroupRecord): GroupRecord {
  return record.kind === 'OffsetCommit'
    ? new OffsetTombstone(record.place, record.partition)
    : new GroupMetadataRecord(record.groupId, null)
}

export function group(groupId: string, value: Partial<GroupMetadataValue> = {}): GroupRecord {
  return new GroupMetadataRecord(groupId, {
    protocolType: 'consumer',
    generation: 7,
    protocol: 'range',
    leader: 'a-1',
    currentStateTimestampMs: 1_700_000_000_456,
    members: [
      {
        memberId: 'a-1',
        groupInstanceId: 'a',
        clientId: 'client',
        clientHost: '/127.0.0.1',
        rebalanceTimeoutMs: 300_000,
        sessionTimeoutMs: 45_000,
        subscription: Buffer.from([0, 1, 2]),
        assignment: Buffer.from([3]),
      },
      {
        memberId: 'b-1',
        groupInstanceId: null,
        clientId: '',
        clientHost: '/127.0.0.1',
        rebalanceTimeoutMs: -1,
        sessionTimeoutMs: 6000,
        subscription: Buffer.alloc(0),
        assignment: Buffer.alloc(0),
      },
    ],
    ...value,
  })
}

export function batch(topicId: string, partition: number, baseOffset: number, value = 'v'): LogRecord {
  const record = { timestampMs: 1_700_000_000_000n, key: null, value: Buffer.from(value), headers: [] }
  const bytes = buildBatch({ baseOffset: BigInt(baseOffset), records: [record] })
  return { kind: 'Batch', topicId, partition, baseOffset, bytes }
}
