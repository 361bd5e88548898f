// DescribeTopicPartitions (KIP-966): topics in order of name, page by page; and DescribeLogDirs, which tells what partitions take.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { batch, OwnTopic } from '../own-topic.js'
import type { Scene } from '../scene.js'

const needs = [madeTopic]
const uses = { DescribeTopicPartitions: 0 }
const KIP = 'KIP-966'

interface Page {
  /** topic -> its partitions. */
  readonly topics: readonly (readonly [string | null, readonly number[]])[]
  readonly nextCursor: { readonly topicName: string; readonly partitionIndex: number } | null
}

async function page(scene: Scene, names: readonly string[], limit = 2000, cursor: Page['nextCursor'] = null) {
  const body = { topics: names.map((name) => ({ name })), responsePartitionLimit: limit, cursor }
  const { topics, nextCursor } = await scene.send('DescribeTopicPartitions', 0, body)
  const told = topics.map(
    ({ name, partitions }) => [name, partitions.map((each) => each.partitionIndex)] as const,
  )
  return { topics: told, nextCursor }
}

/** Two topics, of three partitions and of two. */
async function two(scene: Scene): Promise<[string, string]> {
  const a = await OwnTopic.make(scene, { partitions: 3, name: 'a' })
  const b = await OwnTopic.make(scene, { partitions: 2, name: 'b' })
  return [a.name, b.name]
}

const dirs = [0, 1, 2, 3, 4, 5].map(
  (version): Case => ({
    id: `topics/log-dirs/versions/v${version}`,
    title: `v${version}: how many bytes each partition takes`,
    level: 'SHOULD',
    source: 'KIP-113',
    needs,
    uses: { DescribeLogDirs: version },
    async run(scene) {
      const topic = await OwnTopic.make(scene, { partitions: 2 })
      const bytes = batch(['x'.repeat(500)])
      for (let i = 0; i < 2; i++) await topic.append(bytes, 1)
      const topics = [{ topic: topic.name, partitions: [0, 1] }]
      const { errorCode, results } = await scene.send('DescribeLogDirs', version, { topics })
      expectMatch('errors', [errorCode, results.map((each) => each.errorCode)], [E.NONE, [E.NONE]])
      const [dir] = results
      const partitions = dir?.topics.flatMap((each) => each.partitions) ?? []
      const sizes = new Map(partitions.map((each) => [each.partitionIndex, each]))
      expectMatch('empty', sizes.get(0), { partitionSize: 0n, offsetLag: 0n, isFutureKey: false })
      expectMatch('two batches', sizes.get(1)?.partitionSize, BigInt(2 * bytes.length))
      const { totalBytes = 0n, usableBytes = 0n } = dir ?? {}
      expectMatch(
        'room',
        version >= 4 ? totalBytes >= usableBytes && usableBytes > 0n : totalBytes === -1n,
        true,
      )
    },
  }),
)

