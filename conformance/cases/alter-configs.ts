// IncrementalAlterConfigs (KIP-339): what changes, what is refused, and that nothing of a refused
// resource is changed.

import { ErrorCodes as E, errorName } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { batch, OwnTopic } from '../own-topic.js'
import type { Scene } from '../scene.js'
import { BROKER, becomes, DEFAULT, setting, TOPIC } from './configs.js'

const needs = [madeTopic]
const ALTER = 'ConfigurationControlManager.incrementalAlterConfigResource'
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3]

/** [name, operation, value] */
type Change = readonly [string, number, string | null]

async function alter(scene: Scene, changes: readonly Change[], resourceName: string, more: object = {}) {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }))
  const resources = [{ resourceType: TOPIC, resourceName, configs, ...more }]
  return altered(scene, { resources })
}

async function altered(scene: Scene, body: object, version = scene.usual('IncrementalAlterConfigs')) {
  return (await scene.send('IncrementalAlterConfigs', version, body)).responses
}

/** Number, what is wrong, the changes, the error. */
const REFUSED: readonly (readonly [number, string, readonly Change[], number])[] = [
  [1, 'a config that there is not', [['no.such', SET, '1']], E.INVALID_CONFIG],
  [2, 'a value that is no number', [['retention.ms', SET, 'soon']], E.INVALID_CONFIG],
  [3, 'a value below the least', [['max.message.bytes', SET, '-1']], E.INVALID_CONFIG],
  [4, 'appending to what is no list', [['retention.ms', APPEND, '1']], E.INVALID_CONFIG],
  [5, 'subtracting from what is no list', [['retention.ms', SUBTRACT, '1']], E.INVALID_CONFIG],
  [6, 'appending what the list cannot have', [['cleanup.policy', APPEND, 'keep']], E.INVALID_CONFIG],
  [7, 'no value', [['retention.ms', SET, null]], E.INVALID_REQUEST],
  [
    8,
    'a config twice',
    [
      ['retention.ms', SET, '1'],
      ['retention.ms', DELETE, null],
    ],
    E.INVALID_REQUEST,
  ],
  [9, 'an unknown operation', [['retention.ms', 9, '1']], E.UNKNOWN_SERVER_ERROR],
]

const refused = REFUSED.map(
  ([number, what, changes, code]): Case => ({
    id: `configs/alter/refused/${number}`,
    title: `${what}: ${errorName(code)}, and nothing of the resource is changed`,
    level: code === E.UNKNOWN_SERVER_ERROR ? 'INFO' : 'MUST',
    source: ALTER,
    needs,
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      const told = await alter(scene, [['segment.ms', SET, '70000'], ...changes], name)
      expectMatch('answer', told, [{ errorCode: code, resourceType: TOPIC, resourceName: name }])
      expectMatch('the rest', await setting(scene, name, 'segment.ms'), { configSource: DEFAULT })
    },
  }),
)

