// JoinGroup (key 11): enters a group or a new generation of it. v1: rebalance timeout (KIP-62); v4: MEMBER_ID_REQUIRED
// (KIP-394); v5: static members (KIP-345); v7: protocol type (KIP-559); v8: reason (KIP-800); v9: skipAssignment (KIP-814).

import { array, bool, bytes, type Infer, int16, int32, message, string } from '../schema.js'

export const joinGroupRequest = message('JoinGroupRequest', '0-9', '6+', {
  groupId: string('0+'),
  sessionTimeoutMs: int32('0+'),
  rebalanceTimeoutMs: int32('1+', { default: -1 }),
  memberId: string('0+'),
  groupInstanceId: string('5+', { nullable: '5+', default: null }),
  protocolType: string('0+'),
  protocols: array({
    name: string('0+'),
    metadata: bytes('0+'),
  })('0+'),
  reason: string('8+', { nullable: '8+', default: null }),
})

export const joinGroupResponse = message('JoinGroupResponse', '0-9', '6+', {
  throttleTimeMs: int32('2+'),
  errorCode: int16('0+'),
  generationId: int32('0+', { default: -1 }),
  protocolType: string('7+', { nullable: '7+', default: null }),
  protocolName: string('0+', { nullable: '7+' }),
  leader: string('0+'),
  skipAssignment: bool('9+'),
  memberId: string('0+'),
  members: array({
    memberId: string('0+'),
    groupInstanceId: string('5+', { nullable: '5+', default: null }),
    metadata: bytes('0+'),
  })('0+'),
})

export type JoinGroupRequest = Infer<typeof joinGroupRequest>
export type JoinGroupResponse = Infer<typeof joinGroupResponse>
