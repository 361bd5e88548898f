// AlterConfigs (KIP-133), which replaces all that a resource sets.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { OwnTopic } from '../own-topic.js'
import { becomes, DEFAULT, setting, TOPIC } from './configs.js'

const needs = [madeTopic]

export const replaceConfigCases: readonly Case[] = [
  {
    id: 'configs/replace/versions/1',
    title: 'AlterConfigs replaces all that a topic sets, in every version',
    level: 'MUST',
    source: 'KIP-133',
    needs,
    uses: { AlterConfigs: 2 },
    async run(scene) {
      const { name } = await OwnTopic.make(scene, { configs: { 'segment.ms': '70000' } })
      for (const version of [0, 1, 2]) {
        const value = String(1000 + version)
        const resources = [
          { resourceType: TOPIC, resourceName: name, configs: [{ name: 'retention.ms', value }] },
        ]
        const { responses } = await scene.send('AlterConfigs', version, { resources })
        expectMatch(`v${version}`, responses, [{ errorCode: E.NONE, errorMessage: null, resourceName: name }])
        await becomes(scene, name, 'retention.ms', value)
      }
      expectMatch('what is not named', await setting(scene, name, 'segment.ms'), { configSource: DEFAULT })
    },
  },
  {
    id: 'configs/replace/refused/1',
    title: 'AlterConfigs: a bad name, a bad value, none, and one that comes twice are refused',
    level: 'MUST',
    source: 'ConfigurationControlManager.legacyAlterConfigs',
    needs,
    async run(scene) {
      const { name: resourceName } = await OwnTopic.make(scene, { configs: { 'segment.ms': '70000' } })
      const retention = (value: string | null) => ({ name: 'retention.ms', value })
      for (const [configs, errorCode] of [
        [[{ name: 'no.such', value: '1' }], E.INVALID_CONFIG],
        [[retention('soon')], E.INVALID_CONFIG],
        [[retention(null)], E.INVALID_REQUEST],
        [[retention('1'), retention('2')], E.INVALID_REQUEST],
      ] as const) {
        const body = { resources: [{ resourceType: TOPIC, resourceName, configs }] }
        const { responses } = await scene.send('AlterConfigs', scene.usual('AlterConfigs'), body)
        expectMatch(JSON.stringify(configs), responses, [{ errorCode }])
      }
      expectMatch('what it had', await setting(scene, resourceName, 'segment.ms'), { value: '70000' })
    },
  },
]
