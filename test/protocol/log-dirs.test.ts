// DescribeLogDirs, as it is on the wire: answers of running brokers (v0 of Apache Kafka 3.9.1, else 4.4.0) to a request for
// two partitions of one topic, with another name for the directory.

import { expect, it } from 'vitest'
import { Apis } from '../../src/protocol/apis.js'
import { codec } from '../../src/protocol/compile.js'
import { Reader, Writer } from '../../src/protocol/wire.js'

const ANSWERS: readonly [number, string][] = [
  [
    0,
    '0000000000000001000000062f6b61666b6100000001000e646573637269626564746f70696300000002000000000000000000000000000000000000000000000000010000000000000000000000000000000000',
  ],
  [
    1,
    '0000000000000001000000062f6b61666b6100000001000e646573637269626564746f70696300000002000000010000000000000000000000000000000000000000000000000000000000000000000000000000',
  ],
  [
    2,
    '00000000020000072f6b61666b61020f646573637269626564746f706963030000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
  ],
  [
    3,
    '000000000000020000072f6b61666b61020f646573637269626564746f706963030000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
  ],
  [
    4,
    '000000000000020000072f6b61666b61020f646573637269626564746f706963030000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000003efe39d0000000001336f830000000',
  ],
  [
    5,
    '000000000000020000072f6b61666b61020f646573637269626564746f706963030000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000003efe39d0000000001336f83000000000',
  ],
]

it.each(ANSWERS)('v%i is what Kafka sends', (version, hex) => {
  const { read, write } = codec(Apis.DescribeLogDirs.response, version)
  const reader = new Reader(Buffer.from(hex, 'hex'))
  const decoded = read(reader)
  expect(reader.remaining).toBe(0)
  const [result] = decoded.results
  expect(result).toMatchObject({ errorCode: 0, logDir: '/kafka', isCordoned: false })
  expect(result?.totalBytes).toBe(version < 4 ? -1n : 270_553_174_016n)
  expect(result?.topics[0]?.name).toBe('describedtopic')
  const partitions = result?.topics[0]?.partitions.map(({ partitionIndex }) => partitionIndex)
  expect([...(partitions ?? [])].sort()).toEqual([0, 1])
  const again = new Writer()
  write(again, decoded)
  expect(again.take().toString('hex')).toBe(hex)
})

it.each([
  [0, '000000010001610000000100000005'],
  [2, '02026102000000050000'],
])('v%i asks for what it says', (version, hex) => {
  const { read } = codec(Apis.DescribeLogDirs.request, version)
  const bytes = Buffer.from(hex, 'hex')
  expect(read(new Reader(bytes)).topics).toMatchObject([{ topic: 'a', partitions: [5] }])
})
