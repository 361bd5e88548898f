// DescribeGroups (key 15): state, protocol and members of classic groups. v3: authorized operations (KIP-430); v4: group
// instance id; v6: an error and its message for what is not there (KIP-1043).

import { array, bool, bytes, type Infer, int16, int32, message, string } from '../schema.js'

export const describeGroupsRequest = message('DescribeGroupsRequest', '0-6', '5+', {
  groups: array('string')('0+'),
  includeAuthorizedOperations: bool('3+'),
})

export const describeGroupsResponse = message('DescribeGroupsResponse', '0-6', '5+', {
  throttleTimeMs: int32('1+'),
  groups: array({
    errorCode: int16('0+'),
    errorMessage: string('6+', { nullable: '6+', default: null }),
    groupId: string('0+'),
    groupState: string('0+'),
    protocolType: string('0+'),
    protocolData: string('0+'),
    members: array({
      memberId: string('0+'),
      groupInstanceId: string('4+', { nullable: '4+', default: null }),
      clientId: string('0+'),
      clientHost: string('0+'),
      memberMetadata: bytes('0+'),
      memberAssignment: bytes('0+'),
    })('0+'),
    authorizedOperations: int32('3+', { default: -2147483648 }),
  })('0+'),
})

export type DescribeGroupsRequest = Infer<typeof describeGroupsRequest>
export type DescribeGroupsResponse = Infer<typeof describeGroupsResponse>
