// FindCoordinator: key types, forms, and that the answer leads somewhere.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { isKafka4 } from '../target.js'

const BROKER = 'KafkaApis.handleFindCoordinatorRequest'

const messages = [1, 2, 3, 4].map(
  (version): Case => ({
    id: `admin/find-coordinator/message/v${version}`,
    title: `v${version}: the error message of a success is ${version < 4 ? "'NONE'" : 'empty'}`,
    level: 'INFO',
    source: BROKER,
    uses: { FindCoordinator: version },
    async run(scene) {
      const body = { key: scene.group, keyType: 0, coordinatorKeys: [scene.group] }
      const answer = await scene.send('FindCoordinator', version, body)
      const { errorMessage } = answer.coordinators[0] ?? answer
      expectMatch('message', errorMessage, version < 4 ? 'NONE' : '')
    },
  }),
)

const unknownTypes = [1, 2, 3].map(
  (version): Case => ({
    id: `admin/find-coordinator/type/v${version}`,
    title: `v${version}: an unknown key type is refused, with nobody as its coordinator`,
    level: 'MUST',
    source: BROKER,
    uses: { FindCoordinator: version },
    async run(scene) {
      const answer = await scene.send('FindCoordinator', version, { key: scene.group, keyType: 9 })
      expectMatch('answer', answer, { errorCode: E.INVALID_REQUEST, nodeId: -1, host: '', port: -1 })
    },
  }),
)

export const findCoordinatorCases: readonly Case[] = [
  ...messages,
  ...unknownTypes,
  {
    id: 'admin/find-coordinator/many/1',
    title: 'v4: each key is answered under its name; the empty one too',
    level: 'MUST',
    source: 'KIP-699',
    uses: { FindCoordinator: 4 },
    async run(scene) {
      const keys = [scene.group, `${scene.group}-other`, '']
      const { coordinators } = await scene.send('FindCoordinator', 4, { keyType: 0, coordinatorKeys: keys })
      const told = new Map(coordinators.map(({ key, errorCode }) => [key, errorCode]))
      expectMatch('keys', coordinators.length, 3)
      for (const key of keys) expectMatch(`'${key}'`, told.get(key), E.NONE)
    },
  },
  {
    id: 'admin/find-coordinator/node/1',
    title: 'the coordinator is one of the brokers that Metadata names',
    level: 'MUST',
    source: BROKER,
    async run(scene) {
      const body = { key: scene.group, keyType: 0, coordinatorKeys: [scene.group] }
      const answer = await scene.send('FindCoordinator', scene.usual('FindCoordinator'), body)
      const { nodeId, host, port } = answer.coordinators[0] ?? answer
      const { brokers } = await scene.send('Metadata', scene.usual('Metadata'), { topics: [] })
      const broker = brokers.find((each) => each.nodeId === nodeId)
      expectMatch('broker', broker, { host, port })
    },
  },
  {
    id: 'admin/find-coordinator/share/1',
    title: 'v6: the key of a share group names group, topic and partition; any other is refused',
    level: 'SHOULD',
    source: 'KIP-932',
    uses: { FindCoordinator: 6 },
    async run(scene) {
      const asked = { keyType: 2, coordinatorKeys: ['no-colons'] }
      const { coordinators } = await scene.send('FindCoordinator', 6, asked)
      // 3.9 has the version, but no share coordinator unless it is unlocked.
      const errorCode = isKafka4(scene.target) ? E.INVALID_REQUEST : E.COORDINATOR_NOT_AVAILABLE
      expectMatch('answer', coordinators, [{ errorCode, nodeId: -1 }])
    },
  },
  {
    id: 'admin/find-coordinator/share/2',
    title: 'below v6 share groups are an unknown key type',
    level: 'SHOULD',
    source: 'KIP-932',
    uses: { FindCoordinator: 5 },
    async run(scene) {
      const asked = { keyType: 2, coordinatorKeys: ['g:AAAAAAAAAAAAAAAAAAAAAQ:0'] }
      const { coordinators } = await scene.send('FindCoordinator', 5, asked)
      expectMatch('answer', coordinators, [{ errorCode: E.INVALID_REQUEST }])
    },
  },
]
