// ListGroups (key 16): the groups that this broker coordinates. v4: filter by state (KIP-518); v5: by type (KIP-848).

import { array, type Infer, int16, int32, message, string } from '../schema.js'

export const listGroupsRequest = message('ListGroupsRequest', '0-5', '3+', {
  statesFilter: array('string')('4+'),
  typesFilter: array('string')('5+'),
})

export const listGroupsResponse = message('ListGroupsResponse', '0-5', '3+', {
  throttleTimeMs: int32('1+'),
  errorCode: int16('0+'),
  groups: array({
    groupId: string('0+'),
    protocolType: string('0+'),
    groupState: string('4+'),
    groupType: string('5+'),
  })('0+'),
})

export type ListGroupsRequest = Infer<typeof listGroupsRequest>
export type ListGroupsResponse = Infer<typeof listGroupsResponse>
