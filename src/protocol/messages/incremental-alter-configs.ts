// IncrementalAlterConfigs (key 44, KIP-339): settings changed one by one: SET 0, DELETE 1, APPEND 2, SUBTRACT 3.

import { array, bool, type Infer, int8, int16, int32, message, string } from '../schema.js'

export const incrementalAlterConfigsRequest = message('IncrementalAlterConfigsRequest', '0-1', '1+', {
  resources: array({
    resourceType: int8('0+'),
    resourceName: string('0+'),
    configs: array({
      name: string('0+'),
      configOperation: int8('0+'),
      value: string('0+', { nullable: '0+' }),
    })('0+'),
  })('0+'),
  validateOnly: bool('0+'),
})

export const incrementalAlterConfigsResponse = message('IncrementalAlterConfigsResponse', '0-1', '1+', {
  throttleTimeMs: int32('0+'),
  responses: array({
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    resourceType: int8('0+'),
    resourceName: string('0+'),
  })('0+'),
})

export type IncrementalAlterConfigsRequest = Infer<typeof incrementalAlterConfigsRequest>
export type IncrementalAlterConfigsResponse = Infer<typeof incrementalAlterConfigsResponse>
