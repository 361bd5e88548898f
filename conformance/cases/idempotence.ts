// Idempotent producers (KIP-98, KIP-360): epochs, and the sequence of batches of a producer in a partition.

import { ErrorCodes as E, errorName } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { batch, OwnTopic } from '../own-topic.js'
import { initProducer } from './producer-id.js'

const needs = [madeTopic]
const STATE = 'ProducerStateManager'
const APPEND = 'ProducerAppendInfo.checkSequence'
const MAX_SEQUENCE = 0x7fffffff

/** What a producer does: [epoch, first sequence, records, error, base offset]. */
type Step = readonly [epoch: number, sequence: number, count: number, code: number, offset: number]

interface Script {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly steps: readonly Step[]
}

const REFUSED = -1
const five = [0, 1, 2, 3, 4].map((i): Step => [0, i, 1, E.NONE, i])

const scripts: readonly Script[] = [
  {
    id: 'gap/1',
    title: 'a gap in the sequence is refused, and what comes next in order is kept',
    source: APPEND,
    steps: [
      [0, 0, 2, E.NONE, 0],
      [0, 3, 1, E.OUT_OF_ORDER_SEQUENCE_NUMBER, REFUSED],
      [0, 2, 1, E.NONE, 2],
    ],
  },
  {
    id: 'duplicate/1',
    title: 'a batch that came already is answered with its offset, and not kept again',
    source: STATE,
    steps: [
      [0, 0, 2, E.NONE, 0],
      [0, 0, 2, E.NONE, 0],
      [0, 2, 1, E.NONE, 2],
      [0, 0, 2, E.NONE, 0],
    ],
  },
  {
    id: 'duplicate/2',
    title: 'the last five batches are known again',
    source: 'ProducerStateEntry.NUM_BATCHES_TO_RETAIN',
    steps: [...five, ...five],
  },
  {
    id: 'duplicate/3',
    title: 'the sixth before the end is not known again',
    source: 'ProducerStateEntry.NUM_BATCHES_TO_RETAIN',
    steps: [
      ...five,
      [0, 5, 1, E.NONE, 5],
      [0, 0, 1, E.OUT_OF_ORDER_SEQUENCE_NUMBER, REFUSED],
      [0, 1, 1, E.NONE, 1],
    ],
  },
  {
    id: 'duplicate/4',
    title: 'a batch that begins like a known one and ends elsewhere is no duplicate',
    source: STATE,
    steps: [
      [0, 0, 2, E.NONE, 0],
      [0, 0, 3, E.OUT_OF_ORDER_SEQUENCE_NUMBER, REFUSED],
      [0, 1, 1, E.OUT_OF_ORDER_SEQUENCE_NUMBER, REFUSED],
    ],
  },
  {
    id: 'wrap/1',
    title: 'after 2^31 - 1 the sequence goes on with 0',
    source: APPEND,
    steps: [
      [0, MAX_SEQUENCE, 1, E.NONE, 0],
      [0, 1, 1, E.OUT_OF_ORDER_SEQUENCE_NUMBER, REFUSED],
      [0, 0, 1, E.NONE, 1],
    ],
  },
  {
    id: 'wrap/2',
    title: 'a batch may lie across 2^31 - 1',
    source: 'DefaultRecordBatch.incrementSequence',
    steps: [
      [0, MAX_SEQUENCE - 1, 4, E.NONE, 0],
      [0, 2, 1, E.NONE, 4],
      [0, MAX_SEQUENCE - 1, 4, E.NONE, 0],
    ],
  },
  {
    id: 'KIP-360/1',
    title: 'a producer of which nothing is known may begin anywhere',
    source: 'KIP-360',
    steps: [
      [3, 17, 1, E.NONE, 0],
      [3, 18, 1, E.NONE, 1],
    ],
  },
  {
    id: 'epoch/1',
    title: 'an older epoch is refused',
    source: 'ProducerAppendInfo.checkProducerEpoch',
    steps: [
      [1, 0, 1, E.NONE, 0],
      [0, 1, 1, E.INVALID_PRODUCER_EPOCH, REFUSED],
      [0, 0, 1, E.INVALID_PRODUCER_EPOCH, REFUSED],
      [1, 1, 1, E.NONE, 1],
    ],
  },
  {
    id: 'epoch/2',
    title: 'a new epoch begins with sequence 0, and its first batch is no duplicate',
    source: APPEND,
    steps: [
      [0, 0, 1, E.NONE, 0],
      [0, 1, 1, E.NONE, 1],
      [1, 2, 1, E.OUT_OF_ORDER_SEQUENCE_NUMBER, REFUSED],
      [1, 0, 1, E.NONE, 2],
      [1, 1, 1, E.NONE, 3],
    ],
  },
]

const scripted = scripts.map(
  ({ id, title, source, steps }): Case => ({
    id: `data/idempotence/${id}`,
    title,
    level: 'MUST',
    source,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const producerId = await initProducer(scene)
      let end = 0
      for (const [producerEpoch, baseSequence, count, errorCode, offset] of steps) {
        const values = Array.from({ length: count }, (_, i) => `${i}`)
        const answer = await topic.produce(batch(values, { producerId, producerEpoch, baseSequence }))
        const what = `epoch ${producerEpoch}, ${count} from ${baseSequence}: ${errorName(errorCode)}`
        expectMatch(what, answer, { errorCode, baseOffset: BigInt(offset) })
        end = Math.max(end, offset + (errorCode === E.NONE ? count : 0))
      }
      expectMatch('its end', await topic.end(), BigInt(end))
    },
  }),
)

export const idempotenceCases: readonly Case[] = [
  ...scripted,
  {
    id: 'data/idempotence/partitions/1',
    title: 'each partition counts for itself, and so does each producer',
    level: 'MUST',
    source: STATE,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene, { partitions: 2 })
      for (const producerId of [await initProducer(scene), await initProducer(scene)]) {
        const first = batch(['a'], { producerId, producerEpoch: 0, baseSequence: 0 })
        const told = await topic.produceAll([
          [0, first],
          [1, first],
        ])
        expectMatch('answers', told, [{ errorCode: E.NONE }, { errorCode: E.NONE }])
      }
      expectMatch('their ends', [await topic.end(0), await topic.end(1)], [2n, 2n])
    },
  },
]
