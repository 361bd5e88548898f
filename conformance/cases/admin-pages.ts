// What administrators' pages and tools ask for beside topics and groups: leaders and replicas, producers and transactions, the quorum,
// quotas, and security where there is none.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { ANY_ACL } from '../acls.js'
import { type Case, expectMatch, Skipped } from '../case.js'
import { madeTopic } from '../needs.js'
import { batch, NOW, OwnTopic } from '../own-topic.js'
import type { Scene } from '../scene.js'
import { initProducer } from './producer-id.js'
import { quotaCases } from './quotas.js'

const needs = [madeTopic]
const ELECT = 'ReplicationControlManager.electLeaders'
const REASSIGN = 'ReplicationControlManager.alterPartitionReassignments'
const MISSING = 4242
const PREFERRED = 0

const elections = [0, 1, 2].map(
  (version): Case => ({
    id: `pages/elect-leaders/versions/v${version}`,
    title: `v${version}: a partition that its preferred replica leads needs no election; what there is not is told`,
    level: 'SHOULD',
    source: ELECT,
    needs,
    uses: { ElectLeaders: version },
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      const topicPartitions = [
        { topic: name, partitions: [0, MISSING] },
        { topic: `${name}-none`, partitions: [0] },
      ]
      const body = { electionType: PREFERRED, topicPartitions, timeoutMs: 5000 }
      const { replicaElectionResults: results } = await scene.send('ElectLeaders', version, body)
      const told = results.flatMap(({ topic, partitionResult }) =>
        partitionResult.map(({ partitionId, errorCode }) => `${topic} ${partitionId} ${errorCode}`),
      )
      expectMatch('answers', told.sort(), [
        `${name} 0 ${E.ELECTION_NOT_NEEDED}`,
        `${name} ${MISSING} ${E.UNKNOWN_TOPIC_OR_PARTITION}`,
        `${name}-none 0 ${E.UNKNOWN_TOPIC_OR_PARTITION}`,
      ])
    },
  }),
)

const quorums = [0, 1, 2].map(
  (version): Case => ({
    id: `pages/quorum/versions/v${version}`,
    title: `v${version}: who leads the metadata is among its voters`,
    level: 'SHOULD',
    source: 'KIP-595',
    uses: { DescribeQuorum: version },
    async run(scene) {
      const topics = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
      const answer = await scene.send('DescribeQuorum', version, { topics })
      const [partition] = answer.topics[0]?.partitions ?? []
      expectMatch('errors', [answer.errorCode, partition?.errorCode], [E.NONE, E.NONE])
      const voters = partition?.currentVoters.map(({ replicaId }) => replicaId) ?? []
      expectMatch('the leader votes', voters.includes(partition?.leaderId ?? -1), true)
      if (version < 2) return
      const known = answer.nodes.map(({ nodeId }) => nodeId)
      expectMatch(
        'voters have addresses',
        voters.filter((id) => !known.includes(id)),
        [],
      )
    },
  }),
)

async function reassign(scene: Scene, name: string, partitionIndex: number, replicas: number[] | null) {
  const topics = [{ name, partitions: [{ partitionIndex, replicas }] }]
  const version = scene.usual('AlterPartitionReassignments')
  const { responses } = await scene.send('AlterPartitionReassignments', version, { topics, timeoutMs: 5000 })
  return responses[0]?.partitions[0]?.errorCode
}

