// DescribeGroups and ListGroups: what is shown of a group in each state.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { type Scene, subscription } from '../scene.js'
import { isKafka4 } from '../target.js'

const DESCRIBE = 'GroupMetadataManager.describeGroups'
const NOTHING = Buffer.alloc(0)

/** This group as ListGroups shows it. */
async function listed(scene: Scene, version: number, filters: object = {}) {
  const { groups } = await scene.send('ListGroups', version, filters)
  return groups.find(({ groupId }) => groupId === scene.group)
}

/** A new group is shown when the record that makes it is on all replicas. */
const shown = (scene: Scene) =>
  scene.until('the group is shown', async () => (await scene.describe()).groupState !== 'Dead')

const allStates = [4, 5].map(
  (version): Case => ({
    id: `admin/list/states/v${version}`,
    title: `v${version}: every state is listed by its name, and found by it`,
    level: 'MUST',
    source: 'KIP-518',
    uses: { ListGroups: version },
    async run(scene) {
      const inState = async (groupState: string) => {
        const found = await listed(scene, version, { statesFilter: [groupState] })
        expectMatch(groupState, found, { groupState, protocolType: 'consumer' })
      }
      const first = await scene.alone()
      await inState('Stable')
      const { id, joined } = await scene.newcomer()
      await scene.parked(joined)
      await inState('PreparingRebalance')
      await scene.join({ memberId: first.memberId })
      await inState('CompletingRebalance')
      await scene.leave([{ memberId: first.memberId }, { memberId: id }])
      await inState('Empty')
    },
  }),
)

