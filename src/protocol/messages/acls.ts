// DescribeAcls, CreateAcls, DeleteAcls (keys 29 to 31, KIP-140): who may do what. v1: pattern types (KIP-290).

import { array, type Infer, int8, int16, int32, message, string } from '../schema.js'

/** LITERAL: what v0 means. */
const patternType = int8('1+', { default: 3 })
const nullable = string('0+', { nullable: '0+' })

const filter = {
  resourceTypeFilter: int8('0+'),
  resourceNameFilter: nullable,
  patternTypeFilter: patternType,
  principalFilter: nullable,
  hostFilter: nullable,
  operation: int8('0+'),
  permissionType: int8('0+'),
}

const entry = {
  principal: string('0+'),
  host: string('0+'),
  operation: int8('0+'),
  permissionType: int8('0+'),
}

export const describeAclsRequest = message('DescribeAclsRequest', '0-3', '2+', filter)

export const describeAclsResponse = message('DescribeAclsResponse', '0-3', '2+', {
  throttleTimeMs: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: nullable,
  resources: array({
    resourceType: int8('0+'),
    resourceName: string('0+'),
    patternType,
    acls: array(entry)('0+'),
  })('0+'),
})

export const createAclsRequest = message('CreateAclsRequest', '0-3', '2+', {
  creations: array({
    resourceType: int8('0+'),
    resourceName: string('0+'),
    resourcePatternType: patternType,
    ...entry,
  })('0+'),
})

export const createAclsResponse = message('CreateAclsResponse', '0-3', '2+', {
  throttleTimeMs: int32('0+'),
  results: array({
    errorCode: int16('0+'),
    errorMessage: nullable,
  })('0+'),
})

export const deleteAclsRequest = message('DeleteAclsRequest', '0-3', '2+', {
  filters: array(filter)('0+'),
})

export const deleteAclsResponse = message('DeleteAclsResponse', '0-3', '2+', {
  throttleTimeMs: int32('0+'),
  filterResults: array({
    errorCode: int16('0+'),
    errorMessage: nullable,
    matchingAcls: array({
      errorCode: int16('0+'),
      errorMessage: nullable,
      resourceType: int8('0+'),
      resourceName: string('0+'),
      patternType,
      ...entry,
    })('0+'),
  })('0+'),
})

export type CreateAclsRequest = Infer<typeof createAclsRequest>
export type DeleteAclsRequest = Infer<typeof deleteAclsRequest>
