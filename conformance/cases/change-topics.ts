// CreatePartitions and DeleteTopics: topics grow, and go.

import { ErrorCodes as E, errorName } from '../../src/protocol/errors.js'
import { ZERO_UUID } from '../../src/protocol/wire.js'
import { type Case, expectMatch } from '../case.js'
import { topics as deletesTopics, madeTopic } from '../needs.js'
import { batch, OwnTopic, UNKNOWN_ID } from '../own-topic.js'
import type { Scene } from '../scene.js'

const needs = [madeTopic]
const GROW = 'ReplicationControlManager.createPartitions'
const DELETE = 'ControllerApis.deleteTopics'
const NO_BROKER = 4242

interface Growth {
  readonly count: number
  readonly assignments?: readonly { brokerIds: readonly number[] }[] | null
}

async function grow(scene: Scene, name: string, growth: Growth, validateOnly = false, version?: number) {
  const body = { topics: [{ name, assignments: null, ...growth }], timeoutMs: 15_000, validateOnly }
  return (await scene.send('CreatePartitions', version ?? scene.usual('CreatePartitions'), body)).results[0]
}

async function partitionsOf(scene: Scene, name: string): Promise<number | undefined> {
  const body = { topics: [{ name }], allowAutoTopicCreation: false }
  return (await scene.send('Metadata', scene.usual('Metadata'), body)).topics[0]?.partitions.length
}

const growths = [0, 1, 2, 3].map(
  (version): Case => ({
    id: `topics/grow/versions/v${version}`,
    title: `v${version}: a topic grows, and keeps what it has`,
    level: 'MUST',
    source: 'KIP-195',
    needs,
    uses: { CreatePartitions: version },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      await topic.append(batch(['a']))
      const told = await grow(scene, topic.name, { count: 3 }, false, version)
      expectMatch('answer', told, { name: topic.name, errorCode: E.NONE, errorMessage: null })
      await scene.until('there are three', async () => (await partitionsOf(scene, topic.name)) === 3)
      expectMatch('what was there', await topic.end(), 1n)
    },
  }),
)

/** Number, what is asked of a topic of two partitions, the error. */
const REFUSED: readonly (readonly [number, string, (node: number) => Growth, number])[] = [
  [1, 'fewer partitions', () => ({ count: 1 }), E.INVALID_PARTITIONS],
  [2, 'as many partitions', () => ({ count: 2 }), E.INVALID_PARTITIONS],
  [3, 'no partitions', () => ({ count: 0 }), E.INVALID_PARTITIONS],
  [
    4,
    'too few places',
    (node) => ({ count: 4, assignments: [{ brokerIds: [node] }] }),
    E.INVALID_REPLICA_ASSIGNMENT,
  ],
  [
    5,
    'a broker that is not there',
    () => ({ count: 3, assignments: [{ brokerIds: [NO_BROKER] }] }),
    E.INVALID_REPLICA_ASSIGNMENT,
  ],
  [
    6,
    'a place without a broker',
    () => ({ count: 3, assignments: [{ brokerIds: [] }] }),
    E.INVALID_REPLICA_ASSIGNMENT,
  ],
]

const refused = REFUSED.map(
  ([number, what, growth, code]): Case => ({
    id: `topics/grow/refused/${number}`,
    title: `${what}: ${errorName(code)}`,
    level: 'MUST',
    source: GROW,
    needs,
    async run(scene) {
      const { name } = await OwnTopic.make(scene, { partitions: 2 })
      const asked = growth(scene.target.nodeId)
      for (const validateOnly of [true, false])
        expectMatch('answer', (await grow(scene, name, asked, validateOnly))?.errorCode, code)
      expectMatch('partitions', await partitionsOf(scene, name), 2)
    },
  }),
)

/** By the shape of the version: a text is a name. */
async function remove(
  scene: Scene,
  asked: readonly (string | object)[],
  version = scene.usual('DeleteTopics'),
) {
  const topics = asked.map((each) => (typeof each === 'string' ? { name: each } : each))
  const topicNames = asked.filter((each) => typeof each === 'string')
  const { responses } = await scene.send('DeleteTopics', version, { topics, topicNames, timeoutMs: 15_000 })
  return responses
}

const gone = (scene: Scene, name: string) =>
  scene.until('the topic is gone', async () => (await partitionsOf(scene, name)) === 0)

const deletions = [0, 1, 2, 3, 4, 5, 6].map(
  (version): Case => ({
    id: `topics/delete/versions/v${version}`,
    title: `v${version}: a topic is deleted, and then unknown`,
    level: 'MUST',
    source: DELETE,
    needs: [deletesTopics],
    uses: { DeleteTopics: version },
    async run(scene) {
      const { name, id } = await OwnTopic.make(scene)
      const topicId = version >= 6 ? id : ZERO_UUID
      expectMatch('answer', await remove(scene, [name], version), [{ name, topicId, errorCode: E.NONE }])
      await gone(scene, name)
      const errorCode = E.UNKNOWN_TOPIC_OR_PARTITION
      expectMatch('again', await remove(scene, [name], version), [{ name, topicId: ZERO_UUID, errorCode }])
    },
  }),
)

