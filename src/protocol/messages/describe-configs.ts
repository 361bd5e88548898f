// DescribeConfigs (key 32, KIP-133): settings of brokers and topics with their sources. v1: synonyms (KIP-226); v3: types and
// documentation (KIP-569).

import { array, bool, type Infer, int8, int16, int32, message, string } from '../schema.js'

export const describeConfigsRequest = message('DescribeConfigsRequest', '0-4', '4+', {
  resources: array({
    resourceType: int8('0+'),
    resourceName: string('0+'),
    configurationKeys: array('string')('0+', { nullable: '0+' }),
  })('0+'),
  includeSynonyms: bool('1+'),
  includeDocumentation: bool('3+'),
})

export const describeConfigsResponse = message('DescribeConfigsResponse', '0-4', '4+', {
  throttleTimeMs: int32('0+'),
  results: array({
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    resourceType: int8('0+'),
    resourceName: string('0+'),
    configs: array({
      name: string('0+'),
      value: string('0+', { nullable: '0+' }),
      readOnly: bool('0+'),
      isDefault: bool('0'),
      configSource: int8('1+', { default: -1 }),
      isSensitive: bool('0+'),
      synonyms: array({
        name: string('1+'),
        value: string('1+', { nullable: '0+' }),
        source: int8('1+'),
      })('1+'),
      configType: int8('3+'),
      documentation: string('3+', { nullable: '0+' }),
    })('0+'),
  })('0+'),
})

export type DescribeConfigsRequest = Infer<typeof describeConfigsRequest>
export type DescribeConfigsResponse = Infer<typeof describeConfigsResponse>
