// DescribeAcls, CreateAcls and DeleteAcls (keys 29-31, KIP-140) in version 2: what cases need to deny something and to
// allow it again.

import type { Api } from '../src/protocol/apis.js'
import { array, int8, int16, int32, message, string } from '../src/protocol/schema.js'

const optional = { nullable: '2+' as const, default: null }
const ANY = 1

/** Who may or may not do what. */
const entry = {
  principal: string('2+'),
  host: string('2+'),
  operation: int8('2+'),
  permissionType: int8('2+'),
}

/** Of everything, unless told otherwise. */
const filter = {
  resourceTypeFilter: int8('2+', { default: ANY }),
  resourceNameFilter: string('2+', optional),
  patternTypeFilter: int8('2+', { default: ANY }),
  principalFilter: string('2+', optional),
  hostFilter: string('2+', optional),
  operation: int8('2+', { default: ANY }),
  permissionType: int8('2+', { default: ANY }),
}

export const describeAcls = {
  key: 29,
  name: 'DescribeAcls',
  request: message('DescribeAclsRequest', '2+', '2+', filter),
  response: message('DescribeAclsResponse', '2+', '2+', {
    throttleTimeMs: int32('2+'),
    errorCode: int16('2+'),
    errorMessage: string('2+', optional),
    resources: array({
      resourceType: int8('2+'),
      resourceName: string('2+'),
      patternType: int8('2+'),
      acls: array({
        ...entry,
      })('2+'),
    })('2+'),
  }),
} satisfies Api

export const createAcls = {
  key: 30,
  name: 'CreateAcls',
  request: message('CreateAclsRequest', '2+', '2+', {
    creations: array({
      resourceType: int8('2+'),
      resourceName: string('2+'),
      resourcePatternType: int8('2+'),
      ...entry,
    })('2+'),
  }),
  response: message('CreateAclsResponse', '2+', '2+', {
    throttleTimeMs: int32('2+'),
    results: array({ errorCode: int16('2+'), errorMessage: string('2+', optional) })('2+'),
  }),
} satisfies Api

export const deleteAcls = {
  key: 31,
  name: 'DeleteAcls',
  request: message('DeleteAclsRequest', '2+', '2+', { filters: array(filter)('2+') }),
  response: message('DeleteAclsResponse', '2+', '2+', {
    throttleTimeMs: int32('2+'),
    filterResults: array({
      errorCode: int16('2+'),
      errorMessage: string('2+', optional),
      matchingAcls: array({
        errorCode: int16('2+'),
        errorMessage: string('2+', optional),
        resourceType: int8('2+'),
        resourceName: string('2+'),
        patternType: int8('2+'),
        ...entry,
      })('2+'),
    })('2+'),
  }),
} satisfies Api

export const SECURITY_DISABLED = 54

export const Resource = { topic: 2, group: 3 } as const
export const Operation = { all: 2, read: 3, delete: 6, describe: 8 } as const
export const Permission = { deny: 2, allow: 3 } as const
export const LITERAL = 3
