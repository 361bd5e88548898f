// AlterConfigs (key 33, KIP-133): the settings of a resource replaced as a whole. Superseded by IncrementalAlterConfigs.

import { array, bool, type Infer, int8, int16, int32, message, string } from '../schema.js'

export const alterConfigsRequest = message('AlterConfigsRequest', '0-2', '2+', {
  resources: array({
    resourceType: int8('0+'),
    resourceName: string('0+'),
    configs: array({
      name: string('0+'),
      value: string('0+', { nullable: '0+' }),
    })('0+'),
  })('0+'),
  validateOnly: bool('0+'),
})

export const alterConfigsResponse = message('AlterConfigsResponse', '0-2', '2+', {
  throttleTimeMs: int32('0+'),
  responses: array({
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    resourceType: int8('0+'),
    resourceName: string('0+'),
  })('0+'),
})

export type AlterConfigsRequest = Infer<typeof alterConfigsRequest>
export type AlterConfigsResponse = Infer<typeof alterConfigsResponse>
