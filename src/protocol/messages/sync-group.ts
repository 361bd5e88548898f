// SyncGroup (key 14): the leader hands in the assignment, everybody gets theirs. v3: static members (KIP-345); v5: protocol
// type and name (KIP-559).

import { array, bytes, type Infer, int16, int32, message, string } from '../schema.js'

export const syncGroupRequest = message('SyncGroupRequest', '0-5', '4+', {
  groupId: string('0+'),
  generationId: int32('0+'),
  memberId: string('0+'),
  groupInstanceId: string('3+', { nullable: '3+', default: null }),
  protocolType: string('5+', { nullable: '5+', default: null }),
  protocolName: string('5+', { nullable: '5+', default: null }),
  assignments: array({
    memberId: string('0+'),
    assignment: bytes('0+'),
  })('0+'),
})

export const syncGroupResponse = message('SyncGroupResponse', '0-5', '4+', {
  throttleTimeMs: int32('1+'),
  errorCode: int16('0+'),
  protocolType: string('5+', { nullable: '5+', default: null }),
  protocolName: string('5+', { nullable: '5+', default: null }),
  assignment: bytes('0+'),
})

export type SyncGroupRequest = Infer<typeof syncGroupRequest>
export type SyncGroupResponse = Infer<typeof syncGroupResponse>
