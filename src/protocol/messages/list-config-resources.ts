// ListConfigResources (key 74, KIP-1142), which was ListClientMetricsResources in v0 (KIP-714): what has settings.

import { array, type Infer, int8, int16, int32, message, string } from '../schema.js'

export const listConfigResourcesRequest = message('ListConfigResourcesRequest', '0-1', '0+', {
  resourceTypes: array('int8')('1+'),
})

export const listConfigResourcesResponse = message('ListConfigResourcesResponse', '0-1', '0+', {
  throttleTimeMs: int32('0+'),
  errorCode: int16('0+'),
  configResources: array({
    resourceName: string('0+'),
    // CLIENT_METRICS: what v0 lists.
    resourceType: int8('1+', { default: 16 }),
  })('0+'),
})

export type ListConfigResourcesRequest = Infer<typeof listConfigResourcesRequest>
export type ListConfigResourcesResponse = Infer<typeof listConfigResourcesResponse>