export const alterConfigCases: readonly Case[] = [
  ...refused,
  {
    id: 'configs/alter/KIP-339/1',
    title: 'configs are set, deleted, and changed as lists, each by itself',
    level: 'MUST',
    source: 'KIP-339',
    needs,
    async run(scene) {
      const { name } = await OwnTopic.make(scene, {
        configs: { 'retention.ms': '1111', 'segment.ms': '70000' },
      })
      const changes: readonly Change[] = [
        ['retention.ms', SET, '2222'],
        ['segment.ms', DELETE, null],
        ['cleanup.policy', APPEND, 'compact'],
      ]
      expectMatch('answer', await alter(scene, changes, name), [{ errorCode: E.NONE, errorMessage: null }])
      await becomes(scene, name, 'retention.ms', '2222')
      expectMatch('deleted', await setting(scene, name, 'segment.ms'), { configSource: DEFAULT })
      expectMatch('appended', await setting(scene, name, 'cleanup.policy'), { value: 'delete,compact' })
      await alter(scene, [['cleanup.policy', SUBTRACT, 'delete']], name)
      await becomes(scene, name, 'cleanup.policy', 'compact')
    },
  },
  {
    id: 'configs/alter/versions/v0',
    title: 'v0: a config is set',
    level: 'MUST',
    source: 'KIP-339',
    needs,
    uses: { IncrementalAlterConfigs: 0 },
    async run(scene) {
      const { name: resourceName } = await OwnTopic.make(scene)
      const configs = [{ name: 'retention.ms', configOperation: SET, value: '5555' }]
      const told = await altered(scene, { resources: [{ resourceType: TOPIC, resourceName, configs }] }, 0)
      expectMatch('answer', told, [{ errorCode: E.NONE, errorMessage: null, resourceName }])
      await becomes(scene, resourceName, 'retention.ms', '5555')
    },
  },
  {
    id: 'configs/alter/KIP-339/2',
    title: 'appending what a list has, and deleting what is not set, change nothing',
    level: 'SHOULD',
    source: ALTER,
    needs,
    async run(scene) {
      const { name } = await OwnTopic.make(scene, { configs: { 'cleanup.policy': 'compact' } })
      const changes: readonly Change[] = [
        ['cleanup.policy', APPEND, 'compact'],
        ['segment.ms', DELETE, null],
        ['no.such', DELETE, null],
      ]
      expectMatch('answer', await alter(scene, changes, name), [{ errorCode: E.NONE }])
      expectMatch('list', await setting(scene, name, 'cleanup.policy'), { value: 'compact' })
    },
  },
  {
    id: 'configs/alter/validate/1',
    title: 'what is only validated is answered as if it were done, and is not done',
    level: 'MUST',
    source: ALTER,
    needs,
    async run(scene) {
      const { name: resourceName } = await OwnTopic.make(scene)
      const told = (configs: object[]) =>
        altered(scene, { resources: [{ resourceType: TOPIC, resourceName, configs }], validateOnly: true })
      const change = { name: 'retention.ms', configOperation: SET }
      expectMatch('good', await told([{ ...change, value: '5' }]), [{ errorCode: E.NONE }])
      expectMatch('bad', await told([{ ...change, value: 'x' }]), [{ errorCode: E.INVALID_CONFIG }])
      expectMatch('value', await setting(scene, resourceName, 'retention.ms'), { configSource: DEFAULT })
    },
  },
  {
    id: 'configs/alter/resources/1',
    title: 'each resource is answered for itself: those that can be are changed',
    level: 'MUST',
    source: 'ConfigAdminManager',
    needs,
    async run(scene) {
      const { name } = await OwnTopic.make(scene)
      const configs = [{ name: 'retention.ms', configOperation: SET, value: '3333' }]
      const of = (resourceType: number, resourceName: string) => ({ resourceType, resourceName, configs })
      const resources = [
        of(TOPIC, `${scene.group}-none`),
        of(TOPIC, 'a b'),
        of(BROKER, '4242'),
        of(99, 'x'),
        of(TOPIC, name),
      ]
      const codes = (await altered(scene, { resources })).map(({ errorCode }) => errorCode)
      const expected = [
        E.UNKNOWN_TOPIC_OR_PARTITION,
        E.INVALID_TOPIC_EXCEPTION,
        E.INVALID_REQUEST,
        E.INVALID_REQUEST,
        E.NONE,
      ]
      expectMatch('errors', codes, expected)
      await becomes(scene, name, 'retention.ms', '3333')
    },
  },
  {
    id: 'configs/alter/resources/2',
    title: 'a resource that is named twice is refused, as often as it is named',
    level: 'MUST',
    source: 'ConfigAdminManager',
    needs,
    async run(scene) {
      const { name: resourceName } = await OwnTopic.make(scene)
      const configs = [{ name: 'retention.ms', configOperation: SET, value: '4444' }]
      const resource = { resourceType: TOPIC, resourceName, configs }
      const told = await altered(scene, { resources: [resource, { ...resource, configs: [] }] })
      expectMatch('answers', told, [{ errorCode: E.INVALID_REQUEST }, { errorCode: E.INVALID_REQUEST }])
      expectMatch('value', await setting(scene, resourceName, 'retention.ms'), { configSource: DEFAULT })
    },
  },
  {
    id: 'configs/alter/KIP-226/1',
    title: 'of a broker only what it can change while it runs is changed, also for all brokers at once',
    level: 'SHOULD',
    source: 'KIP-226',
    async run(scene) {
      const told = async (resourceName: string, name: string, value: string) => {
        const configs = [{ name, configOperation: SET, value }]
        const resources = [{ resourceType: BROKER, resourceName, configs }]
        return (await altered(scene, { resources, validateOnly: true }))[0]?.errorCode
      }
      for (const resourceName of [String(scene.target.nodeId), '']) {
        const of = (name: string, value: string) => told(resourceName, name, value)
        expectMatch('changeable', await of('log.cleaner.threads', '2'), E.NONE)
        expectMatch('a bad value', await of('log.cleaner.threads', 'many'), E.INVALID_REQUEST)
        expectMatch('fixed', await of('log.retention.hours', '2'), E.INVALID_REQUEST)
      }
    },
  },
  {
    id: 'configs/alter/effect/1',
    title: 'a changed max.message.bytes holds for what is produced then',
    level: 'MUST',
    source: 'KIP-226',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const large = batch(['x'.repeat(500)])
      await topic.append(large)
      await alter(scene, [['max.message.bytes', SET, '100']], topic.name)
      await scene.until(
        'it holds',
        async () => (await topic.produce(large)).errorCode === E.MESSAGE_TOO_LARGE,
      )
    },
  },
]