export const changeTopicsCases: readonly Case[] = [
  ...growths,
  ...refused,
  {
    id: 'topics/grow/validate/1',
    title: 'what is only validated is answered as if it were done, and is not done',
    level: 'MUST',
    source: GROW,
    needs,
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      expectMatch('answer', (await grow(scene, name, { count: 2 }, true))?.errorCode, E.NONE)
      expectMatch('partitions', await partitionsOf(scene, name), 1)
    },
  },
  {
    id: 'topics/grow/assignment/1',
    title: 'new partitions are placed as asked',
    level: 'MUST',
    source: GROW,
    needs,
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      const assignments = [{ brokerIds: [scene.target.nodeId] }]
      expectMatch('answer', (await grow(scene, name, { count: 2, assignments }))?.errorCode, E.NONE)
      const grown = await OwnTopic.find(scene, name, 2)
      expectMatch('it takes records', await grown.append(batch(['a']), 1), 0n)
    },
  },
  {
    id: 'topics/grow/unknown/1',
    title: 'an unknown topic is told; one that is named twice is refused',
    level: 'MUST',
    source: GROW,
    needs,
    async run(scene) {
      const told = await grow(scene, `${scene.group}-none`, { count: 2 })
      expectMatch('unknown', told?.errorCode, E.UNKNOWN_TOPIC_OR_PARTITION)
      const { name } = await OwnTopic.make(scene)
      const topics = [2, 3].map((count) => ({ name, count, assignments: null }))
      const body = { topics, timeoutMs: 5000 }
      const { results } = await scene.send('CreatePartitions', scene.usual('CreatePartitions'), body)
      expectMatch('twice', results, [{ name, errorCode: E.INVALID_REQUEST }])
    },
  },
  ...deletions,
  {
    id: 'topics/delete/KIP-516/1',
    title: 'v6: a topic is deleted by its id; an unknown id is told',
    level: 'MUST',
    source: 'KIP-516',
    needs: [deletesTopics],
    uses: { DeleteTopics: 6 },
    async run(scene) {
      const { name, id } = await OwnTopic.make(scene)
      const told = await remove(scene, [{ name: null, topicId: id }], 6)
      expectMatch('known', told, [{ name, topicId: id, errorCode: E.NONE }])
      await gone(scene, name)
      for (const topicId of [id, UNKNOWN_ID]) {
        const again = await remove(scene, [{ name: null, topicId }], 6)
        expectMatch('unknown', again, [{ name: null, topicId, errorCode: E.UNKNOWN_TOPIC_ID }])
      }
    },
  },
  {
    id: 'topics/delete/KIP-516/2',
    title: 'v6: a name with an id, neither of them, and a topic that is named twice are refused',
    level: 'MUST',
    source: DELETE,
    needs,
    uses: { DeleteTopics: 6 },
    async run(scene) {
      const { name, id } = await OwnTopic.make(scene)
      const errorCode = E.INVALID_REQUEST
      expectMatch('both', await remove(scene, [{ name, topicId: id }], 6), [{ errorCode }])
      expectMatch('neither', await remove(scene, [{ name: null, topicId: ZERO_UUID }], 6), [{ errorCode }])
      expectMatch('twice', await remove(scene, [name, name], 6), [{ errorCode }])
      expectMatch('in two ways', await remove(scene, [name, { name: null, topicId: id }], 6), [{ errorCode }])
      expectMatch('it is there', await partitionsOf(scene, name), 1)
    },
  },
  {
    id: 'topics/delete/unknown/1',
    title: 'an unknown topic is told, and the rest is deleted',
    level: 'MUST',
    source: DELETE,
    needs: [deletesTopics],
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      const told = await remove(scene, [`${scene.group}-none`, name])
      const codes = new Map(told.map((each) => [each.name, each.errorCode]))
      const expected = [E.UNKNOWN_TOPIC_OR_PARTITION, E.NONE]
      expectMatch('errors', [codes.get(`${scene.group}-none`), codes.get(name)], expected)
      await gone(scene, name)
    },
  },
  {
    id: 'topics/delete/records/1',
    title: 'a topic that is made anew under its name has another id and no records',
    level: 'MUST',
    source: DELETE,
    needs: [deletesTopics],
    async run(scene) {
      const old = await OwnTopic.make(scene)
      await old.append(batch(['a']))
      await remove(scene, [old.name])
      await gone(scene, old.name)
      const made = await OwnTopic.make(scene)
      expectMatch('another id', made.id !== old.id, true)
      expectMatch('its end', await made.end(), 0n)
      expectMatch('the old id', (await old.fetch(0))?.errorCode, E.UNKNOWN_TOPIC_ID)
    },
  },
]
