// Produce: what is refused, by which error, and that the rest of the request is kept.

import { ErrorCodes as E, errorName } from '../../src/protocol/errors.js'
import { CONTROL_FLAG, TRANSACTIONAL_FLAG } from '../../src/protocol/records/header.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { batch, OwnTopic, UNKNOWN_ID, withHeader } from '../own-topic.js'

const needs = [madeTopic]
const VALIDATOR = 'LogValidator'
const ANALYZE = 'UnifiedLog.analyzeAndValidateRecords'
const REQUEST = 'ProduceRequest.validateRecords'
const GZIP = 1
const ZSTD = 4

/** The last byte is another one. */
function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8(copy.length - 1) ^ 1, copy.length - 1)
  return copy
}

function withMagic(magic: number): Buffer {
  const bytes = batch(['a'])
  bytes.writeInt8(magic, 16)
  return bytes
}

/** For these all partitions are refused. */
const WHOLE: readonly number[] = [6, 12]

/** Number, what is wrong, the records, the error, where Kafka decides it. */
const WRONG: readonly (readonly [number, string, () => Buffer, number, string])[] = [
  [1, 'a batch whose CRC is not that of its bytes', () => damaged(batch(['a'])), E.CORRUPT_MESSAGE, ANALYZE],
  [2, 'two batches', () => Buffer.concat([batch(['a']), batch(['b'])]), E.INVALID_RECORD, REQUEST],
  [3, 'no batch', () => Buffer.alloc(0), E.INVALID_RECORD, REQUEST],
  [4, 'a batch that is cut off', () => batch(['abc']).subarray(0, -2), E.INVALID_RECORD, REQUEST],
  [5, 'a batch of magic 1', () => withMagic(1), E.INVALID_RECORD, REQUEST],
  [6, 'a batch of magic 3', () => withMagic(3), E.CORRUPT_MESSAGE, 'ByteBufferLogInputStream'],
  [
    7,
    'more records than announced',
    () => withHeader(batch(['a', 'b']), { recordCount: 1 }),
    E.INVALID_RECORD,
    VALIDATOR,
  ],
  [
    8,
    'fewer records than announced',
    () => withHeader(batch(['a']), { recordCount: 2, lastOffsetDelta: 1 }),
    E.INVALID_RECORD,
    VALIDATOR,
  ],
  [9, 'a first offset that is not 0', () => batch(['a'], { baseOffset: 5n }), E.INVALID_RECORD, ANALYZE],
  [10, 'a control batch', () => batch(['a'], { attributes: CONTROL_FLAG }), E.INVALID_RECORD, VALIDATOR],
  [
    11,
    'a producer without a sequence',
    () => batch(['a'], { producerId: 7n, producerEpoch: 0 }),
    E.INVALID_RECORD,
    VALIDATOR,
  ],
  [
    12,
    'a transaction without its id',
    () => batch(['a'], { attributes: TRANSACTIONAL_FLAG, producerId: 7n, producerEpoch: 0, baseSequence: 0 }),
    E.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    REQUEST,
  ],
  [
    13,
    'a codec that there is not',
    () => batch(['a'], { attributes: 5 }),
    E.UNKNOWN_SERVER_ERROR,
    'CompressionType.forId',
  ],
  [
    14,
    'what is not packed as its header says',
    () => batch(['a'], { attributes: GZIP }),
    E.UNKNOWN_SERVER_ERROR,
    VALIDATOR,
  ],
]

const wrong = WRONG.map(
  ([number, what, records, code, source]): Case => ({
    id: `data/produce/refused/${number}`,
    title: `${what}: ${errorName(code)}, and the other partition is ${WHOLE.includes(number) ? 'refused too' : 'kept'}`,
    level: code === E.UNKNOWN_SERVER_ERROR ? 'INFO' : 'MUST',
    source,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene, { partitions: 2 })
      const isWhole = WHOLE.includes(number)
      const [refused, other] = await topic.produceAll([
        [0, records()],
        [1, batch(['good'])],
      ])
      expectMatch('refused', refused, { errorCode: code, baseOffset: -1n, logAppendTimeMs: -1n })
      const [errorCode, end] = isWhole ? [code, 0n] : [E.NONE, 1n]
      expectMatch('the other', other, { errorCode, baseOffset: end - 1n })
      expectMatch('their ends', [await topic.end(0), await topic.end(1)], [0n, end])
    },
  }),
)

export const produceRefusalCases: readonly Case[] = [
  ...wrong,
  {
    id: 'data/produce/size/1',
    title: 'max.message.bytes: a batch of one byte more is refused',
    level: 'MUST',
    source: ANALYZE,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene, { configs: { 'max.message.bytes': '200' } })
      const exact = batch(['x'.repeat(200 - batch(['']).length - 2)])
      expectMatch('size', exact.length, 200)
      expectMatch('as large as allowed', (await topic.produce(exact)).errorCode, E.NONE)
      const larger = batch(['x'.repeat(200 - batch(['']).length - 1)])
      expectMatch('one more', await topic.produce(larger), {
        errorCode: E.MESSAGE_TOO_LARGE,
        baseOffset: -1n,
      })
      expectMatch('its end', await topic.end(), 1n)
    },
  },
  {
    id: 'data/produce/KIP-110/1',
    title: 'v6: zstd is refused',
    level: 'MUST',
    source: 'KIP-110',
    needs,
    uses: { Produce: 6 },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const { errorCode } = await topic.produce(batch(['a'], { attributes: ZSTD }), { version: 6 })
      expectMatch('error', errorCode, E.UNSUPPORTED_COMPRESSION_TYPE)
    },
  },
  {
    id: 'data/produce/unknown/1',
    title: 'v12: an unknown topic and an unknown partition are told, and the rest is kept',
    level: 'MUST',
    source: 'KafkaApis.handleProduceRequest',
    needs,
    uses: { Produce: 12 },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const data = (...indexes: number[]) => indexes.map((index) => ({ index, records: batch(['a']) }))
      const { responses } = await scene.send('Produce', 12, {
        acks: -1,
        timeoutMs: 1000,
        topicData: [
          { name: `${scene.group}-none`, partitionData: data(0) },
          { name: topic.name, partitionData: data(9, 0) },
        ],
      })
      const told = responses.flatMap(({ name, partitionResponses }) =>
        partitionResponses.map(
          ({ index, errorCode }) => [`${name === topic.name}-${index}`, errorCode] as const,
        ),
      )
      expectMatch('errors', Object.fromEntries(told), {
        'false-0': E.UNKNOWN_TOPIC_OR_PARTITION,
        'true-9': E.UNKNOWN_TOPIC_OR_PARTITION,
        'true-0': E.NONE,
      })
    },
  },
  {
    id: 'data/produce/KIP-516/1',
    title: 'v13 goes by topic id: an unknown id, and the zero id, are told',
    level: 'MUST',
    source: 'KIP-516',
    uses: { Produce: 13 },
    async run(scene) {
      for (const topicId of [UNKNOWN_ID, ZERO_UUID]) {
        const topicData = [{ topicId, partitionData: [{ index: 0, records: batch(['a']) }] }]
        const { responses } = await scene.send('Produce', 13, { acks: -1, timeoutMs: 1000, topicData })
        const partitionResponses = [{ index: 0, errorCode: E.UNKNOWN_TOPIC_ID, baseOffset: -1n }]
        expectMatch(topicId, responses, [{ topicId, partitionResponses }])
      }
    },
  },
]
