// Client quotas (KIP-546): kept, told and taken back; what they limit is not looked at here.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import type { Scene } from '../scene.js'

const SOURCE = 'ClientQuotaControlManager'
const [EXACT, DEFAULT] = [0, 1]
const uses = { AlterClientQuotas: 1, DescribeClientQuotas: 1 }

type Op = readonly [key: string, value: number, remove?: boolean]

const user = (scene: Scene) => ({ entityType: 'user', entityName: scene.group })

async function alter(
  scene: Scene,
  ops: readonly Op[],
  entity: object[] = [user(scene)],
  validateOnly = false,
) {
  const entry = { entity, ops: ops.map(([key, value, remove = false]) => ({ key, value, remove })) }
  const { entries } = await scene.send('AlterClientQuotas', 1, { entries: [entry], validateOnly })
  return entries[0]?.errorCode
}

/** What this user is limited to. */
async function limits(scene: Scene, strict = true) {
  const components = [{ entityType: 'user', matchType: EXACT, match: scene.group }]
  const { errorCode, entries } = await scene.send('DescribeClientQuotas', 1, { components, strict })
  expectMatch('described', errorCode, E.NONE)
  return (entries ?? []).flatMap(({ values }) => values.map(({ key, value }) => `${key}=${value}`)).sort()
}

const become = (scene: Scene, wanted: readonly string[], strict = true) =>
  scene.until(`the quotas are ${wanted.join(', ') || 'none'}`, async () => {
    return (await limits(scene, strict)).join() === wanted.join()
  })

const REFUSED: readonly (readonly [number, string, Op | null, object[] | null])[] = [
  [1, 'a quota that there is not', ['no_such_rate', 1], null],
  [2, 'a quota of nothing', ['producer_byte_rate', 0], null],
  [3, 'a part of a byte', ['producer_byte_rate', 1.5], null],
  [4, 'no entity', null, []],
  [5, 'an entity that there is not', null, [{ entityType: 'planet', entityName: 'x' }]],
  [6, 'a user without a name', null, [{ entityType: 'user', entityName: '' }]],
]

export const quotaCases: readonly Case[] = [
  {
    id: 'pages/quotas/1',
    title: 'quotas of a user are kept, found by its name, and taken back',
    level: 'SHOULD',
    source: SOURCE,
    uses,
    async run(scene) {
      const ops: Op[] = [
        ['producer_byte_rate', 1e9],
        ['request_percentage', 212.5],
      ]
      const isOnlyLookedAt = true
      expectMatch('looked at', await alter(scene, ops, [user(scene)], isOnlyLookedAt), E.NONE)
      expectMatch('not changed', await limits(scene), [])
      expectMatch('altered', await alter(scene, ops), E.NONE)
      await become(scene, ['producer_byte_rate=1000000000', 'request_percentage=212.5'])
      const gone: Op[] = ops.map(([key, value]) => [key, value, true])
      expectMatch('taken back', await alter(scene, gone), E.NONE)
      await become(scene, [])
    },
  },
  {
    id: 'pages/quotas/2',
    title: 'a user and a client together are found by the user unless nothing else may be in the name',
    level: 'SHOULD',
    source: 'ClientQuotasImage.describe',
    uses,
    async run(scene) {
      const both = [user(scene), { entityType: 'client-id', entityName: 'conformance-quotas' }]
      expectMatch('altered', await alter(scene, [['consumer_byte_rate', 1e9]], both), E.NONE)
      await become(scene, ['consumer_byte_rate=1000000000'], false)
      expectMatch('strict', await limits(scene), [])
      expectMatch('taken back', await alter(scene, [['consumer_byte_rate', 0, true]], both), E.NONE)
      await become(scene, [], false)
    },
  },
  ...REFUSED.map(
    ([number, what, op, entity]): Case => ({
      id: `pages/quotas/refused/${number}`,
      title: `${what}: INVALID_REQUEST`,
      level: 'SHOULD',
      source: SOURCE,
      uses: { AlterClientQuotas: 1 },
      async run(scene) {
        const ops = [op ?? (['producer_byte_rate', 1e9] as const)]
        expectMatch('answer', await alter(scene, ops, entity ?? [user(scene)]), E.INVALID_REQUEST)
      },
    }),
  ),
  {
    id: 'pages/quotas/filter/1',
    title: 'a filter that contradicts itself is refused, and so is an unknown type of entity',
    level: 'INFO',
    source: 'KafkaApis.handleDescribeClientQuotasRequest',
    uses: { DescribeClientQuotas: 1 },
    async run(scene) {
      const ask = async (entityType: string, matchType: number, match: string | null) => {
        const components = [{ entityType, matchType, match }]
        return scene.send('DescribeClientQuotas', 1, { components, strict: false })
      }
      expectMatch('nobody', await ask('user', EXACT, null), { errorCode: E.INVALID_REQUEST, entries: null })
      expectMatch('default', await ask('user', DEFAULT, 'x'), { errorCode: E.INVALID_REQUEST, entries: null })
      expectMatch('type', await ask('planet', DEFAULT, null), { errorCode: E.UNSUPPORTED_VERSION })
    },
  },
]
