// CreateTopics: what is made, what is refused and by which error, also when it is only asked whether it would be.

import { ErrorCodes as E, errorName } from '../../src/protocol/errors.js'
import type { Draft } from '../../src/protocol/schema.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { type Case, expectMatch } from '../case.js'
import type { RequestOf } from '../connections.js'
import { madeTopic } from '../needs.js'
import { OwnTopic } from '../own-topic.js'
import type { Scene } from '../scene.js'

type Asked = Draft<RequestOf<'CreateTopics'>['topics'][number]>

const needs = [madeTopic]
const CONTROL = 'ReplicationControlManager.createTopics'
const DEFAULT = -1

/** Results in the order of asking; the name of each is that of the case with the suffix that it gives. */
async function create(scene: Scene, asked: readonly Asked[], more: object = {}, version?: number) {
  const topics = asked.map((each) => {
    const name = `${scene.group}-${each.name ?? 'made'}`
    scene.target.made.add(name)
    return { numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...each, name }
  })
  const body = { topics, timeoutMs: 15_000, ...more }
  const answer = await scene.send('CreateTopics', version ?? scene.usual('CreateTopics'), body)
  return topics.map(({ name }) => answer.topics.find((each) => each.name === name))
}

/** Whether there is a topic of this name, once the broker has heard of it. */
async function exists(scene: Scene, suffix = 'made'): Promise<boolean> {
  const body = { topics: [{ name: `${scene.group}-${suffix}` }], allowAutoTopicCreation: false }
  const { topics } = await scene.send('Metadata', scene.usual('Metadata'), body)
  return topics[0]?.errorCode === E.NONE
}

const versions = [0, 1, 2, 3, 4, 5, 6, 7].map(
  (version): Case => ({
    id: `topics/create/versions/v${version}`,
    title: `v${version}: a topic is made as asked`,
    level: 'MUST',
    source: CONTROL,
    needs,
    uses: { CreateTopics: version },
    async run(scene) {
      const configs = [{ name: 'retention.ms', value: '1234567' }]
      const [made] = await create(scene, [{ numPartitions: 2, configs }], {}, version)
      expectMatch('answer', made, { errorCode: E.NONE, topicConfigErrorCode: E.NONE })
      expectMatch('no message', made?.errorMessage || null, null)
      const { numPartitions, replicationFactor } = made ?? {}
      expectMatch('told', [numPartitions, replicationFactor], version >= 5 ? [2, 1] : [DEFAULT, DEFAULT])
      const retention = made?.configs?.find(({ name }) => name === 'retention.ms')
      if (version >= 5)
        expectMatch('config', retention, { value: '1234567', configSource: 1, readOnly: false })
      await scene.until('the topic is there', () => exists(scene))
      const { topics } = await scene.send('Metadata', 12, { topics: [{ name: `${scene.group}-made` }] })
      expectMatch('partitions', topics[0]?.partitions.length, 2)
      expectMatch('its id', made?.topicId, version >= 7 ? topics[0]?.topicId : ZERO_UUID)
    },
  }),
)

const placed = (...lists: readonly number[][]): Asked => ({
  numPartitions: DEFAULT,
  replicationFactor: DEFAULT,
  assignments: lists.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
})
const configured = (name: string, value: string | null): Asked => ({ configs: [{ name, value }] })
const NO_BROKER = 4242

/** Subject and number, what is wrong, the topic, the error. */
const REFUSED: readonly (readonly [string, string, (node: number) => Asked, number])[] = [
  ['name/1', 'a name with a blank', () => ({ name: 'a b' }), E.INVALID_TOPIC_EXCEPTION],
  ['name/2', 'a name of 250 letters', () => ({ name: 'x'.repeat(250) }), E.INVALID_TOPIC_EXCEPTION],
  ['partitions/1', 'no partitions', () => ({ numPartitions: 0 }), E.INVALID_PARTITIONS],
  ['partitions/2', '-2 partitions', () => ({ numPartitions: -2 }), E.INVALID_PARTITIONS],
  ['replication/1', 'no replicas', () => ({ replicationFactor: 0 }), E.INVALID_REPLICATION_FACTOR],
  ['replication/2', '-2 replicas', () => ({ replicationFactor: -2 }), E.INVALID_REPLICATION_FACTOR],
  ['config/1', 'an unknown config', () => configured('no.such', '1'), E.INVALID_CONFIG],
  ['config/2', 'a config that is no number', () => configured('retention.ms', 'soon'), E.INVALID_CONFIG],
  ['config/3', 'a config below its least value', () => configured('segment.bytes', '-1'), E.INVALID_CONFIG],
  [
    'config/4',
    'a config that is none of the values',
    () => configured('cleanup.policy', 'keep'),
    E.INVALID_CONFIG,
  ],
  ['config/5', 'a config without a value', () => configured('retention.ms', null), E.INVALID_CONFIG],
  ['assignment/1', 'a broker that is not there', () => placed([NO_BROKER]), E.INVALID_REPLICA_ASSIGNMENT],
  ['assignment/2', 'a broker twice', (node) => placed([node, node]), E.INVALID_REPLICA_ASSIGNMENT],
  ['assignment/3', 'no broker', () => placed([]), E.INVALID_REPLICA_ASSIGNMENT],
  [
    'assignment/4',
    'a number of partitions besides',
    (node) => ({ ...placed([node]), numPartitions: 1 }),
    E.INVALID_REQUEST,
  ],
  [
    'assignment/5',
    'a replication factor besides',
    (node) => ({ ...placed([node]), replicationFactor: 1 }),
    E.INVALID_REQUEST,
  ],
  [
    'assignment/6',
    'partitions that do not begin with 0',
    (node) => ({ ...placed(), assignments: [{ partitionIndex: 1, brokerIds: [node] }] }),
    E.INVALID_REPLICA_ASSIGNMENT,
  ],
]

