// DescribeGroups, ListGroups, DeleteGroups, OffsetDelete, FindCoordinator.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { subscription } from '../scene.js'
import { isKafka4 } from '../target.js'

const described = [0, 1, 2, 3, 4, 5].map(
  (version): Case => ({
    id: `admin/describe/versions/v${version}`,
    title: `v${version}: a Stable group is described with its members; a missing one is Dead without an error`,
    level: 'MUST',
    source: 'GroupMetadataManager.describeGroups',
    uses: { DescribeGroups: version },
    async run(scene) {
      const { memberId } = await scene.alone()
      const none = await scene.beside('none')
      const groups = [scene.group, none]
      const answer = await scene.send('DescribeGroups', version, { groups })
      const byId = new Map(answer.groups.map((group) => [group.groupId, group]))
      expectMatch('Stable', byId.get(scene.group), {
        errorCode: E.NONE,
        groupState: 'Stable',
        protocolType: 'consumer',
        protocolData: 'range',
        authorizedOperations: -2147483648,
        members: [
          { memberId, clientId: 'conformance', clientHost: /^\//, memberAssignment: Buffer.from('alone') },
        ],
      })
      const dead = { errorCode: E.NONE, groupState: 'Dead', protocolType: '', protocolData: '', members: [] }
      expectMatch('missing', byId.get(none), dead)
    },
  }),
)

const found = [0, 1, 2, 3, 4, 5, 6].map(
  (version): Case => ({
    id: `admin/find-coordinator/versions/v${version}`,
    title: `v${version}: the coordinator of a group is found`,
    level: 'MUST',
    source: version >= 4 ? 'KIP-699' : 'KafkaApis.handleFindCoordinatorRequest',
    uses: { FindCoordinator: version },
    async run(scene) {
      const key = scene.group
      const answer = await scene.send('FindCoordinator', version, { key, keyType: 0, coordinatorKeys: [key] })
      const one = version >= 4 ? answer.coordinators[0] : answer
      expectMatch('error', one?.errorCode, E.NONE)
    },
  }),
)

const listed = [0, 1, 2, 3, 4, 5].map(
  (version): Case => ({
    id: `admin/list/versions/v${version}`,
    title: `v${version}: a group is listed, with its state since v4 and its type since v5`,
    level: 'MUST',
    source: version >= 5 ? 'KIP-848' : version >= 4 ? 'KIP-518' : 'GroupMetadataManager.listGroups',
    uses: { ListGroups: version },
    async run(scene) {
      await scene.alone()
      const { groups, errorCode } = await scene.send('ListGroups', version, {})
      expectMatch('error', errorCode, E.NONE)
      const [group] = groups.filter(({ groupId }) => groupId === scene.group)
      const state = version >= 4 ? { groupState: 'Stable' } : {}
      const type = version >= 5 ? { groupType: 'classic' } : {}
      expectMatch('group', group, { protocolType: 'consumer', ...state, ...type })
    },
  }),
)

const deleted = [0, 1, 2].map(
  (version): Case => ({
    id: `admin/delete/versions/v${version}`,
    title: `v${version}: only an Empty group can be deleted, and its offsets go with it`,
    level: 'MUST',
    source: 'KIP-229',
    uses: { DeleteGroups: version, OffsetCommit: 9, OffsetFetch: 8 },
    async run(scene) {
      const remove = async () => {
        const { results } = await scene.send('DeleteGroups', version, { groupsNames: [scene.group] })
        return results[0]?.errorCode
      }
      expectMatch('missing', await remove(), E.GROUP_ID_NOT_FOUND)
      const member = await scene.alone()
      await scene.commit(5, member)
      expectMatch('Stable', await remove(), E.NON_EMPTY_GROUP)
      await scene.leave([{ memberId: member.memberId }])
      expectMatch('Empty', await remove(), E.NONE)
      await scene.expectState('Dead')
      expectMatch('offset', await scene.committed(), -1n)
    },
  }),
)

export const groupAdminCases: readonly Case[] = [
  ...described,
  ...listed,
  ...deleted,
  ...found,
  {
    id: 'admin/describe/KIP-1043/1',
    title: 'v6: a missing group is told as an error, with a message',
    level: 'MUST',
    source: 'KIP-1043',
    uses: { DescribeGroups: 6 },
    async run(scene) {
      expectMatch('answer', await scene.describe(6), {
        errorCode: E.GROUP_ID_NOT_FOUND,
        groupState: 'Dead',
        errorMessage: `Group ${scene.group} not found.`,
      })
    },
  },
  {
    id: 'admin/describe/phase/1',
    title: 'while it rebalances, protocol and metadata are not shown',
    level: 'SHOULD',
    source: 'ClassicGroup.describeNoMetadata',
    async run(scene) {
      await scene.alone()
      const { joined } = await scene.newcomer()
      await scene.parked(joined)
      const group = await scene.describe()
      expectMatch('group', group, {
        groupState: 'PreparingRebalance',
        protocolType: 'consumer',
        protocolData: '',
      })
      for (const { memberMetadata } of group.members) expectMatch('metadata', memberMetadata, Buffer.alloc(0))
    },
  },
  {
    id: 'admin/describe/KIP-430/1',
    title: 'authorized operations are told when asked for',
    level: 'SHOULD',
    source: 'KIP-430',
    async run(scene) {
      await scene.alone()
      const asked = { groups: [scene.group], includeAuthorizedOperations: true }
      const { groups } = await scene.send('DescribeGroups', 5, asked)
      // READ, DELETE, DESCRIBE; Kafka 4 has group settings, and so DESCRIBE_CONFIGS and ALTER_CONFIGS.
      expectMatch('operations', groups, [{ authorizedOperations: isKafka4(scene.target) ? 3400 : 328 }])
    },
  },
  {
    id: 'admin/list/KIP-518/1',
    title: 'states are filtered, in Kafka 4 in any case and trimmed; an unknown one matches nothing',
    level: 'MUST',
    source: 'KIP-518',
    uses: { ListGroups: 4 },
    async run(scene) {
      await scene.alone()
      const has = async (statesFilter: string[]) => {
        const { groups } = await scene.send('ListGroups', 4, { statesFilter })
        return groups.some(({ groupId }) => groupId === scene.group)
      }
      expectMatch('Stable', await has(['Stable']), true)
      // The older coordinator compares states to the letter.
      if (isKafka4(scene.target)) expectMatch('sTaBlE between blanks', await has([' sTaBlE ']), true)
      expectMatch('empty', await has(['Empty']), false)
      expectMatch('bogus', await has(['bogus']), false)
    },
  },
  {
    id: 'admin/list/types/1',
    title: 'types are filtered in any case, not trimmed, and together with states',
    level: 'SHOULD',
    source: 'KIP-848',
    uses: { ListGroups: 5 },
    async run(scene) {
      await scene.alone()
      const has = async (typesFilter: string[], statesFilter: string[] = []) => {
        const { groups } = await scene.send('ListGroups', 5, { typesFilter, statesFilter })
        return groups.some(({ groupId }) => groupId === scene.group)
      }
      expectMatch('CLASSIC', await has(['CLASSIC']), true)
      expectMatch('blank in front', await has([' classic']), false)
      expectMatch('other state', await has(['classic'], ['Empty']), false)
    },
  },
  {
    id: 'admin/offset-delete/KIP-496/1',
    title:
      'offsets of a topic that is consumed stay, a missing offset is no error, unknown partitions are told',
    level: 'MUST',
    source: 'KIP-496',
    uses: { OffsetDelete: 0, OffsetCommit: 9 },
    async run(scene) {
      const remove = async (name: string, partitionIndex: number) => {
        const topics = [{ name, partitions: [{ partitionIndex }] }]
        const answer = await scene.send('OffsetDelete', 0, { groupId: scene.group, topics })
        return answer.errorCode || answer.topics[0]?.partitions[0]?.errorCode
      }
      expectMatch('missing group', await remove(scene.topic, 0), E.GROUP_ID_NOT_FOUND)
      const member = await scene.alone({
        protocols: [{ name: 'range', metadata: subscription(scene.topic) }],
      })
      await scene.commit(5, member)
      expectMatch('consumed', await remove(scene.topic, 0), E.GROUP_SUBSCRIBED_TO_TOPIC)
      await scene.leave([{ memberId: member.memberId }])
      expectMatch('Empty', await remove(scene.topic, 0), E.NONE)
      // The older coordinator drops an Empty group with its last offset.
      if (!isKafka4(scene.target)) return
      expectMatch('again', await remove(scene.topic, 0), E.NONE)
      expectMatch('unknown partition', await remove(scene.topic, 99), E.UNKNOWN_TOPIC_OR_PARTITION)
    },
  },
  {
    id: 'admin/offset-delete/KIP-496/2',
    title: 'a group whose subscriptions are not known to the broker is refused whole',
    level: 'MUST',
    source: 'ClassicGroup.validateOffsetDelete',
    uses: { OffsetDelete: 0 },
    async run(scene) {
      await scene.alone({ protocolType: 'connect' })
      const topics = [{ name: scene.topic, partitions: [{ partitionIndex: 0 }] }]
      const answer = await scene.send('OffsetDelete', 0, { groupId: scene.group, topics })
      expectMatch('answer', answer, { errorCode: E.NON_EMPTY_GROUP, topics: [] })
    },
  },
  {
    id: 'admin/find-coordinator/checks/1',
    title: 'an unknown key type is refused, with nobody as its coordinator',
    level: 'MUST',
    source: 'KafkaApis.handleFindCoordinatorRequest',
    uses: { FindCoordinator: 4 },
    async run(scene) {
      const { coordinators } = await scene.send('FindCoordinator', 4, { keyType: 9, coordinatorKeys: ['x'] })
      expectMatch('answer', coordinators, [{ errorCode: E.INVALID_REQUEST, nodeId: -1, host: '', port: -1 }])
      const none = await scene.send('FindCoordinator', 4, { keyType: 0, coordinatorKeys: [] })
      expectMatch('no key', none.coordinators, [])
    },
  },
]
