// Metadata and DescribeCluster: brokers and topics as clients see them, by name and by id, and topics made by being asked for.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { type Case, expectMatch } from '../case.js'
import { config, madeTopic } from '../needs.js'
import { OwnTopic, UNKNOWN_ID } from '../own-topic.js'
import type { Scene } from '../scene.js'

const needs = [madeTopic]
const HANDLER = 'KafkaApis.handleTopicMetadataRequest'
const NOT_ASKED_FOR = -(2 ** 31)
const autoCreates = config('auto.create.topics.enable', (value) => value !== 0, 'true')

/** What is told of one topic, and of none other. */
async function ask(scene: Scene, asked: object, version = scene.usual('Metadata'), more: object = {}) {
  const body = { topics: [asked], allowAutoTopicCreation: false, ...more }
  const { topics } = await scene.send('Metadata', version, body)
  expectMatch('topics', topics.length, 1)
  return topics[0]
}

const versions = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map(
  (version): Case => ({
    id: `topics/metadata/versions/v${version}`,
    title: `v${version}: the brokers, and the partitions of a topic with their leader`,
    level: 'MUST',
    source: HANDLER,
    needs,
    uses: { Metadata: version },
    async run(scene) {
      const own = await OwnTopic.make(scene, { partitions: 2 })
      const { nodeId } = scene.target
      const body = { topics: [{ name: own.name }], allowAutoTopicCreation: false }
      const { brokers, clusterId, controllerId, topics, ...rest } = await scene.send(
        'Metadata',
        version,
        body,
      )
      const [topic] = topics
      expectMatch('topic', topic, { errorCode: E.NONE, name: own.name, isInternal: false })
      expectMatch('its id', topic?.topicId, version >= 10 ? own.id : ZERO_UUID)
      const partitions = [...(topic?.partitions ?? [])].sort((a, b) => a.partitionIndex - b.partitionIndex)
      const led = { errorCode: E.NONE, leaderId: nodeId, replicaNodes: [nodeId], isrNodes: [nodeId] }
      const leaderEpoch = version >= 7 ? 0 : -1
      const expected = [0, 1].map((partitionIndex) => ({
        ...led,
        partitionIndex,
        leaderEpoch,
        offlineReplicas: [],
      }))
      expectMatch('partitions', partitions, expected)
      expectMatch(
        'this broker',
        brokers.some((each) => each.nodeId === nodeId && each.port > 0),
        true,
      )
      expectMatch('cluster id', version < 2 ? clusterId === null : /^[\w-]{22}$/.test(clusterId ?? ''), true)
      expectMatch('controller', version < 1 || brokers.some((each) => each.nodeId === controllerId), true)
      expectMatch('operations', topic?.topicAuthorizedOperations, NOT_ASKED_FOR)
      expectMatch('rest', rest, { errorCode: E.NONE, clusterAuthorizedOperations: NOT_ASKED_FOR })
    },
  }),
)

const clusters = [0, 1, 2].map(
  (version): Case => ({
    id: `topics/cluster/versions/v${version}`,
    title: `v${version}: the brokers are described`,
    level: 'MUST',
    source: 'KIP-700',
    uses: { DescribeCluster: version },
    async run(scene) {
      const { nodeId: brokerId } = scene.target
      const answer = await scene.send('DescribeCluster', version, {})
      expectMatch('answer', answer, { errorCode: E.NONE, errorMessage: null, endpointType: 1 })
      expectMatch('cluster id', answer.clusterId, /^[\w-]{22}$/)
      const [broker] = answer.brokers.filter((each) => each.brokerId === brokerId)
      expectMatch('this broker', broker, { brokerId, rack: null, isFenced: false })
      expectMatch('operations', answer.clusterAuthorizedOperations, NOT_ASKED_FOR)
      const more = await scene.send('DescribeCluster', version, { includeClusterAuthorizedOperations: true })
      expectMatch('operations that are asked for', more.clusterAuthorizedOperations > 0, true)
    },
  }),
)

/** Names that no topic can have (Topic.validate). */
const INVALID = ['', '.', '..', 'a b', 'ä', 'x'.repeat(250), 'a/b']

