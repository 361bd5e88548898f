// Produce: what is kept, at which offsets, and what the answer tells in each version.

import { gunzipSync, gzipSync } from 'node:zlib'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { encodeRequest } from '../../src/protocol/frame.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import type { Compression } from '../../src/protocol/records/compression.js'
import { LOG_APPEND_TIME_FLAG } from '../../src/protocol/records/header.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { baseOffsets, batch, batchesIn, NOW, OwnTopic } from '../own-topic.js'
import type { Scene } from '../scene.js'

const needs = [madeTopic]
const LOG = 'UnifiedLog.append'
const HANDLER = 'KafkaApis.handleProduceRequest'
/** Where records begin in an answer that does not tell it. */
const UNTOLD = -1n

const versions = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map(
  (version): Case => ({
    id: `data/produce/versions/v${version}`,
    title: `v${version}: a batch is kept, and the answer tells its first offset`,
    level: 'MUST',
    source: HANDLER,
    needs,
    uses: { Produce: version },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      await topic.append(batch(['a', 'b', 'c']))
      expectMatch('answer', await topic.produce(batch(['d']), { version }), {
        errorCode: E.NONE,
        baseOffset: 3n,
        logAppendTimeMs: -1n,
        logStartOffset: version >= 5 ? 0n : UNTOLD,
        recordErrors: [],
        errorMessage: null,
      })
      expectMatch('its end', await topic.end(), 4n)
    },
  }),
)

/** A Produce of acks 0 on a connection of its own, behind which Metadata is asked; the answer that comes first. */
async function unanswered(scene: Scene, topic: OwnTopic, index: number): Promise<string> {
  const client = await scene.open(scene.target.address) // which leads the topic
  const version = scene.usual('Produce')
  const topicData = [{ ...topic.named, partitionData: [{ index, records: batch(['a']) }] }]
  client.write(
    encodeRequest(Apis.Produce, version, 99, 'conformance', { acks: 0, timeoutMs: 5000, topicData }),
  )
  const asked = client.send(Apis.Metadata, scene.usual('Metadata'), { topics: [] })
  return asked.then(
    ({ brokers }) => `Metadata with ${brokers.length > 0 ? 'brokers' : 'none'}`,
    (error: Error) => error.name,
  )
}

