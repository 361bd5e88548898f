// Heartbeat (key 12): a member is alive, and learns whether its generation stands. v3: static members (KIP-345).

import { type Infer, int16, int32, message, string } from '../schema.js'

export const heartbeatRequest = message('HeartbeatRequest', '0-4', '4+', {
  groupId: string('0+'),
  generationId: int32('0+'),
  memberId: string('0+'),
  groupInstanceId: string('3+', { nullable: '3+', default: null }),
})

export const heartbeatResponse = message('HeartbeatResponse', '0-4', '4+', {
  throttleTimeMs: int32('1+'),
  errorCode: int16('0+'),
})

export type HeartbeatRequest = Infer<typeof heartbeatRequest>
export type HeartbeatResponse = Infer<typeof heartbeatResponse>