export const topicPageCases: readonly Case[] = [
  ...dirs,
  {
    id: 'topics/log-dirs/unknown/1',
    title: 'an unknown topic and an unknown partition are left out',
    level: 'SHOULD',
    source: 'ReplicaManager.describeLogDirs',
    needs,
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      const topics = [
        { topic: name, partitions: [0, 9] },
        { topic: `${scene.group}-none`, partitions: [0] },
      ]
      const { results } = await scene.send('DescribeLogDirs', scene.usual('DescribeLogDirs'), { topics })
      const told = results.flatMap((each) => each.topics)
      expectMatch('topics', told, [{ name, partitions: [{ partitionIndex: 0 }] }])
    },
  },
  {
    id: 'topics/pages/KIP-966/1',
    title: 'a topic is described with its partitions',
    level: 'MUST',
    source: KIP,
    needs,
    uses,
    async run(scene) {
      const { name, id } = await OwnTopic.make(scene)
      const { topics, nextCursor } = await scene.send('DescribeTopicPartitions', 0, { topics: [{ name }] })
      const { nodeId } = scene.target
      const partition = {
        partitionIndex: 0,
        leaderId: nodeId,
        leaderEpoch: 0,
        replicaNodes: [nodeId],
        isrNodes: [nodeId],
      }
      const partitions = [{ ...partition, errorCode: E.NONE, offlineReplicas: [] }]
      expectMatch('topic', topics, [{ errorCode: E.NONE, name, topicId: id, isInternal: false, partitions }])
      expectMatch('no more', nextCursor, null)
    },
  },
  {
    id: 'topics/pages/KIP-966/2',
    title: 'topics come in order of name, each once',
    level: 'MUST',
    source: KIP,
    needs,
    uses,
    async run(scene) {
      const [a, b] = await two(scene)
      const told = await page(scene, [b, a, b])
      expectMatch('topics', told.topics, [
        [a, [0, 1, 2]],
        [b, [0, 1]],
      ])
    },
  },
  {
    id: 'topics/pages/KIP-966/3',
    title: 'at most so many partitions come, and the cursor tells where it goes on',
    level: 'MUST',
    source: KIP,
    needs,
    uses,
    async run(scene) {
      const [a, b] = await two(scene)
      const first = await page(scene, [a, b], 2)
      expectMatch('first', first, { topics: [[a, [0, 1]]], nextCursor: { topicName: a, partitionIndex: 2 } })
      const second = await page(scene, [a, b], 2, first.nextCursor)
      const rest = [
        [a, [2]],
        [b, [0]],
      ]
      expectMatch('second', second, { topics: rest, nextCursor: { topicName: b, partitionIndex: 1 } })
      const third = await page(scene, [a, b], 2, second.nextCursor)
      expectMatch('third', third, { topics: [[b, [1]]], nextCursor: null })
    },
  },
  {
    id: 'topics/pages/KIP-966/4',
    title: 'a page may end with a topic; the cursor then names the next one',
    level: 'SHOULD',
    source: KIP,
    needs,
    uses,
    async run(scene) {
      const [a, b] = await two(scene)
      const first = await page(scene, [a, b], 3)
      expectMatch('first', first, {
        topics: [[a, [0, 1, 2]]],
        nextCursor: { topicName: b, partitionIndex: 0 },
      })
    },
  },
  {
    id: 'topics/pages/KIP-966/5',
    title: 'a cursor at a topic that is not asked for, or at a partition below 0, is refused',
    level: 'SHOULD',
    source: 'DescribeTopicPartitionsRequestHandler',
    needs,
    uses,
    async run(scene) {
      const [a, b] = await two(scene)
      for (const cursor of [
        { topicName: `${a}a`, partitionIndex: 0 },
        { topicName: a, partitionIndex: -2 },
      ]) {
        const topics = [a, b].map((name) => ({ name }))
        const answer = await scene.send('DescribeTopicPartitions', 0, { topics, cursor })
        const refused = { errorCode: E.INVALID_REQUEST, partitions: [] }
        expectMatch('topics', answer.topics, [refused, refused])
      }
    },
  },
  {
    id: 'topics/pages/KIP-966/6',
    title: 'a limit below 1 is 1',
    level: 'INFO',
    source: 'DescribeTopicPartitionsRequestHandler',
    needs,
    uses,
    async run(scene) {
      const [a] = await two(scene)
      for (const limit of [0, -5]) expectMatch(`${limit}`, (await page(scene, [a], limit)).topics, [[a, [0]]])
    },
  },
  {
    id: 'topics/pages/unknown/1',
    title: 'an unknown topic, and a name that no topic can have, are told',
    level: 'MUST',
    source: 'DescribeTopicPartitionsRequestHandler',
    uses,
    async run(scene) {
      const names = [`${scene.group}-none`, 'a b']
      const { topics } = await scene.send('DescribeTopicPartitions', 0, {
        topics: names.map((name) => ({ name })),
      })
      const codes = new Map(topics.map(({ name, errorCode }) => [name, errorCode]))
      const expected = [E.UNKNOWN_TOPIC_OR_PARTITION, E.INVALID_TOPIC_EXCEPTION]
      expectMatch(
        'errors',
        names.map((name) => codes.get(name)),
        expected,
      )
    },
  },
]
