// LeaveGroup (key 13): leaves the group without waiting for the session to run out. v3: several members at once (KIP-345);
// v5: reason (KIP-800).

import { array, type Infer, int16, int32, message, string } from '../schema.js'

export const leaveGroupRequest = message('LeaveGroupRequest', '0-5', '4+', {
  groupId: string('0+'),
  memberId: string('0-2'),
  members: array({
    memberId: string('3+'),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    reason: string('5+', { nullable: '5+', default: null }),
  })('3+'),
})

export const leaveGroupResponse = message('LeaveGroupResponse', '0-5', '4+', {
  throttleTimeMs: int32('1+'),
  errorCode: int16('0+'),
  members: array({
    memberId: string('3+'),
    groupInstanceId: string('3+', { nullable: '3+' }),
    errorCode: int16('3+'),
  })('3+'),
})

export type LeaveGroupRequest = Infer<typeof leaveGroupRequest>
export type LeaveGroupResponse = Infer<typeof leaveGroupResponse>