export const adminPageCases: readonly Case[] = [
  ...elections,
  {
    id: 'pages/elect-leaders/unknown/1',
    title: 'a kind of election that there is not: INVALID_REQUEST',
    level: 'INFO',
    source: ELECT,
    uses: { ElectLeaders: 2 },
    async run(scene) {
      const topicPartitions = [{ topic: scene.topic, partitions: [0] }]
      const answer = await scene.send('ElectLeaders', 2, {
        electionType: 2,
        topicPartitions,
        timeoutMs: 5000,
      })
      expectMatch('answer', answer.errorCode, E.INVALID_REQUEST)
    },
  },
  {
    id: 'pages/reassign/1',
    title: 'a partition may be put where it is; there is nothing to take back then',
    level: 'SHOULD',
    source: REASSIGN,
    needs,
    uses: { AlterPartitionReassignments: 0 },
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      expectMatch('where it is', await reassign(scene, name, 0, [scene.target.nodeId]), E.NONE)
      expectMatch('taken back', await reassign(scene, name, 0, null), E.NO_REASSIGNMENT_IN_PROGRESS)
      const topics = [{ name, partitionIndexes: [0] }]
      const listed = await scene.send('ListPartitionReassignments', 0, { topics, timeoutMs: 5000 })
      expectMatch('under way', listed, { errorCode: E.NONE, topics: [] })
    },
  },
  {
    id: 'pages/reassign/refused/1',
    title: 'a partition that there is not, a broker that there is not, and no broker are refused',
    level: 'SHOULD',
    source: REASSIGN,
    needs,
    uses: { AlterPartitionReassignments: 0 },
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      const { nodeId } = scene.target
      const unknown = E.UNKNOWN_TOPIC_OR_PARTITION
      expectMatch('topic', await reassign(scene, `${name}-none`, 0, [nodeId]), unknown)
      expectMatch('partition', await reassign(scene, name, MISSING, [nodeId]), unknown)
      expectMatch('broker', await reassign(scene, name, 0, [MISSING]), E.INVALID_REPLICA_ASSIGNMENT)
      expectMatch('none', await reassign(scene, name, 0, []), E.INVALID_REPLICA_ASSIGNMENT)
    },
  },
  {
    id: 'pages/producers/1',
    title: 'a partition tells of the producers that wrote to it with sequences',
    level: 'SHOULD',
    source: 'KIP-664',
    needs,
    uses: { DescribeProducers: 0 },
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const describe = async (partitionIndex: number) => {
        const topics = [{ name: topic.name, partitionIndexes: [partitionIndex] }]
        return (await scene.send('DescribeProducers', 0, { topics })).topics[0]?.partitions[0]
      }
      expectMatch('before', await describe(0), { errorCode: E.NONE, activeProducers: [] })
      const producer = { producerId: await initProducer(scene), producerEpoch: 0 }
      await topic.append(batch(['a', 'b'], { ...producer, baseSequence: 0 }))
      const known = { ...producer, lastSequence: 1, lastTimestamp: NOW + 1n }
      const outside = { coordinatorEpoch: -1, currentTxnStartOffset: -1n }
      expectMatch('after', await describe(0), {
        errorCode: E.NONE,
        activeProducers: [{ ...known, ...outside }],
      })
      expectMatch('missing', await describe(MISSING), { errorCode: E.UNKNOWN_TOPIC_OR_PARTITION })
    },
  },
  {
    id: 'pages/transactions/1',
    title: 'states of transactions that there are not are told',
    level: 'INFO',
    source: 'KIP-664',
    uses: { ListTransactions: 0 },
    async run(scene) {
      const body = { stateFilters: ['NoSuchState', 'Ongoing'] }
      expectMatch('answer', await scene.send('ListTransactions', 0, body), {
        errorCode: E.NONE,
        unknownStateFilters: ['NoSuchState'],
      })
    },
  },
  ...quorums,
  {
    id: 'pages/log-dirs/1',
    title: 'a directory that there is not: LOG_DIR_NOT_FOUND for each partition',
    level: 'INFO',
    source: 'ReplicaManager.alterReplicaLogDirs',
    uses: { AlterReplicaLogDirs: 1 },
    async run(scene) {
      const topics = [{ name: scene.topic, partitions: [0, 1] }]
      const { results } = await scene.send('AlterReplicaLogDirs', 1, { dirs: [{ path: '/no/such', topics }] })
      const codes = results.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))
      expectMatch('errors', codes, [E.LOG_DIR_NOT_FOUND, E.LOG_DIR_NOT_FOUND])
    },
  },
  {
    id: 'pages/acls/1',
    title: 'without an authorizer ACLs are neither described, made nor deleted: SECURITY_DISABLED',
    level: 'SHOULD',
    source: 'AclApis',
    uses: { DescribeAcls: 2, CreateAcls: 2, DeleteAcls: 2 },
    async run(scene) {
      if (scene.target.hasAuthorizer) throw new Skipped('the broker has an authorizer')
      const errorCode = E.SECURITY_DISABLED
      const described = await scene.send('DescribeAcls', 2, ANY_ACL)
      expectMatch('described', described, { errorCode, resources: [] })
      const acl = { resourceType: 2, resourceName: scene.topic, principal: 'User:a', host: '*' }
      const creations = [{ ...acl, operation: 3, permissionType: 3 }]
      expectMatch('made', (await scene.send('CreateAcls', 2, { creations })).results, [{ errorCode }])
      const { filterResults } = await scene.send('DeleteAcls', 2, { filters: [ANY_ACL] })
      expectMatch('deleted', filterResults, [{ errorCode, matchingAcls: [] }])
    },
  },
  {
    id: 'pages/scram/1',
    title: 'a user without credentials is told, and so is one that is asked for twice',
    level: 'INFO',
    source: 'KIP-554',
    uses: { DescribeUserScramCredentials: 0 },
    async run(scene) {
      const ask = async (...users: string[]) => {
        const named = users.map((user) => ({ name: `${scene.group}-${user}` }))
        const answer = await scene.send('DescribeUserScramCredentials', 0, { users: named })
        return answer.results.map(({ errorCode }) => errorCode)
      }
      expectMatch('unknown', await ask('a'), [E.RESOURCE_NOT_FOUND])
      expectMatch('twice', await ask('b', 'b'), [E.DUPLICATE_RESOURCE])
    },
  },
  {
    id: 'pages/features/1',
    title: 'metadata.version, by which pages know the release, is within what is supported',
    level: 'SHOULD',
    source: 'KIP-584',
    uses: { ApiVersions: 3 },
    async run(scene) {
      const software = { clientSoftwareName: 'conformance', clientSoftwareVersion: '1' }
      const answer = await scene.send('ApiVersions', 3, software)
      const isIt = ({ name }: { name: string }) => name === 'metadata.version'
      const [supported, final] = [answer.supportedFeatures.find(isIt), answer.finalizedFeatures.find(isIt)]
      const level = final?.maxVersionLevel ?? -1
      const isWithin = level >= (supported?.minVersion ?? 1) && level <= (supported?.maxVersion ?? 0)
      expectMatch('it is within', isWithin, true)
      expectMatch('there is an epoch', answer.finalizedFeaturesEpoch >= 0n, true)
    },
  },
  ...quotaCases,
]
