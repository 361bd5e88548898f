// Requests that change settings of one resource, and ask for them.

import { Apis } from '../../src/protocol/apis.js'
import type { RawClient } from './raw-client.js'

export type Change = readonly [name: string, operation: number | undefined, value: string | null]

/** Requests of whichever client a test has at the moment. */
export function configRequests(client: () => RawClient) {
  return {
    /** IncrementalAlterConfigs: error code and message. */
    async alter(type: number, name: string, changes: readonly Change[], validateOnly = false) {
      const configs = changes.map(([config, configOperation, value]) => ({
        name: config,
        configOperation,
        value,
      }))
      const resources = [{ resourceType: type, resourceName: name, configs }]
      const { responses } = await client().send(Apis.IncrementalAlterConfigs, 1, { resources, validateOnly })
      return [responses[0]?.errorCode, responses[0]?.errorMessage]
    },

    /** AlterConfigs: error code and message. */
    async replace(type: number, name: string, values: Record<string, string | null>) {
      const configs = Object.entries(values).map(([config, value]) => ({ name: config, value }))
      const resources = [{ resourceType: type, resourceName: name, configs }]
      const { responses } = await client().send(Apis.AlterConfigs, 2, { resources })
      return [responses[0]?.errorCode, responses[0]?.errorMessage]
    },

    async described(type: number, name: string, configurationKeys: string[] | null = null) {
      const resources = [{ resourceType: type, resourceName: name, configurationKeys }]
      const { results } = await client().send(Apis.DescribeConfigs, 4, { resources, includeSynonyms: true })
      return results[0]!
    },
  }
}
