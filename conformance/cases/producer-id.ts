// InitProducerId for producers that are idempotent and not transactional.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import type { Draft } from '../../src/protocol/schema.js'
import { type Case, expectMatch } from '../case.js'
import type { RequestOf } from '../connections.js'
import type { Scene } from '../scene.js'

const INIT = 'TransactionCoordinator.handleInitProducerId'

type Asked = Draft<RequestOf<'InitProducerId'>>

/** A broker that has just started is given its block of ids when it is asked for one. */
async function init(scene: Scene, version = scene.usual('InitProducerId'), more: Asked = {}) {
  const body = { transactionalId: null, transactionTimeoutMs: 60_000, ...more }
  let answer = await scene.send('InitProducerId', version, body)
  await scene.until('the broker has ids of producers', async () => {
    if (answer.errorCode !== E.COORDINATOR_LOAD_IN_PROGRESS) return true
    answer = await scene.send('InitProducerId', version, body)
    return false
  })
  return answer
}

export async function initProducer(scene: Scene): Promise<bigint> {
  const { errorCode, producerId } = await init(scene)
  expectMatch('a producer id', errorCode, E.NONE)
  return producerId
}

const inits = [0, 1, 2, 3, 4, 5].map(
  (version): Case => ({
    id: `data/producer-id/versions/v${version}`,
    title: `v${version}: every producer is given an id of its own, with epoch 0`,
    level: 'MUST',
    source: INIT,
    uses: { InitProducerId: version },
    async run(scene) {
      const first = await init(scene, version)
      expectMatch('first', first, { errorCode: E.NONE, producerEpoch: 0 })
      const second = await init(scene, version)
      expectMatch('second', second, { errorCode: E.NONE, producerEpoch: 0 })
      expectMatch('ids', [first.producerId >= 0n, second.producerId > first.producerId], [true, true])
    },
  }),
)

export const producerIdCases: readonly Case[] = [
  ...inits,
  {
    id: 'data/producer-id/refused/1',
    title: 'an empty transactional id is refused',
    level: 'SHOULD',
    source: INIT,
    async run(scene) {
      const answer = await init(scene, undefined, { transactionalId: '' })
      expectMatch('answer', answer, { errorCode: E.INVALID_REQUEST, producerId: -1n })
    },
  },
  {
    id: 'data/producer-id/KIP-360/1',
    title: 'v3: an id without an epoch, and an epoch without an id, are refused',
    level: 'SHOULD',
    source: 'KIP-360',
    uses: { InitProducerId: 3 },
    async run(scene) {
      for (const pair of [
        { producerId: 5n, producerEpoch: -1 },
        { producerId: -1n, producerEpoch: 5 },
      ]) {
        const answer = await init(scene, 3, pair)
        expectMatch('answer', answer, { errorCode: E.INVALID_REQUEST, producerId: -1n, producerEpoch: -1 })
      }
    },
  },
  {
    id: 'data/producer-id/KIP-360/2',
    title: 'v3: a producer that is not transactional and tells its id is given a new one',
    level: 'SHOULD',
    source: INIT,
    uses: { InitProducerId: 3 },
    async run(scene) {
      const producerId = await initProducer(scene)
      const answer = await init(scene, 3, { producerId, producerEpoch: 0 })
      expectMatch('answer', answer, { errorCode: E.NONE, producerEpoch: 0 })
      expectMatch('a new id', answer.producerId > producerId, true)
    },
  },
]
