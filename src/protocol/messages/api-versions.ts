// ApiVersions (key 18): what the broker can do, asked first on every connection. Its response header is always v0,
// and a version the broker does not know is answered in v0 with UNSUPPORTED_VERSION (KIP-35, KIP-511). v3: software name
// and version; features. v5: the cluster and node the client believes to talk to.

import { array, bool, type Infer, int16, int32, int64, message, string } from '../schema.js'

export const apiVersionsRequest = message('ApiVersionsRequest', '0-5', '3+', {
  clientSoftwareName: string('3+'),
  clientSoftwareVersion: string('3+'),
  clusterId: string('5+', { nullable: '5+', default: null }),
  nodeId: int32('5+', { default: -1 }),
})

export const apiVersionsResponse = message('ApiVersionsResponse', '0-5', '3+', {
  errorCode: int16('0+'),
  apiKeys: array({
    apiKey: int16('0+'),
    minVersion: int16('0+'),
    maxVersion: int16('0+'),
  })('0+'),
  throttleTimeMs: int32('1+'),
  supportedFeatures: array({
    name: string('3+'),
    minVersion: int16('3+'),
    maxVersion: int16('3+'),
  })('3+', { tag: 0, tagged: '3+' }),
  finalizedFeaturesEpoch: int64('3+', { default: -1n, tag: 1, tagged: '3+' }),
  finalizedFeatures: array({
    name: string('3+'),
    maxVersionLevel: int16('3+'),
    minVersionLevel: int16('3+'),
  })('3+', { tag: 2, tagged: '3+' }),
  zkMigrationReady: bool('3+', { tag: 3, tagged: '3+' }),
})

export type ApiVersionsRequest = Infer<typeof apiVersionsRequest>
export type ApiVersionsResponse = Infer<typeof apiVersionsResponse>
