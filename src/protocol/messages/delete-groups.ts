// DeleteGroups (key 42, KIP-229): removes groups without members, and their offsets.

import { array, type Infer, int16, int32, message, string } from '../schema.js'

export const deleteGroupsRequest = message('DeleteGroupsRequest', '0-3', '2+', {
  groupsNames: array('string')('0+'),
})

export const deleteGroupsResponse = message('DeleteGroupsResponse', '0-3', '2+', {
  throttleTimeMs: int32('0+'),
  results: array({
    groupId: string('0+'),
    errorCode: int16('0+'),
    errorMessage: string('3+', { nullable: '3+', default: null }),
  })('0+'),
})

export type DeleteGroupsRequest = Infer<typeof deleteGroupsRequest>
export type DeleteGroupsResponse = Infer<typeof deleteGroupsResponse>