const refused = REFUSED.map(
  ([subject, what, asked, code]): Case => ({
    id: `topics/create/${subject}`,
    title: `${what}: ${errorName(code)}, also when it is only validated, and the rest is made`,
    level: 'MUST',
    source: CONTROL,
    needs,
    async run(scene) {
      const topic = asked(scene.target.nodeId)
      const [validated] = await create(scene, [topic], { validateOnly: true })
      expectMatch('validated', validated, { errorCode: code, topicId: ZERO_UUID, numPartitions: -1 })
      const [wrong, good] = await create(scene, [topic, { name: 'good' }])
      expectMatch('refused', wrong?.errorCode, code)
      expectMatch('a reason', typeof wrong?.errorMessage, 'string')
      expectMatch('the rest', good?.errorCode, E.NONE)
    },
  }),
)

export const createTopicsCases: readonly Case[] = [
  ...versions,
  ...refused,
  {
    id: 'topics/create/validate/1',
    title: 'what is only validated is answered as if it were made, and is not made',
    level: 'MUST',
    source: CONTROL,
    needs,
    async run(scene) {
      const [told] = await create(scene, [{ numPartitions: 3 }], { validateOnly: true })
      expectMatch('answer', told, { errorCode: E.NONE, numPartitions: 3, replicationFactor: 1 })
      expectMatch('there', await exists(scene), false)
    },
  },
  {
    id: 'topics/create/exists/1',
    title: 'a topic that is there is not made again, nor would it be',
    level: 'MUST',
    source: CONTROL,
    needs,
    async run(scene) {
      await OwnTopic.make(scene, { name: 'made' })
      for (const validateOnly of [true, false]) {
        const [told] = await create(scene, [{ numPartitions: 5 }], { validateOnly })
        expectMatch('answer', told, { errorCode: E.TOPIC_ALREADY_EXISTS, errorMessage: /already exists/ })
      }
    },
  },
  {
    id: 'topics/create/twice/1',
    title: 'a topic that is named twice is not made, the others are',
    level: 'MUST',
    source: 'ControllerApis.createTopics',
    needs,
    async run(scene) {
      const [first, , other] = await create(scene, [{}, {}, { name: 'other' }])
      expectMatch('twice', first, { errorCode: E.INVALID_REQUEST, errorMessage: 'Duplicate topic name.' })
      expectMatch('once', other?.errorCode, E.NONE)
      await scene.until('the other is there', () => exists(scene, 'other'))
      expectMatch('there', await exists(scene), false)
    },
  },
  {
    id: 'topics/create/collision/1',
    title: 'names that differ in . and _ alone collide in the names of metrics',
    level: 'MUST',
    source: 'Topic.hasCollisionChars',
    needs,
    async run(scene) {
      await OwnTopic.make(scene, { name: 'a.b' })
      const [told] = await create(scene, [{ name: 'a_b' }])
      expectMatch('answer', told, { errorCode: E.INVALID_TOPIC_EXCEPTION, errorMessage: /collide/ })
    },
  },
  {
    id: 'topics/create/KIP-464/1',
    title: '-1 stands for num.partitions and default.replication.factor',
    level: 'MUST',
    source: 'KIP-464',
    needs,
    uses: { CreateTopics: 5 },
    async run(scene) {
      const [told] = await create(scene, [{ numPartitions: DEFAULT, replicationFactor: DEFAULT }])
      const { settings } = scene.target
      const numPartitions = Number(settings.get('num.partitions') ?? 1)
      const replicationFactor = Number(settings.get('default.replication.factor') ?? 1)
      expectMatch('answer', told, { errorCode: E.NONE, numPartitions, replicationFactor })
    },
  },
  {
    id: 'topics/create/assignment/7',
    title: 'partitions are placed as asked',
    level: 'MUST',
    source: CONTROL,
    needs,
    async run(scene) {
      const { nodeId } = scene.target
      const [told] = await create(scene, [placed([nodeId], [nodeId])])
      expectMatch('answer', told, { errorCode: E.NONE, numPartitions: 2, replicationFactor: 1 })
    },
  },
  {
    id: 'topics/create/KIP-525/1',
    title: 'v5: all configs are told, each with where its value comes from',
    level: 'SHOULD',
    source: 'KIP-525',
    needs,
    uses: { CreateTopics: 5 },
    async run(scene) {
      const [told] = await create(scene, [configured('cleanup.policy', 'compact')], {}, 5)
      const configs = new Map(told?.configs?.map((each) => [each.name, each]))
      const policy = { value: 'compact', configSource: 1, readOnly: false, isSensitive: false }
      expectMatch('set', configs.get('cleanup.policy'), policy)
      expectMatch('by default', configs.get('delete.retention.ms'), { value: '86400000', configSource: 5 })
      expectMatch('all', configs.size > 20, true)
    },
  },
]
