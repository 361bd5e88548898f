// DescribeClientQuotas and AlterClientQuotas (keys 48 and 49, KIP-546): how much users, clients and addresses may send.

import { array, bool, float64, type Infer, int8, int16, int32, message, string } from '../schema.js'

const nullable = string('0+', { nullable: '0+' })
const entity = array({ entityType: string('0+'), entityName: nullable })('0+')

export const describeClientQuotasRequest = message('DescribeClientQuotasRequest', '0-1', '1+', {
  components: array({
    entityType: string('0+'),
    matchType: int8('0+'),
    match: nullable,
  })('0+'),
  strict: bool('0+'),
})

export const describeClientQuotasResponse = message('DescribeClientQuotasResponse', '0-1', '1+', {
  throttleTimeMs: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: nullable,
  entries: array({
    entity,
    values: array({ key: string('0+'), value: float64('0+') })('0+'),
  })('0+', { nullable: '0+' }),
})

export const alterClientQuotasRequest = message('AlterClientQuotasRequest', '0-1', '1+', {
  entries: array({
    entity,
    ops: array({ key: string('0+'), value: float64('0+'), remove: bool('0+') })('0+'),
  })('0+'),
  validateOnly: bool('0+'),
})

export const alterClientQuotasResponse = message('AlterClientQuotasResponse', '0-1', '1+', {
  throttleTimeMs: int32('0+'),
  entries: array({
    errorCode: int16('0+'),
    errorMessage: nullable,
    entity,
  })('0+'),
})

export type DescribeClientQuotasRequest = Infer<typeof describeClientQuotasRequest>
export type DescribeClientQuotasResponse = Infer<typeof describeClientQuotasResponse>
export type AlterClientQuotasRequest = Infer<typeof alterClientQuotasRequest>
export type AlterClientQuotasResponse = Infer<typeof alterClientQuotasResponse>