export const describeCases: readonly Case[] = [
  ...allStates,
  {
    id: 'admin/describe/members/1',
    title: 'each member is shown with its client id, host, metadata and assignment',
    level: 'MUST',
    source: DESCRIBE,
    async run(scene) {
      const { leader, follower } = await scene.pair()
      const { members, protocolData } = await scene.describe()
      expectMatch('protocol', protocolData, 'range')
      const shown = new Map(members.map((member) => [member.memberId, member]))
      const both = {
        clientId: 'conformance',
        clientHost: /^\/[0-9a-f.:]+$/,
        memberMetadata: subscription('foo'),
      }
      const leads = { ...both, memberAssignment: Buffer.from('leader') }
      const follows = { ...both, memberAssignment: Buffer.from('follower') }
      expectMatch('leader', shown.get(leader.memberId), leads)
      expectMatch('follower', shown.get(follower.memberId), follows)
    },
  },
  {
    id: 'admin/describe/KIP-430/2',
    title: 'authorized operations of a group that does not exist are told where that is no error, below v6',
    level: 'INFO',
    source: 'KafkaApis.handleDescribeGroupsRequest',
    uses: { DescribeGroups: 5 },
    async run(scene) {
      const asked = { groups: [scene.group], includeAuthorizedOperations: true }
      const { groups } = await scene.send('DescribeGroups', 5, asked)
      const authorizedOperations = isKafka4(scene.target) ? 3400 : 328
      expectMatch('answer', groups, [{ errorCode: E.NONE, groupState: 'Dead', authorizedOperations }])
    },
  },
  {
    id: 'admin/describe/phase/2',
    title: 'in the sync phase no metadata is shown, and no protocol',
    level: 'SHOULD',
    source: 'ClassicGroup.describeNoMetadata',
    async run(scene) {
      const { joined } = await scene.newcomer()
      const { memberId } = await joined
      await shown(scene)
      expectMatch('group', await scene.describe(), {
        groupState: 'CompletingRebalance',
        protocolType: 'consumer',
        protocolData: '',
        members: [{ memberId, memberMetadata: NOTHING, memberAssignment: NOTHING }],
      })
    },
  },
  {
    id: 'admin/describe/phase/3',
    title: 'in the join phase the assignments of the generation before are still shown, since Kafka 4',
    level: 'INFO',
    source: 'ClassicGroupMember.describeNoMetadata',
    async run(scene) {
      const first = await scene.alone()
      const { joined } = await scene.newcomer()
      await scene.parked(joined)
      const { members } = await scene.describe()
      const shown = members.find(({ memberId }) => memberId === first.memberId)
      // GroupMetadata.summaryNoMetadata of 3.9 left them out.
      const expected = isKafka4(scene.target) ? Buffer.from('alone') : NOTHING
      expectMatch('assignment', shown?.memberAssignment, expected)
    },
  },
  {
    id: 'admin/describe/pending/1',
    title: 'an id that has not joined yet is not shown',
    level: 'MUST',
    source: 'KIP-394',
    async run(scene) {
      await scene.pending()
      await shown(scene)
      expectMatch('group', await scene.describe(), { groupState: 'Empty', members: [] })
    },
  },
  {
    id: 'admin/describe/simple/1',
    title: 'a group that only has commits is Empty and of no protocol type; it is listed too',
    level: 'MUST',
    source: DESCRIBE,
    async run(scene) {
      await scene.commit(1)
      const empty = { groupState: 'Empty', protocolType: '', protocolData: '', members: [] }
      expectMatch('described', await scene.describe(), { errorCode: E.NONE, ...empty })
      expectMatch('listed', await listed(scene, scene.usual('ListGroups')), { protocolType: '' })
    },
  },
  {
    id: 'admin/describe/twice/1',
    title: 'a group that is asked for twice is answered twice',
    level: 'INFO',
    source: DESCRIBE,
    async run(scene) {
      await scene.alone()
      const groups = [scene.group, scene.group]
      const answer = await scene.send('DescribeGroups', scene.usual('DescribeGroups'), { groups })
      const both = { groupId: scene.group, groupState: 'Stable' }
      expectMatch('groups', answer.groups, [both, both])
    },
  },
  {
    id: 'admin/describe/many/1',
    title: 'several groups in one request are answered each for itself; none gets none',
    level: 'MUST',
    source: DESCRIBE,
    async run(scene) {
      await scene.alone()
      const none = await scene.beside('none')
      const version = scene.usual('DescribeGroups')
      const answer = await scene.send('DescribeGroups', version, { groups: [none, scene.group] })
      const states = new Map(answer.groups.map(({ groupId, groupState }) => [groupId, groupState]))
      expectMatch('states', [states.get(none), states.get(scene.group)], ['Dead', 'Stable'])
      const nothing = await scene.send('DescribeGroups', version, { groups: [] })
      expectMatch('no groups', nothing.groups, [])
    },
  },
  {
    id: 'admin/describe/versions/v6',
    title: 'v6: a Stable group is described without an error message',
    level: 'MUST',
    source: 'KIP-1043',
    uses: { DescribeGroups: 6 },
    async run(scene) {
      const { memberId } = await scene.alone()
      expectMatch('group', await scene.describe(6), {
        errorCode: E.NONE,
        errorMessage: null,
        groupState: 'Stable',
        members: [{ memberId }],
      })
    },
  },
  {
    id: 'admin/list/types/2',
    title: 'v5: an unknown type matches nothing, and type and state must both match',
    level: 'MUST',
    source: 'KIP-848',
    uses: { ListGroups: 5 },
    async run(scene) {
      await scene.alone()
      const type = { typesFilter: ['classic'] }
      expectMatch('classic', await listed(scene, 5, type), { groupType: 'classic' })
      expectMatch('bogus', await listed(scene, 5, { typesFilter: ['bogus'] }), undefined)
      const both = await listed(scene, 5, { ...type, statesFilter: ['Stable'] })
      expectMatch('both', both, { groupState: 'Stable' })
    },
  },
  {
    id: 'admin/list/states/1',
    title: 'v4: several states match any of them',
    level: 'MUST',
    source: 'KIP-518',
    uses: { ListGroups: 4 },
    async run(scene) {
      await scene.alone()
      const found = await listed(scene, 4, { statesFilter: ['Empty', 'Stable'] })
      expectMatch('found', found, { groupState: 'Stable' })
    },
  },
]
