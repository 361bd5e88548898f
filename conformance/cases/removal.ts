// DeleteGroups and OffsetDelete: what may go and what may not.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { type Scene, subscription } from '../scene.js'

const DELETE = 'ClassicGroup.validateDeleteGroup'
const KIP = 'KIP-496'

async function deleteGroups(scene: Scene, ...groupsNames: string[]) {
  const { results } = await scene.send('DeleteGroups', scene.usual('DeleteGroups'), { groupsNames })
  return results
}

/** Deletes the offsets of partition 0 of these topics. Topic -> error, or the error of the whole. */
async function deleteOffsets(scene: Scene, names: readonly string[], groupId = scene.group) {
  const topics = names.map((name) => ({ name, partitions: [{ partitionIndex: 0 }] }))
  const answer = await scene.send('OffsetDelete', 0, { groupId, topics })
  const errors = new Map(answer.topics.map(({ name, partitions }) => [name, partitions[0]?.errorCode]))
  return { errorCode: answer.errorCode, topics: answer.topics, errors }
}

const consuming = (topic: string) => ({ protocols: [{ name: 'range', metadata: subscription(topic) }] })

export const removalCases: readonly Case[] = [
  {
    id: 'admin/delete/versions/v3',
    title: 'v3: a deleted group is answered without an error message',
    level: 'MUST',
    source: 'DeleteGroupsResponse.json',
    uses: { DeleteGroups: 3 },
    async run(scene) {
      await scene.commit(1)
      const { results } = await scene.send('DeleteGroups', 3, { groupsNames: [scene.group] })
      expectMatch('answer', results, [{ groupId: scene.group, errorCode: E.NONE, errorMessage: null }])
    },
  },
  {
    id: 'admin/delete/phase/1',
    title: 'a group that rebalances is not deleted',
    level: 'MUST',
    source: DELETE,
    async run(scene) {
      const first = await scene.alone()
      const { joined } = await scene.newcomer()
      await scene.parked(joined)
      expectMatch('join phase', await deleteGroups(scene, scene.group), [{ errorCode: E.NON_EMPTY_GROUP }])
      await scene.join({ memberId: first.memberId })
      expectMatch('sync phase', await deleteGroups(scene, scene.group), [{ errorCode: E.NON_EMPTY_GROUP }])
    },
  },
  {
    id: 'admin/delete/simple/1',
    title: 'a group that only has commits is deleted with them',
    level: 'MUST',
    source: DELETE,
    async run(scene) {
      await scene.commit(4)
      expectMatch('answer', await deleteGroups(scene, scene.group), [{ errorCode: E.NONE }])
      expectMatch('fetched', await scene.committed(), -1n)
      await scene.expectState('Dead')
    },
  },
  {
    id: 'admin/delete/many/1',
    title: 'several groups are answered each for itself; one that is named twice is deleted once',
    level: 'SHOULD',
    source: 'GroupMetadataManager.deleteGroups',
    async run(scene) {
      await scene.commit(4)
      const none = await scene.beside('none')
      const results = await deleteGroups(scene, scene.group, none, scene.group)
      const codes = new Map(results.map(({ groupId, errorCode }) => [groupId, errorCode]))
      expectMatch('errors', [codes.get(scene.group), codes.get(none)], [E.NONE, E.GROUP_ID_NOT_FOUND])
      expectMatch('results', results.length, 2)
    },
  },
  {
    id: 'admin/delete/pending/1',
    title: 'an id that has not joined yet does not keep a group from being deleted',
    level: 'SHOULD',
    source: DELETE,
    async run(scene) {
      const memberId = await scene.pending()
      expectMatch('answer', await deleteGroups(scene, scene.group), [{ errorCode: E.NONE }])
      expectMatch('join', (await scene.join({ memberId })).errorCode, E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'admin/delete/again/1',
    title: 'a deleted group begins anew with generation 1',
    level: 'MUST',
    source: DELETE,
    async run(scene) {
      const { memberId } = await scene.alone()
      await scene.leave([{ memberId }])
      await deleteGroups(scene, scene.group)
      expectMatch('generation', (await scene.alone()).generationId, 1)
    },
  },
  {
    id: 'admin/offset-delete/KIP-496/3',
    title: 'of a Stable group the offsets of topics that nobody consumes are deleted',
    level: 'MUST',
    source: KIP,
    uses: { OffsetDelete: 0 },
    async run(scene) {
      const member = await scene.alone(consuming('another-topic'))
      await scene.commit(5, member)
      const { errors } = await deleteOffsets(scene, [scene.topic])
      expectMatch('error', errors.get(scene.topic), E.NONE)
      expectMatch('fetched', await scene.committed(), -1n)
    },
  },
  {
    id: 'admin/offset-delete/KIP-496/4',
    title: 'an empty group id is refused whole, before topics are looked at',
    level: 'MUST',
    source: 'GroupCoordinatorService.deleteOffsets',
    uses: { OffsetDelete: 0 },
    async run(scene) {
      const { errorCode, topics } = await deleteOffsets(scene, ['no-such-topic'], '')
      expectMatch('answer', { errorCode, topics }, { errorCode: E.INVALID_GROUP_ID, topics: [] })
    },
  },
  {
    id: 'admin/offset-delete/KIP-496/5',
    title: 'an unknown topic is told beside those that are there',
    level: 'MUST',
    source: 'KafkaApis.handleOffsetDeleteRequest',
    uses: { OffsetDelete: 0 },
    async run(scene) {
      await scene.commit(5)
      const { errorCode, errors } = await deleteOffsets(scene, ['no-such-topic', scene.topic])
      expectMatch('on top', errorCode, E.NONE)
      const codes = [errors.get('no-such-topic'), errors.get(scene.topic)]
      expectMatch('topics', codes, [E.UNKNOWN_TOPIC_OR_PARTITION, E.NONE])
    },
  },
  {
    id: 'admin/offset-delete/KIP-496/7',
    title: 'a topic that is there and is named without partitions is left out',
    level: 'INFO',
    source: 'OffsetDeleteResponse.Builder',
    uses: { OffsetDelete: 0 },
    async run(scene) {
      await scene.commit(5)
      const names = [scene.topic, 'no-such-topic']
      const topics = names.map((name) => ({ name, partitions: [] }))
      const answer = await scene.send('OffsetDelete', 0, { groupId: scene.group, topics })
      expectMatch('answer', answer.topics, [{ name: 'no-such-topic', partitions: [] }])
    },
  },
  {
    id: 'admin/offset-delete/KIP-496/6',
    title: 'while subscriptions cannot be read every topic counts as consumed',
    level: 'SHOULD',
    source: 'ClassicGroup.isSubscribedToTopic',
    uses: { OffsetDelete: 0 },
    async run(scene) {
      await scene.alone({ protocols: [{ name: 'range', metadata: Buffer.from('x') }] })
      const { errors } = await deleteOffsets(scene, [scene.topic])
      expectMatch('error', errors.get(scene.topic), E.GROUP_SUBSCRIBED_TO_TOPIC)
    },
  },
]
