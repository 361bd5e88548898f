// Passing for another broker: what is advertised, and what is set.

import { expect, it } from 'vitest'
import { type CohortOptions, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { RawClient } from '../helpers/raw-client.js'

async function advertised(options: CohortOptions) {
  await using cohort = await startCohort(options)
  const client = await RawClient.connect(cohort.port)
  const { apiKeys } = await client.send(Apis.ApiVersions, 0, {})
  client.close()
  return new Map(apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]))
}

it('a profile advertises what that release does, of what is handled', async () => {
  const [fast, old, current] = await Promise.all([
    advertised({}),
    advertised({ profile: 'kafka-3.9' }),
    advertised({ profile: 'kafka-4.4' }),
  ])
  const of = (api: keyof typeof Apis) => [fast, old, current].map((each) => each.get(Apis[api].key))
  expect(of('OffsetCommit')).toEqual([
    [0, 10],
    [0, 9],
    [2, 10],
  ])
  expect(of('OffsetFetch')).toEqual([
    [0, 10],
    [0, 9],
    [1, 10],
  ])
  expect(of('DescribeGroups')).toEqual([
    [0, 6],
    [0, 5],
    [0, 6],
  ])
  expect(of('JoinGroup')).toEqual([
    [0, 9],
    [0, 9],
    [0, 9],
  ])
})

it("a profile has that release's settings, unless they are set otherwise", async () => {
  const delay = async (options: CohortOptions) => {
    await using cohort = await startCohort({ clock: 'virtual', ...options })
    const client = await RawClient.connect(cohort.port)
    const resources = [
      { resourceType: 4, resourceName: '1', configurationKeys: ['group.initial.rebalance.delay.ms'] },
    ]
    const { results } = await client.send(Apis.DescribeConfigs, 4, { resources })
    client.close()
    return results[0]?.configs[0]?.value
  }
  expect(await delay({})).toBe('0')
  expect(await delay({ profile: 'kafka-4.4' })).toBe('3000')
  expect(await delay({ profile: 'kafka-4.4', set: { 'group.initial.rebalance.delay.ms': 5 } })).toBe('5')
})

it('single APIs are cut or left out', async () => {
  const versions = await advertised({ apiVersions: { JoinGroup: [0, 5], OffsetDelete: false } })
  expect(versions.get(Apis.JoinGroup.key)).toEqual([0, 5])
  expect(versions.has(Apis.OffsetDelete.key)).toBe(false)
  await using cohort = await startCohort({ apiVersions: { JoinGroup: [0, 5] }, verify: false })
  const client = await RawClient.connect(cohort.port)
  await expect(client.send(Apis.JoinGroup, 6, {})).rejects.toThrow('connection closed')
  expect(() => cohort.verify()).toThrow('JoinGroup v6 is not handled; v0 to v5 are')
})

it('what cannot be is refused with where and why', async () => {
  const wrong: [object, string][] = [
    [{ profile: 'kafka-1' }, 'options.profile is '],
    [
      { apiVersions: { JoinGrup: false } },
      "options.apiVersions.JoinGrup: there is no such API (did you mean 'JoinGroup'?)",
    ],
    [
      { apiVersions: { JoinGroup: [0, 12] } },
      'options.apiVersions.JoinGroup is [0,12], but must be [first, last] within 0 and 9, or false',
    ],
    [{ apiVersions: { JoinGroup: [5, 3] } }, 'must be [first, last] within 0 and 9'],
    [{ clock: 'fast' }, "options.clock is 'fast', but must be a Clock (nowMs, wakeAt), or 'virtual'"],
    [{ timeout: 'soon' }, "options.timeout is 'soon', but must be milliseconds, or '500ms', '10s', '2m'"],
    [null as never, 'options is null, but must be an object'],
    [
      { topics: ['orders'] },
      'options.topics is ["orders"], but must be an object of topic name -> number of partitions',
    ],
    [{ store: {} }, 'options.store is {}, but must be a Store (load, append, close)'],
    [{ journal: '/nowhere/at/all.jsonl' }, 'journal /nowhere/at/all.jsonl: it cannot be written (ENOENT)'],
    [{ seed: -1 }, 'options.seed is -1, but must be a whole number from 0 on'],
  ]
  for (const [options, message] of wrong) await expect(startCohort(options)).rejects.toThrow(message)
})