export const metadataCases: readonly Case[] = [
  ...versions,
  ...clusters,
  {
    id: 'topics/metadata/all/1',
    title: 'no list of topics means all, an empty one none; in v0 the empty one means all',
    level: 'MUST',
    source: HANDLER,
    needs,
    uses: { Metadata: 0 },
    async run(scene) {
      const own = await OwnTopic.make(scene)
      const isTold = async (version: number, topics: [] | null) => {
        const answer = await scene.send('Metadata', version, { topics })
        return [answer.topics.some(({ name }) => name === own.name), answer.topics.length > 0]
      }
      const newest = scene.usual('Metadata')
      expectMatch('null', await isTold(newest, null), [true, true])
      expectMatch('empty', await isTold(newest, []), [false, false])
      expectMatch('empty, v1', await isTold(1, []), [false, false])
      expectMatch('empty, v0', await isTold(0, []), [true, true])
    },
  },
  {
    id: 'topics/metadata/unknown/1',
    title: 'an unknown topic is told, and is not made where that is not allowed',
    level: 'MUST',
    source: HANDLER,
    async run(scene) {
      const name = `${scene.group}-none`
      const expected = { errorCode: E.UNKNOWN_TOPIC_OR_PARTITION, name, topicId: ZERO_UUID, partitions: [] }
      for (let i = 0; i < 2; i++) expectMatch('topic', await ask(scene, { name }), expected)
    },
  },
  {
    id: 'topics/metadata/auto-creation/1',
    title: 'an unknown topic is made when it is asked for, with num.partitions',
    level: 'MUST',
    source: 'AutoTopicCreationManager.createTopics',
    needs: [...needs, autoCreates],
    async run(scene) {
      const name = `${scene.group}-auto`
      scene.target.made.add(name)
      const first = await ask(scene, { name }, undefined, { allowAutoTopicCreation: true })
      const { errorCode } = first ?? {}
      expectMatch(
        'not yet',
        errorCode === E.UNKNOWN_TOPIC_OR_PARTITION || errorCode === E.LEADER_NOT_AVAILABLE,
        true,
      )
      await scene.until('it is there', async () => (await ask(scene, { name }))?.errorCode === E.NONE)
      const count = Number(scene.target.settings.get('num.partitions') ?? 1)
      expectMatch('partitions', (await ask(scene, { name }))?.partitions.length, count)
    },
  },
  {
    id: 'topics/metadata/auto-creation/2',
    title: 'a name that no topic can have is told, and the rest of the request is answered',
    level: 'MUST',
    source: 'Topic.validate',
    needs,
    async run(scene) {
      const own = await OwnTopic.make(scene)
      const { topics } = await scene.send('Metadata', scene.usual('Metadata'), {
        topics: [own.name, ...INVALID].map((name) => ({ name })),
        allowAutoTopicCreation: true,
      })
      const codes = new Map(topics.map(({ name, errorCode }) => [name, errorCode]))
      expectMatch('the rest', codes.get(own.name), E.NONE)
      for (const name of INVALID) expectMatch(`'${name}'`, codes.get(name), E.INVALID_TOPIC_EXCEPTION)
    },
  },
  {
    id: 'topics/metadata/twice/1',
    title: 'a topic that is named twice is told once',
    level: 'SHOULD',
    source: HANDLER,
    needs,
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      const { topics } = await scene.send('Metadata', scene.usual('Metadata'), {
        topics: [{ name }, { name }],
      })
      expectMatch('topics', topics, [{ name, errorCode: E.NONE }])
    },
  },
  {
    id: 'topics/metadata/KIP-516/1',
    title: 'v12: a topic is asked for by its id; an unknown id is told without a name',
    level: 'MUST',
    source: 'KIP-516',
    needs,
    uses: { Metadata: 12 },
    async run(scene) {
      const { name, id } = await OwnTopic.make(scene)
      const found = await ask(scene, { topicId: id, name: null }, 12)
      expectMatch('known', found, {
        errorCode: E.NONE,
        name,
        topicId: id,
        partitions: [{ partitionIndex: 0 }],
      })
      const none = await ask(scene, { topicId: UNKNOWN_ID, name: null }, 12)
      expectMatch('unknown', none, { errorCode: E.UNKNOWN_TOPIC_ID, name: null, topicId: UNKNOWN_ID })
    },
  },
  {
    id: 'topics/metadata/KIP-516/2',
    title: 'v10 and v11 have a place for ids and refuse them',
    level: 'SHOULD',
    source: 'KIP-516',
    needs,
    uses: { Metadata: 11 },
    async run(scene) {
      const { id } = await OwnTopic.make(scene)
      for (const version of [10, 11]) {
        const told = await ask(scene, { topicId: id, name: null }, version)
        expectMatch(`v${version}`, told, { errorCode: E.INVALID_REQUEST, partitions: [] })
      }
    },
  },
  {
    id: 'topics/metadata/KIP-430/1',
    title: 'v8: what may be done is told when it is asked for',
    level: 'SHOULD',
    source: 'KIP-430',
    needs,
    uses: { Metadata: 8 },
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      const body = {
        topics: [{ name }],
        includeClusterAuthorizedOperations: true,
        includeTopicAuthorizedOperations: true,
      }
      const { topics, clusterAuthorizedOperations } = await scene.send('Metadata', 8, body)
      const told = topics[0]?.topicAuthorizedOperations ?? NOT_ASKED_FOR
      // READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS
      expectMatch('of the topic', told, 0b110111111000)
      expectMatch('of the cluster', clusterAuthorizedOperations > 0, true)
    },
  },
  {
    id: 'topics/cluster/KIP-919/1',
    title: 'v1: brokers are not asked for controllers',
    level: 'SHOULD',
    source: 'KIP-919',
    uses: { DescribeCluster: 1 },
    async run(scene) {
      for (const [endpointType, code] of [
        [2, E.MISMATCHED_ENDPOINT_TYPE],
        [3, E.UNSUPPORTED_ENDPOINT_TYPE],
      ] as const) {
        const answer = await scene.send('DescribeCluster', 1, { endpointType })
        expectMatch(`type ${endpointType}`, [answer.errorCode, answer.brokers], [code, []])
      }
    },
  },
]
