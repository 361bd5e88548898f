// OffsetFetch (key 9): reads a group's offsets. v2: null topics mean all; v5: leader epoch; v7: requireStable (KIP-447); v8:
// several groups (KIP-709); v9: member epochs (KIP-848); v10: topic ids in place of names.

import { array, bool, type Infer, int16, int32, int64, message, string, uuid } from '../schema.js'

export const offsetFetchRequest = message('OffsetFetchRequest', '0-10', '6+', {
  groupId: string('0-7'),
  topics: array({
    name: string('0-7'),
    partitionIndexes: array('int32')('0-7'),
  })('0-7', { nullable: '2-7' }),
  groups: array({
    groupId: string('8+'),
    memberId: string('9+', { nullable: '9+', default: null }),
    memberEpoch: int32('9+', { default: -1 }),
    topics: array({
      name: string('8-9'),
      topicId: uuid('10+'),
      partitionIndexes: array('int32')('8+'),
    })('8+', { nullable: '8+' }),
  })('8+'),
  requireStable: bool('7+'),
})

export const offsetFetchResponse = message('OffsetFetchResponse', '0-10', '6+', {
  throttleTimeMs: int32('3+'),
  topics: array({
    name: string('0-7'),
    partitions: array({
      partitionIndex: int32('0-7'),
      committedOffset: int64('0-7'),
      committedLeaderEpoch: int32('5-7', { default: -1 }),
      metadata: string('0-7', { nullable: '0-7' }),
      errorCode: int16('0-7'),
    })('0-7'),
  })('0-7'),
  errorCode: int16('2-7'),
  groups: array({
    groupId: string('8+'),
    topics: array({
      name: string('8-9'),
      topicId: uuid('10+'),
      partitions: array({
        partitionIndex: int32('8+'),
        committedOffset: int64('8+'),
        committedLeaderEpoch: int32('8+', { default: -1 }),
        metadata: string('8+', { nullable: '8+' }),
        errorCode: int16('8+'),
      })('8+'),
    })('8+'),
    errorCode: int16('8+'),
  })('8+'),
})

export type OffsetFetchRequest = Infer<typeof offsetFetchRequest>
export type OffsetFetchResponse = Infer<typeof offsetFetchResponse>
