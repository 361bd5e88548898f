// CreateTopics (key 19). v1: validateOnly; v4: broker defaults (KIP-464); v5: the configuration in the answer (KIP-525); v7: topic id.

import { array, bool, type Infer, int8, int16, int32, message, string, uuid } from '../schema.js'

export const createTopicsRequest = message('CreateTopicsRequest', '0-7', '5+', {
  topics: array({
    name: string('0+'),
    numPartitions: int32('0+'),
    replicationFactor: int16('0+'),
    assignments: array({
      partitionIndex: int32('0+'),
      brokerIds: array('int32')('0+'),
    })('0+'),
    configs: array({
      name: string('0+'),
      value: string('0+', { nullable: '0+' }),
    })('0+'),
  })('0+'),
  timeoutMs: int32('0+', { default: 60000 }),
  validateOnly: bool('1+'),
})

export const createTopicsResponse = message('CreateTopicsResponse', '0-7', '5+', {
  throttleTimeMs: int32('2+'),
  topics: array({
    name: string('0+'),
    topicId: uuid('7+'),
    errorCode: int16('0+'),
    errorMessage: string('1+', { nullable: '0+' }),
    topicConfigErrorCode: int16('5+', { tag: 0, tagged: '5+' }),
    numPartitions: int32('5+', { default: -1 }),
    replicationFactor: int16('5+', { default: -1 }),
    configs: array({
      name: string('5+'),
      value: string('5+', { nullable: '5+' }),
      readOnly: bool('5+'),
      configSource: int8('5+', { default: -1 }),
      isSensitive: bool('5+'),
    })('5+', { nullable: '5+' }),
  })('0+'),
})

export type CreateTopicsRequest = Infer<typeof createTopicsRequest>
export type CreateTopicsResponse = Infer<typeof createTopicsResponse>
