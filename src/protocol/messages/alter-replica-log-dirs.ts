// AlterReplicaLogDirs (key 34, KIP-113): partitions moved to another directory of the same broker.

import { array, type Infer, int16, int32, message, string } from '../schema.js'

export const alterReplicaLogDirsRequest = message('AlterReplicaLogDirsRequest', '0-2', '2+', {
  dirs: array({
    path: string('0+'),
    topics: array({
      name: string('0+'),
      partitions: array('int32')('0+'),
    })('0+'),
  })('0+'),
})

export const alterReplicaLogDirsResponse = message('AlterReplicaLogDirsResponse', '0-2', '2+', {
  throttleTimeMs: int32('0+'),
  results: array({
    topicName: string('0+'),
    partitions: array({
      partitionIndex: int32('0+'),
      errorCode: int16('0+'),
    })('0+'),
  })('0+'),
})

export type AlterReplicaLogDirsRequest = Infer<typeof alterReplicaLogDirsRequest>
export type AlterReplicaLogDirsResponse = Infer<typeof alterReplicaLogDirsResponse>
