// ElectLeaders (key 43, KIP-183): the preferred replica leads again. v1: unclean elections (KIP-460).

import { array, type Infer, int8, int16, int32, message, string } from '../schema.js'

export const electLeadersRequest = message('ElectLeadersRequest', '0-2', '2+', {
  electionType: int8('1+'),
  topicPartitions: array({
    topic: string('0+'),
    partitions: array('int32')('0+'),
  })('0+', { nullable: '0+' }),
  timeoutMs: int32('0+', { default: 60_000 }),
})

export const electLeadersResponse = message('ElectLeadersResponse', '0-2', '2+', {
  throttleTimeMs: int32('0+'),
  errorCode: int16('1+'),
  replicaElectionResults: array({
    topic: string('0+'),
    partitionResult: array({
      partitionId: int32('0+'),
      errorCode: int16('0+'),
      errorMessage: string('0+', { nullable: '0+' }),
    })('0+'),
  })('0+'),
})

export type ElectLeadersRequest = Infer<typeof electLeadersRequest>
export type ElectLeadersResponse = Infer<typeof electLeadersResponse>
