// FindCoordinator (key 10): which broker coordinates a group or transaction. v1: key type; v4: several keys (KIP-699);
// v6: share coordinators (KIP-932).

import { array, type Infer, int8, int16, int32, message, string } from '../schema.js'

export const findCoordinatorRequest = message('FindCoordinatorRequest', '0-6', '3+', {
  key: string('0-3'),
  keyType: int8('1+'),
  coordinatorKeys: array('string')('4+'),
})

export const findCoordinatorResponse = message('FindCoordinatorResponse', '0-6', '3+', {
  throttleTimeMs: int32('1+'),
  errorCode: int16('0-3'),
  errorMessage: string('1-3', { nullable: '1-3' }),
  nodeId: int32('0-3'),
  host: string('0-3'),
  port: int32('0-3'),
  coordinators: array({
    key: string('4+'),
    nodeId: int32('4+'),
    host: string('4+'),
    port: int32('4+'),
    errorCode: int16('4+'),
    errorMessage: string('4+', { nullable: '4+' }),
  })('4+'),
})

export type FindCoordinatorRequest = Infer<typeof findCoordinatorRequest>
export type FindCoordinatorResponse = Infer<typeof findCoordinatorResponse>
