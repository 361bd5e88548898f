// Settings of groups and of client metrics subscriptions (KIP-848, KIP-932, KIP-714). Neither a group nor a subscription needs to
// exist.

import { ErrorCodes as E, errorName } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import type { Need } from '../needs.js'
import type { Scene } from '../scene.js'

const GROUP_SOURCE = 'GroupConfigManager'
const METRICS_SOURCE = 'ClientMetricsConfigs'
export const [METRICS, GROUP] = [16, 32]
const [DEFAULT, OF_METRICS, OF_GROUP] = [5, 7, 8]
export const [SET, DELETE, APPEND] = [0, 1, 2]
export const SESSION = 'consumer.session.timeout.ms'
export const INTERVAL = 'interval.ms'

/** Kafka 3.9 has them behind a feature that is off, and describes no defaults of subscriptions. */
export const groupSettings: Need = {
  name: 'config',
  lacks: ({ release }) => (release === '4' ? null : 'groups have no settings before Kafka 4'),
}
const needs = [groupSettings]

/** [name, operation, value] */
type Change = readonly [string, number, string | null]

export async function alter(
  scene: Scene,
  resourceType: number,
  changes: readonly Change[],
  { resourceName = scene.group, validateOnly = false } = {},
) {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }))
  const resources = [{ resourceType, resourceName, configs }]
  const version = scene.usual('IncrementalAlterConfigs')
  const { responses } = await scene.send('IncrementalAlterConfigs', version, { resources, validateOnly })
  return responses[0]?.errorCode
}

export async function described(
  scene: Scene,
  resourceType: number,
  name: string,
  resourceName = scene.group,
) {
  const resources = [{ resourceType, resourceName, configurationKeys: [name] }]
  const body = { resources, includeSynonyms: true }
  const { results } = await scene.send('DescribeConfigs', scene.usual('DescribeConfigs'), body)
  return results[0]
}

/** Once the broker has heard of it. */
const becomes = (scene: Scene, resourceType: number, name: string, value: string) =>
  scene.until(`${name} is ${value}`, async () => {
    return (await described(scene, resourceType, name))?.configs[0]?.value === value
  })

/** Sets one, and takes everything back when `act` is over. */
export async function having(
  scene: Scene,
  resourceType: number,
  name: string,
  value: string,
  act: () => Promise<void>,
): Promise<void> {
  expectMatch('it is set', await alter(scene, resourceType, [[name, SET, value]]), E.NONE)
  try {
    await becomes(scene, resourceType, name, value)
    await act()
  } finally {
    const resources = [{ resourceType, resourceName: scene.group, configs: [] }]
    await scene.send('AlterConfigs', scene.usual('AlterConfigs'), { resources })
  }
}

/** Number, type, what is wrong, the changes, the error. */
const REFUSED: readonly (readonly [number, number, string, readonly Change[], number])[] = [
  [1, GROUP, 'a setting that there is not', [['no.such', SET, '1']], E.INVALID_CONFIG],
  [2, GROUP, 'a value that is no number', [[SESSION, SET, 'soon']], E.INVALID_CONFIG],
  [3, GROUP, 'a value below what the broker allows', [[SESSION, SET, '1']], E.INVALID_CONFIG],
  [4, GROUP, 'appending to what is no list', [[SESSION, APPEND, '1']], E.INVALID_CONFIG],
  [5, GROUP, 'no value', [[SESSION, SET, null]], E.INVALID_REQUEST],
  [
    6,
    GROUP,
    'a setting twice',
    [
      [SESSION, SET, '50000'],
      [SESSION, DELETE, null],
    ],
    E.INVALID_REQUEST,
  ],
  [1, METRICS, 'a setting that there is not', [['no.such', SET, '1']], E.INVALID_REQUEST],
  [2, METRICS, 'an interval below the least', [[INTERVAL, SET, '99']], E.INVALID_REQUEST],
  [3, METRICS, 'a client property that there is not', [['match', SET, 'no_such=x']], E.INVALID_CONFIG],
  [4, METRICS, 'a pattern that is none', [['match', SET, 'client_id=[']], E.INVALID_CONFIG],
]

