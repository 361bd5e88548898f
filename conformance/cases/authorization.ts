// What a broker with an authorizer answers to who may not. All is allowed first, so that one operation alone is denied.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { ANY_ACL, LITERAL, Operation, Permission, Resource } from '../acls.js'
import { type Case, expectMatch } from '../case.js'
import { acl, topics as ownTopics } from '../needs.js'
import type { Scene } from '../scene.js'
import { isKafka4 } from '../target.js'

const BROKER = 'KafkaApis'
const FAILED = E.GROUP_AUTHORIZATION_FAILED
/** Who connects without authentication. */
const PRINCIPAL = 'User:ANONYMOUS'

/** Takes an operation from everybody for as long as `act` lasts; begins when the broker has taken note. */
async function denied(
  scene: Scene,
  resourceType: number,
  resourceName: string,
  operation: number,
  isDenied: () => Promise<boolean>,
  act: () => Promise<void>,
): Promise<void> {
  const entry = (what: number, permissionType: number) => {
    const who = { principal: PRINCIPAL, host: '*' }
    return {
      resourceType,
      resourceName,
      resourcePatternType: LITERAL,
      ...who,
      operation: what,
      permissionType,
    }
  }
  const creations = [entry(Operation.all, Permission.allow), entry(operation, Permission.deny)]
  const { results } = await scene.send('CreateAcls', 2, { creations })
  for (const { errorCode } of results) expectMatch('the denial is made', errorCode, E.NONE)
  try {
    await scene.until('the denial takes effect', isDenied)
    await act()
  } finally {
    const what = { resourceTypeFilter: resourceType, resourceNameFilter: resourceName }
    const filters = [{ ...ANY_ACL, ...what, patternTypeFilter: LITERAL }]
    await scene.send('DeleteAcls', 2, { filters })
  }
}

const groupReadDenied = (scene: Scene, act: () => Promise<void>) => {
  const isDenied = async () => (await scene.heartbeat({ memberId: 'm', generationId: 0 })) === FAILED
  return denied(scene, Resource.group, scene.group, Operation.read, isDenied, act)
}

const groupDescribeDenied = (scene: Scene, act: () => Promise<void>) => {
  const isDenied = async () => (await scene.describe()).errorCode === FAILED
  return denied(scene, Resource.group, scene.group, Operation.describe, isDenied, act)
}

const fetches = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((version): Case => {
  const where = version === 1 ? 'on each partition' : version < 8 ? 'on top' : 'on the group'
  return {
    id: `acl/offset-fetch/v${version}`,
    title: `v${version}: OffsetFetch without DESCRIBE on the group is told ${where}`,
    level: 'MUST',
    source: `${BROKER}.handleOffsetFetchRequest`,
    needs: [acl],
    uses: { OffsetFetch: version },
    run: (scene) =>
      groupDescribeDenied(scene, async () => {
        const topics = [{ name: scene.topic, partitionIndexes: [0] }]
        const body = { groupId: scene.group, topics, groups: [{ groupId: scene.group, topics }] }
        const answer = await scene.send('OffsetFetch', version, body)
        const [group = answer] = answer.groups
        const onPartitions = [{ partitions: [{ errorCode: FAILED, committedOffset: -1n }] }]
        const expected =
          version === 1
            ? { topics: isKafka4(scene.target) ? onPartitions : [] } // 3.9 had no place for the error
            : { errorCode: FAILED }
        expectMatch('answer', group, expected)
      }),
  }
})