export const produceCases: readonly Case[] = [
  ...versions,
  {
    id: 'data/produce/records/1',
    title: 'what was produced is fetched byte by byte, but for base offset and leader epoch',
    level: 'MUST',
    source: LOG,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const headers = [{ key: Buffer.from('h'), value: null }]
      const records = [
        { timestampMs: NOW, key: null, value: null, headers },
        { timestampMs: NOW - 5n, key: Buffer.from('k'), value: Buffer.from('v') },
      ]
      await topic.append(batch(['first']))
      const sent = buildBatch({ records })
      await topic.append(sent)
      const kept = (await topic.fetch(1))?.records ?? Buffer.alloc(0)
      expectMatch('base offset', kept.readBigInt64BE(0), 1n)
      expectMatch('leader epoch', kept.readInt32BE(12), 0)
      expectMatch('length', kept.subarray(8, 12), sent.subarray(8, 12))
      expectMatch('all behind', kept.subarray(16), sent.subarray(16))
    },
  },
  {
    id: 'data/produce/records/2',
    title: 'a compressed batch is kept as it was packed, with an offset for each of its records',
    level: 'MUST',
    source: LOG,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const compression: Compression = {
        compress: (_, bytes) => gzipSync(bytes),
        decompress: (_, bytes) => gunzipSync(bytes),
      }
      const sent = batch(['a', 'b', 'c'], { attributes: 1, compression })
      expectMatch('first', await topic.append(sent), 0n)
      expectMatch('second', await topic.append(sent), 3n)
      const kept = (await topic.fetch(3))?.records ?? Buffer.alloc(0)
      expectMatch('records', kept.subarray(61), sent.subarray(61))
    },
  },
  {
    id: 'data/produce/records/3',
    title: 'offsets are counted per partition',
    level: 'MUST',
    source: LOG,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene, { partitions: 2 })
      const all = [0, 1].map((index) => [index, batch(['a', 'b'])] as const)
      for (const baseOffset of [0n, 2n])
        expectMatch('answers', await topic.produceAll(all), [{ baseOffset }, { baseOffset }])
      expectMatch('batches', baseOffsets(await topic.fetch(0, { partition: 1 })), [0, 2])
    },
  },
  {
    id: 'data/produce/acks/1',
    title: 'acks 1 is answered like acks -1',
    level: 'MUST',
    source: HANDLER,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const answer = await topic.produce(batch(['a']), { acks: 1 })
      expectMatch('answer', answer, { errorCode: E.NONE, baseOffset: 0n, logStartOffset: 0n })
      expectMatch('batches', baseOffsets(await topic.fetch(0)), [0])
    },
  },
  {
    id: 'data/produce/acks/2',
    title: 'acks 0 is not answered, and what it brings is kept',
    level: 'MUST',
    source: HANDLER,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      expectMatch('the next answer', await unanswered(scene, topic, 0), 'Metadata with brokers')
      await scene.until('the batch is kept', async () => (await topic.end()) === 1n)
    },
  },
  {
    id: 'data/produce/acks/3',
    title: 'acks 0 that fails closes the connection, so that the client looks for the leader anew',
    level: 'SHOULD',
    source: HANDLER,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      expectMatch('the next answer', await unanswered(scene, topic, 9), 'ConnectionClosed')
    },
  },
  {
    id: 'data/produce/acks/4',
    title: 'any other acks are refused, and nothing is kept',
    level: 'MUST',
    source: 'ReplicaManager.appendRecords',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      for (const acks of [2, -2]) {
        const answer = await topic.produce(batch(['a']), { acks })
        expectMatch(`acks ${acks}`, answer, { errorCode: E.INVALID_REQUIRED_ACKS, baseOffset: -1n })
      }
      expectMatch('its end', await topic.end(), 0n)
    },
  },
  {
    id: 'data/produce/replicas/1',
    title: 'min.insync.replicas above the number of replicas refuses nothing',
    level: 'INFO',
    source: 'Partition.effectiveMinIsr',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene, { configs: { 'min.insync.replicas': '2' } })
      for (const acks of [-1, 1])
        expectMatch(`acks ${acks}`, (await topic.produce(batch(['a']), { acks })).errorCode, E.NONE)
    },
  },
  {
    id: 'data/produce/append-time/1',
    title: 'a topic of append times stamps the batch, and the answer tells the time',
    level: 'MUST',
    source: 'KIP-32',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene, { configs: { 'message.timestamp.type': 'LogAppendTime' } })
      const { errorCode, logAppendTimeMs } = await topic.produce(batch(['a', 'b']))
      expectMatch('error', errorCode, E.NONE)
      expectMatch('a time of about now', logAppendTimeMs > NOW - 86_400_000n, true)
      const [header] = batchesIn((await topic.fetch(0))?.records)
      expectMatch('kept', header, {
        attributes: LOG_APPEND_TIME_FLAG,
        maxTimestampMs: logAppendTimeMs,
        baseTimestampMs: NOW,
      })
    },
  },
  {
    id: 'data/produce/create-time/1',
    title: "what the header says of the newest record's time is put right",
    level: 'SHOULD',
    source: 'LogValidator.validateMessagesAndAssignOffsets',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const { logAppendTimeMs } = await topic.produce(batch(['a', 'b']))
      expectMatch('no append time', logAppendTimeMs, -1n)
      const [header] = batchesIn((await topic.fetch(0))?.records)
      expectMatch('kept', header, { attributes: 0, baseTimestampMs: NOW, maxTimestampMs: NOW + 1n })
    },
  },
  {
    id: 'data/produce/empty/1',
    title: 'a request without topics is answered without topics',
    level: 'SHOULD',
    source: HANDLER,
    async run(scene) {
      const body = { acks: -1, timeoutMs: 1000, topicData: [] }
      expectMatch('answer', await scene.send('Produce', scene.usual('Produce'), body), { responses: [] })
    },
  },
]