const refused = REFUSED.map(
  ([number, type, what, changes, code]): Case => ({
    id: `configs/${type === GROUP ? 'group' : 'client-metrics'}/refused/${number}`,
    title: `${what}: ${errorName(code)}`,
    level: 'SHOULD',
    source: type === GROUP ? GROUP_SOURCE : METRICS_SOURCE,
    needs,
    uses: { IncrementalAlterConfigs: 1 },
    async run(scene) {
      expectMatch('answer', await alter(scene, type, changes), code)
    },
  }),
)

export const groupConfigCases: readonly Case[] = [
  {
    id: 'configs/group/describe/1',
    title: 'a group that does not exist has the settings of the broker',
    level: 'SHOULD',
    source: GROUP_SOURCE,
    needs,
    async run(scene) {
      const result = await described(scene, GROUP, SESSION)
      expectMatch('result', result, {
        errorCode: E.NONE,
        configs: [{ name: SESSION, readOnly: false, configSource: DEFAULT, configType: 3 }],
      })
      const broker = scene.target.settings.get(`group.${SESSION}`)
      if (broker !== undefined) expectMatch('value', result?.configs[0]?.value, broker)
    },
  },
  {
    id: 'configs/group/alter/1',
    title: 'a setting of a group is told with what is behind it, until it is deleted',
    level: 'SHOULD',
    source: GROUP_SOURCE,
    needs,
    uses: { IncrementalAlterConfigs: 1 },
    async run(scene) {
      const before = (await described(scene, GROUP, SESSION))?.configs[0]
      await having(scene, GROUP, SESSION, '50000', async () => {
        expectMatch('set', (await described(scene, GROUP, SESSION))?.configs[0], {
          value: '50000',
          configSource: OF_GROUP,
          synonyms: [{ name: SESSION, value: '50000', source: OF_GROUP }, ...(before?.synonyms ?? [])],
        })
        expectMatch('it is deleted', await alter(scene, GROUP, [[SESSION, DELETE, null]]), E.NONE)
        await becomes(scene, GROUP, SESSION, before?.value ?? '')
      })
    },
  },
  {
    id: 'configs/group/alter/2',
    title: 'what is only looked at is not changed',
    level: 'SHOULD',
    source: 'ConfigurationControlManager',
    needs,
    uses: { IncrementalAlterConfigs: 1 },
    async run(scene) {
      const options = { validateOnly: true }
      expectMatch('answer', await alter(scene, GROUP, [[SESSION, SET, '50000']], options), E.NONE)
      expectMatch('setting', (await described(scene, GROUP, SESSION))?.configs[0], { configSource: DEFAULT })
    },
  },
  {
    id: 'configs/group/nameless/1',
    title: 'settings of a group without a name are refused',
    level: 'SHOULD',
    source: 'ControllerConfigurationValidator',
    uses: { IncrementalAlterConfigs: 1 },
    async run(scene) {
      const nameless = { resourceName: '' }
      expectMatch(
        'altered',
        await alter(scene, GROUP, [[SESSION, SET, '50000']], nameless),
        E.INVALID_REQUEST,
      )
      expectMatch('described', await described(scene, GROUP, SESSION, ''), { errorCode: E.INVALID_REQUEST })
    },
  },
  ...refused,
  {
    id: 'configs/client-metrics/alter/1',
    title: 'a subscription is what it is set to, and the default where it is not',
    level: 'SHOULD',
    source: METRICS_SOURCE,
    needs,
    uses: { IncrementalAlterConfigs: 1 },
    async run(scene) {
      const byDefault = { value: '300000', configSource: DEFAULT }
      expectMatch('before', (await described(scene, METRICS, INTERVAL))?.configs[0], byDefault)
      await having(scene, METRICS, INTERVAL, '1000', async () => {
        const own = { value: '1000', configSource: OF_METRICS }
        expectMatch('set', (await described(scene, METRICS, INTERVAL))?.configs[0], own)
      })
      await becomes(scene, METRICS, INTERVAL, '300000')
    },
  },
]