export const authorizationCases: readonly Case[] = [
  ...fetches,
  {
    id: 'acl/group/read/1',
    title: 'JoinGroup, SyncGroup, Heartbeat and LeaveGroup need READ on the group',
    level: 'MUST',
    source: BROKER,
    needs: [acl],
    async run(scene) {
      const member = await scene.alone()
      await groupReadDenied(scene, async () => {
        expectMatch('join', await scene.join(), { errorCode: FAILED, memberId: '', generationId: -1 })
        expectMatch('sync', (await scene.sync(member)).errorCode, FAILED)
        expectMatch('heartbeat', await scene.heartbeat(member), FAILED)
        const left = await scene.leave([{ memberId: member.memberId }])
        expectMatch('leave', left, { errorCode: FAILED })
      })
    },
  },
  {
    id: 'acl/group/read/2',
    title: 'OffsetCommit needs READ on the group, and is told on each partition',
    level: 'MUST',
    source: `${BROKER}.handleOffsetCommitRequest`,
    needs: [acl],
    run: (scene) =>
      groupReadDenied(scene, async () => {
        expectMatch('error', await scene.commit(1), FAILED)
        expectMatch(
          'of a topic that is not there',
          await scene.commit(1, {}, { topic: 'no-such-topic' }),
          FAILED,
        )
      }),
  },
  {
    id: 'acl/group/read/3',
    title: 'SyncGroup v5 looks at protocol type and name before it looks at who asks',
    level: 'SHOULD',
    source: `${BROKER}.handleSyncGroupRequest`,
    needs: [acl],
    uses: { SyncGroup: 5 },
    run: (scene) =>
      groupReadDenied(scene, async () => {
        const { errorCode } = await scene.sync(
          { memberId: 'm', generationId: 1 },
          {},
          { protocolName: null },
          5,
        )
        expectMatch('error', errorCode, E.INCONSISTENT_GROUP_PROTOCOL)
      }),
  },
  {
    id: 'acl/group/describe/1',
    title: 'DescribeGroups and FindCoordinator need DESCRIBE on the group',
    level: 'MUST',
    source: BROKER,
    needs: [acl],
    async run(scene) {
      await scene.alone()
      await groupDescribeDenied(scene, async () => {
        const hidden = { errorCode: FAILED, groupState: '', protocolType: '', members: [] }
        expectMatch('describe', await scene.describe(), hidden)
        const body = { key: scene.group, keyType: 0, coordinatorKeys: [scene.group] }
        const found = await scene.send('FindCoordinator', scene.usual('FindCoordinator'), body)
        expectMatch('coordinator', found.coordinators[0] ?? found, { errorCode: FAILED, nodeId: -1 })
      })
    },
  },
  {
    id: 'acl/group/delete/1',
    title: 'DeleteGroups and OffsetDelete need DELETE on the group',
    level: 'MUST',
    source: BROKER,
    needs: [acl],
    uses: { OffsetDelete: 0 },
    async run(scene) {
      await scene.commit(1)
      const groupsNames = [scene.group]
      const remove = async () => {
        const topics = [{ name: scene.topic, partitions: [{ partitionIndex: 1 }] }]
        return (await scene.send('OffsetDelete', 0, { groupId: scene.group, topics })).errorCode
      }
      const isDenied = async () => (await remove()) === FAILED
      await denied(scene, Resource.group, scene.group, Operation.delete, isDenied, async () => {
        const { results } = await scene.send('DeleteGroups', scene.usual('DeleteGroups'), { groupsNames })
        expectMatch('delete', results, [{ groupId: scene.group, errorCode: FAILED }])
        expectMatch('offset delete', await remove(), FAILED)
        expectMatch('the offset is still there', await scene.committed(), 1n)
      })
    },
  },
  {
    id: 'acl/topic/read/1',
    title: 'OffsetCommit needs READ on the topic, and is told on its partitions alone',
    level: 'MUST',
    source: `${BROKER}.handleOffsetCommitRequest`,
    needs: [acl, ownTopics],
    async run(scene) {
      const topic = await scene.ownTopic()
      const isDenied = async () => (await scene.commit(1, {}, { topic })) !== E.NONE
      await denied(scene, Resource.topic, topic, Operation.read, isDenied, async () => {
        expectMatch('denied', await scene.commit(1, {}, { topic }), E.TOPIC_AUTHORIZATION_FAILED)
        expectMatch('another', await scene.commit(1), E.NONE)
      })
    },
  },
  {
    id: 'acl/topic/describe/1',
    title: 'OffsetFetch needs DESCRIBE on the topic: named it is told, among all it is left out',
    level: 'MUST',
    source: `${BROKER}.handleOffsetFetchRequest`,
    needs: [acl, ownTopics],
    async run(scene) {
      const topic = await scene.ownTopic()
      await scene.commit(1, {}, { topic })
      await scene.commit(2)
      const fetch = async (topics: object[] | null) => {
        const body = { groupId: scene.group, topics, groups: [{ groupId: scene.group, topics }] }
        const answer = await scene.send('OffsetFetch', scene.usual('OffsetFetch'), body as object)
        return (answer.groups[0] ?? answer).topics
      }
      const named = async () => (await fetch([{ name: topic, partitionIndexes: [0] }]))[0]?.partitions[0]
      const isDenied = async () => (await named())?.errorCode !== E.NONE
      await denied(scene, Resource.topic, topic, Operation.describe, isDenied, async () => {
        const hidden = { errorCode: E.TOPIC_AUTHORIZATION_FAILED, committedOffset: -1n }
        expectMatch('named', await named(), hidden)
        expectMatch('all', await fetch(null), [{ name: scene.topic }])
      })
    },
  },
]
