// DescribeLogDirs (key 35, KIP-113): how much each partition takes, by log directory. v3: an error on top; v4: sizes of the volume
// (KIP-827); v5: cordoned directories (KIP-1066).

import { array, bool, type Infer, int16, int32, int64, message, string } from '../schema.js'

export const describeLogDirsRequest = message('DescribeLogDirsRequest', '0-5', '2+', {
  topics: array({
    topic: string('0+'),
    partitions: array('int32')('0+'),
  })('0+', { nullable: '0+' }),
})

export const describeLogDirsResponse = message('DescribeLogDirsResponse', '0-5', '2+', {
  throttleTimeMs: int32('0+'),
  errorCode: int16('3+'),
  results: array({
    errorCode: int16('0+'),
    logDir: string('0+'),
    topics: array({
      name: string('0+'),
      partitions: array({
        partitionIndex: int32('0+'),
        partitionSize: int64('0+'),
        offsetLag: int64('0+'),
        isFutureKey: bool('0+'),
      })('0+'),
    })('0+'),
    totalBytes: int64('4+', { default: -1n }),
    usableBytes: int64('4+', { default: -1n }),
    isCordoned: bool('5+'),
  })('0+'),
})

export type DescribeLogDirsRequest = Infer<typeof describeLogDirsRequest>
export type DescribeLogDirsResponse = Infer<typeof describeLogDirsResponse>
