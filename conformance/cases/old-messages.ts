// Message sets, which clients before 0.11 speak: converted as they come (Produce v0 to v2) and as they go (Fetch v0 to v3). Kafka 4
// has dropped both, and still advertises the first (KIP-896).

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { writeMessage } from '../../src/protocol/records/message-set.js'
import { type Case, expectMatch } from '../case.js'
import { ConnectionClosed } from '../client.js'
import { madeTopic } from '../needs.js'
import { batch, batchesIn, type Fetched, NOW, OwnTopic } from '../own-topic.js'
import { isKafka4 } from '../target.js'

const needs = [madeTopic]

/** Of magic 0 without a time, of magic 1 with one. */
function messages(magic: number, ...values: readonly string[]): Buffer {
  const timestampMs = magic === 0 ? -1n : NOW
  const each = values.map((value, i) => {
    return writeMessage({
      offset: BigInt(i),
      magic,
      attributes: 0,
      timestampMs,
      key: null,
      value: Buffer.from(value),
    })
  })
  return Buffer.concat(each)
}

const produced = [0, 1, 2].map(
  (version): Case => ({
    id: `data/produce/versions/v${version}`,
    title: `v${version}: messages are kept as one batch, unless the broker has dropped the version and closes the connection`,
    level: 'SHOULD',
    source: 'LogValidator.convertAndAssignOffsetsNonCompressed',
    needs,
    uses: { Produce: version },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const magic = version < 2 ? 0 : 1
      const asked = topic.produce(messages(magic, 'a', 'b'), { version })
      const told = await asked.catch((error: Error) => error)
      if (told instanceof ConnectionClosed && isKafka4(scene.target)) return
      expectMatch('answer', told, { errorCode: E.NONE, baseOffset: 0n, logAppendTimeMs: -1n })
      const baseTimestampMs = magic === 0 ? -1n : NOW
      const [kept, more] = batchesIn((await topic.fetch(0))?.records)
      expectMatch('kept', kept, {
        magic: 2,
        recordCount: 2,
        baseTimestampMs,
        maxTimestampMs: baseTimestampMs,
      })
      expectMatch('one batch', more, undefined)
    },
  }),
)

/** The oldest versions get messages of the format of their time (KIP-31, KIP-32). */
const converted = [0, 1, 2, 3].map(
  (version): Case => ({
    id: `data/fetch/versions/v${version}`,
    title: `v${version}: records come as messages of magic ${version < 2 ? 0 : 1}`,
    level: 'SHOULD',
    source: 'LazyDownConversionRecords',
    needs,
    uses: { Fetch: version },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      await topic.append(batch(['a', 'b']))
      const { errorCode, highWatermark, records } = (await topic.fetch(0, {}, {}, version)) as Fetched
      expectMatch('answer', [errorCode, highWatermark], [E.NONE, 2n])
      const offsets: number[] = []
      const magics = new Set<number>()
      // Kafka fills up what it announced before it converted, with what no client takes for a message.
      for (let at = 0, next: number; records && at + 17 <= records.length; at = next) {
        next = at + 12 + records.readInt32BE(at + 8)
        if (next > records.length) break
        offsets.push(Number(records.readBigInt64BE(at)))
        magics.add(records.readInt8(at + 16))
      }
      expectMatch('messages', [offsets, [...magics]], [[0, 1], [version < 2 ? 0 : 1]])
    },
  }),
)

export const oldMessageCases: readonly Case[] = [...produced, ...converted]
