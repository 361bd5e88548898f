// DescribeConfigs, of topics and of the broker: values, and where they come from.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { OwnTopic } from '../own-topic.js'
import type { Scene } from '../scene.js'

const needs = [madeTopic]
const DESCRIBE = 'ConfigHelper.describeConfigs'
export const TOPIC = 2
export const BROKER = 4
/** DescribeConfigsResponse.ConfigSource */
const [OF_TOPIC, STATIC] = [1, 4]
export const DEFAULT = 5

function describe(
  scene: Scene,
  resourceName: string,
  keys: readonly string[] | null,
  resourceType = TOPIC,
  version?: number,
) {
  const resources = [{ resourceType, resourceName, configurationKeys: keys }]
  const body = { resources, includeSynonyms: true }
  return scene.send('DescribeConfigs', version ?? scene.usual('DescribeConfigs'), body)
}

/** One setting of a topic. */
export async function setting(scene: Scene, topic: string, name: string) {
  const { results } = await describe(scene, topic, [name])
  return results[0]?.configs[0]
}

/** Once the broker has heard of it. */
export const becomes = (scene: Scene, topic: string, name: string, value: string) =>
  scene.until(`${name} is ${value}`, async () => (await setting(scene, topic, name))?.value === value)

const described = [0, 1, 2, 3, 4].map(
  (version): Case => ({
    id: `configs/describe/versions/v${version}`,
    title: `v${version}: what a topic sets, and what holds by default`,
    level: 'MUST',
    source: DESCRIBE,
    needs,
    uses: { DescribeConfigs: version },
    async run(scene) {
      const { name } = await OwnTopic.make(scene, { configs: { 'retention.ms': '7654321' } })
      const { results } = await describe(scene, name, ['retention.ms', 'cleanup.policy'], TOPIC, version)
      expectMatch('resource', results, [{ errorCode: E.NONE, resourceType: TOPIC, resourceName: name }])
      const configs = new Map(results[0]?.configs.map((each) => [each.name, each]))
      expectMatch('as many as asked for', configs.size, 2)
      const common = { readOnly: false, isSensitive: false }
      const [long, list] = version >= 3 ? [5, 7] : [0, 0]
      const told = (each: object) => (version === 0 ? {} : each)
      expectMatch('set', configs.get('retention.ms'), {
        ...{ ...common, value: '7654321', configType: long },
        ...told({
          configSource: OF_TOPIC,
          synonyms: [{ name: 'retention.ms', value: '7654321', source: OF_TOPIC }],
        }),
      })
      const synonyms = [{ name: 'log.cleanup.policy', value: 'delete', source: DEFAULT }]
      const byDefault = told({ configSource: DEFAULT, synonyms })
      const policy = { ...common, value: 'delete', configType: list, ...byDefault }
      expectMatch('by default', configs.get('cleanup.policy'), policy)
    },
  }),
)

export const configCases: readonly Case[] = [
  ...described,
  {
    id: 'configs/describe/all/1',
    title: 'no list of names, and an empty one, mean all',
    level: 'SHOULD',
    source: DESCRIBE,
    needs,
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      const count = async (keys: string[] | null) =>
        (await describe(scene, name, keys)).results[0]?.configs.length ?? 0
      const all = await count(null)
      expectMatch('all', all > 20, true)
      expectMatch('an empty list', await count([]), all)
      expectMatch('a name that there is not', await count(['no.such']), 0)
    },
  },
  {
    id: 'configs/describe/unknown/1',
    title: 'an unknown topic, a name that no topic can have and another broker are told',
    level: 'MUST',
    source: DESCRIBE,
    needs,
    async run(scene) {
      const asked: readonly (readonly [number, string, number])[] = [
        [TOPIC, `${scene.group}-none`, E.UNKNOWN_TOPIC_OR_PARTITION],
        [TOPIC, 'a b', E.INVALID_TOPIC_EXCEPTION],
        [BROKER, '4242', E.INVALID_REQUEST],
        [BROKER, 'first', E.INVALID_REQUEST],
      ]
      for (const [type, name, errorCode] of asked) {
        const { results } = await describe(scene, name, null, type)
        expectMatch(name, results, [{ errorCode, resourceType: type, resourceName: name, configs: [] }])
      }
    },
  },
  {
    id: 'configs/describe/unknown/2',
    title: 'a resource of a type that there is not is refused, and all that is asked for with it',
    level: 'INFO',
    source: 'KafkaApis.handleDescribeConfigsRequest',
    needs,
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      const resources = [
        { resourceType: TOPIC, resourceName: name, configurationKeys: null },
        { resourceType: 99, resourceName: 'x', configurationKeys: null },
      ]
      const { results } = await scene.send('DescribeConfigs', scene.usual('DescribeConfigs'), { resources })
      const refused = { errorCode: E.INVALID_REQUEST, configs: [] }
      expectMatch('resources', results, [refused, refused])
    },
  },
  {
    id: 'configs/describe/broker/1',
    title: 'what a broker was started with is read-only unless it can change while it runs',
    level: 'SHOULD',
    source: 'DynamicBrokerConfig.ALL_DYNAMIC_CONFIGS',
    async run(scene) {
      const names = ['log.cleaner.threads', 'log.retention.hours', 'node.id']
      const { results } = await describe(scene, String(scene.target.nodeId), names, BROKER)
      const configs = new Map(results[0]?.configs.map((each) => [each.name, each]))
      const fixed = { value: '168', readOnly: true, configSource: DEFAULT, configType: 3 }
      expectMatch('fixed', configs.get('log.retention.hours'), fixed)
      expectMatch('changeable', configs.get('log.cleaner.threads'), { readOnly: false, configType: 3 })
      const id = { value: String(scene.target.nodeId), readOnly: true, configSource: STATIC }
      expectMatch('its id', configs.get('node.id'), id)
    },
  },
]
