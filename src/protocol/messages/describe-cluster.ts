// DescribeCluster (key 60, KIP-700): the brokers and who controls the cluster. v1: endpoint type; v2: fenced brokers.

import { array, bool, type Infer, int8, int16, int32, message, string } from '../schema.js'

export const describeClusterRequest = message('DescribeClusterRequest', '0-2', '0+', {
  includeClusterAuthorizedOperations: bool('0+'),
  endpointType: int8('1+', { default: 1 }),
  includeFencedBrokers: bool('2+'),
})

export const describeClusterResponse = message('DescribeClusterResponse', '0-2', '0+', {
  throttleTimeMs: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
  endpointType: int8('1+', { default: 1 }),
  clusterId: string('0+'),
  controllerId: int32('0+', { default: -1 }),
  brokers: array({
    brokerId: int32('0+'),
    host: string('0+'),
    port: int32('0+'),
    rack: string('0+', { nullable: '0+', default: null }),
    isFenced: bool('2+'),
  })('0+'),
  clusterAuthorizedOperations: int32('0+', { default: -2147483648 }),
})

export type DescribeClusterRequest = Infer<typeof describeClusterRequest>
export type DescribeClusterResponse = Infer<typeof describeClusterResponse>
