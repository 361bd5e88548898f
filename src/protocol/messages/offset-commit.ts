// OffsetCommit (key 8): stores offsets for a group. v1: generation and member; v2-4: retention time; v6: leader epoch
// (KIP-320); v7: static members (KIP-345); v9: member epochs (KIP-848); v10: topic ids in place of names.

import { array, type Infer, int16, int32, int64, message, string, uuid } from '../schema.js'

export const offsetCommitRequest = message('OffsetCommitRequest', '0-10', '8+', {
  groupId: string('0+'),
  generationIdOrMemberEpoch: int32('1+', { default: -1 }),
  memberId: string('1+'),
  groupInstanceId: string('7+', { nullable: '7+', default: null }),
  retentionTimeMs: int64('2-4', { default: -1n }),
  topics: array({
    name: string('0-9'),
    topicId: uuid('10+'),
    partitions: array({
      partitionIndex: int32('0+'),
      committedOffset: int64('0+'),
      committedLeaderEpoch: int32('6+', { default: -1 }),
      commitTimestamp: int64('1', { default: -1n }),
      committedMetadata: string('0+', { nullable: '0+' }),
    })('0+'),
  })('0+'),
})

export const offsetCommitResponse = message('OffsetCommitResponse', '0-10', '8+', {
  throttleTimeMs: int32('3+'),
  topics: array({
    name: string('0-9'),
    topicId: uuid('10+'),
    partitions: array({
      partitionIndex: int32('0+'),
      errorCode: int16('0+'),
    })('0+'),
  })('0+'),
})

export type OffsetCommitRequest = Infer<typeof offsetCommitRequest>
export type OffsetCommitResponse = Infer<typeof offsetCommitResponse>
