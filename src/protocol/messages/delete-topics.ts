// DeleteTopics (key 20). v5: error message; v6: by name or by id (KIP-516).

import { array, type Infer, int16, int32, message, string, uuid } from '../schema.js'

export const deleteTopicsRequest = message('DeleteTopicsRequest', '0-6', '4+', {
  topics: array({
    name: string('6+', { nullable: '6+', default: null }),
    topicId: uuid('6+'),
  })('6+'),
  topicNames: array('string')('0-5'),
  timeoutMs: int32('0+'),
})

export const deleteTopicsResponse = message('DeleteTopicsResponse', '0-6', '4+', {
  throttleTimeMs: int32('1+'),
  responses: array({
    name: string('0+', { nullable: '6+' }),
    topicId: uuid('6+'),
    errorCode: int16('0+'),
    errorMessage: string('5+', { nullable: '5+', default: null }),
  })('0+'),
})

export type DeleteTopicsRequest = Infer<typeof deleteTopicsRequest>
export type DeleteTopicsResponse = Infer<typeof deleteTopicsResponse>
