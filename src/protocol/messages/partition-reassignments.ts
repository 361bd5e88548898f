// AlterPartitionReassignments and ListPartitionReassignments (keys 45 and 46, KIP-455): partitions moved to other brokers.

import { array, bool, type Infer, int16, int32, message, string } from '../schema.js'

const timeoutMs = int32('0+', { default: 60_000 })
const failure = {
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
}

export const alterPartitionReassignmentsRequest = message('AlterPartitionReassignmentsRequest', '0-1', '0+', {
  timeoutMs,
  allowReplicationFactorChange: bool('1+', { default: true }),
  topics: array({
    name: string('0+'),
    partitions: array({
      partitionIndex: int32('0+'),
      replicas: array('int32')('0+', { nullable: '0+', default: null }),
    })('0+'),
  })('0+'),
})

export const alterPartitionReassignmentsResponse = message(
  'AlterPartitionReassignmentsResponse',
  '0-1',
  '0+',
  {
    throttleTimeMs: int32('0+'),
    allowReplicationFactorChange: bool('1+', { default: true }),
    ...failure,
    responses: array({
      name: string('0+'),
      partitions: array({ partitionIndex: int32('0+'), ...failure })('0+'),
    })('0+'),
  },
)

export const listPartitionReassignmentsRequest = message('ListPartitionReassignmentsRequest', '0', '0+', {
  timeoutMs,
  topics: array({
    name: string('0+'),
    partitionIndexes: array('int32')('0+'),
  })('0+', { nullable: '0+', default: null }),
})

export const listPartitionReassignmentsResponse = message('ListPartitionReassignmentsResponse', '0', '0+', {
  throttleTimeMs: int32('0+'),
  ...failure,
  topics: array({
    name: string('0+'),
    partitions: array({
      partitionIndex: int32('0+'),
      replicas: array('int32')('0+'),
      addingReplicas: array('int32')('0+'),
      removingReplicas: array('int32')('0+'),
    })('0+'),
  })('0+'),
})

export type AlterPartitionReassignmentsRequest = Infer<typeof alterPartitionReassignmentsRequest>
export type AlterPartitionReassignmentsResponse = Infer<typeof alterPartitionReassignmentsResponse>
