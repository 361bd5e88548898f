// The list of what has settings (ListConfigResources, KIP-1142), and levels of loggers.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import {
  APPEND,
  alter,
  described,
  GROUP,
  groupSettings,
  having,
  INTERVAL,
  METRICS,
  SESSION,
  SET,
} from './group-configs.js'

const LOGGER = 8
const needs = [groupSettings]

export const configResourceCases: readonly Case[] = [
  {
    id: 'configs/list/versions/v0',
    title: 'v0 lists client metrics subscriptions',
    level: 'SHOULD',
    source: 'KIP-714',
    uses: { ListConfigResources: 0, IncrementalAlterConfigs: 1 },
    async run(scene) {
      await having(scene, METRICS, INTERVAL, '1000', async () => {
        const { errorCode, configResources } = await scene.send('ListConfigResources', 0, {})
        expectMatch('error', errorCode, E.NONE)
        const names = configResources.map(({ resourceName }) => resourceName)
        expectMatch('the subscription is listed', names.includes(scene.group), true)
      })
    },
  },
  {
    id: 'configs/list/versions/v1',
    title: 'v1 lists what has settings by type: groups for those that they have, brokers and topics always',
    level: 'SHOULD',
    source: 'KIP-1142',
    uses: { ListConfigResources: 1, IncrementalAlterConfigs: 1 },
    async run(scene) {
      const [topic, broker] = [2, 4]
      const listed = async (...resourceTypes: number[]) => {
        const { configResources } = await scene.send('ListConfigResources', 1, { resourceTypes })
        return new Set(
          configResources.map(({ resourceType, resourceName }) => `${resourceType} ${resourceName}`),
        )
      }
      await having(scene, GROUP, SESSION, '50000', async () => {
        const all = await listed()
        const { target, group } = scene
        const wanted = [`${GROUP} ${group}`, `${broker} ${target.nodeId}`, `${topic} ${target.topic}`]
        expectMatch(
          'of every type',
          wanted.filter((each) => !all.has(each)),
          [],
        )
        const types = new Set(Array.from(await listed(GROUP), (each) => each.split(' ')[0]))
        expectMatch('of one type', [...types], [String(GROUP)])
      })
      await scene.until('without settings it is not listed', async () => {
        return !(await listed(GROUP)).has(`${GROUP} ${scene.group}`)
      })
    },
  },
  {
    id: 'configs/list/unknown/1',
    title: 'a type that has no settings: UNSUPPORTED_VERSION',
    level: 'INFO',
    source: 'KafkaApis.handleListConfigResources',
    uses: { ListConfigResources: 1 },
    async run(scene) {
      const answer = await scene.send('ListConfigResources', 1, { resourceTypes: [GROUP, 99] })
      expectMatch('answer', answer, { errorCode: E.UNSUPPORTED_VERSION, configResources: [] })
    },
  },
  {
    id: 'configs/logger/1',
    title: 'a logger that there is not has no level, and loggers are no lists',
    level: 'INFO',
    source: 'RuntimeLoggerManager',
    needs,
    uses: { IncrementalAlterConfigs: 1 },
    async run(scene) {
      const here = { resourceName: String(scene.target.nodeId) }
      const missing = await alter(scene, LOGGER, [['no.such.Logger', SET, 'INFO']], here)
      expectMatch('set', missing, E.INVALID_CONFIG)
      const appended = await alter(scene, LOGGER, [['no.such.Logger', APPEND, 'INFO']], here)
      expectMatch('appended', appended, E.INVALID_REQUEST)
      expectMatch('described', await described(scene, LOGGER, 'no.such.Logger', here.resourceName), {
        errorCode: E.NONE,
        configs: [],
      })
    },
  },
]
