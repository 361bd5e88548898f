// Settings of groups, of client metrics subscriptions and of loggers, with the answers that Apache Kafka 4.4.0 gave to the same.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { MemoryStore } from '../../src/store/memory.js'
import { type Change, configRequests } from '../helpers/config-requests.js'
import { RawClient } from '../helpers/raw-client.js'

const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3]
const [TOPIC, BROKER, LOGGER, METRICS, GROUP] = [2, 4, 8, 16, 32]
const [DEFAULT, OF_METRICS, OF_GROUP] = [5, 7, 8]
const SESSION = 'consumer.session.timeout.ms'

let cohort: Cohort
let client: RawClient

beforeEach(async () => {
  cohort = await startCohort({ topics: { t: 1 } })
  client = await RawClient.connect(cohort.port)
})

afterEach(async () => {
  client.close()
  await cohort.stop()
})

const { alter, replace, described } = configRequests(() => client)

const set = (type: number, name: string, config: string, value: string) =>
  alter(type, name, [[config, SET, value]])

/** Value and source, and what stands behind it. */
async function shown(type: number, name: string, config: string) {
  const { configs } = await described(type, name, [config])
  return configs.map(({ value, configSource, synonyms }) => [
    [value, configSource],
    ...synonyms.map((synonym) => [synonym.name, synonym.value, synonym.source]),
  ])[0]
}

async function listed(resourceTypes: number[], version = 1) {
  const { errorCode, configResources } = await client.send(Apis.ListConfigResources, version, {
    resourceTypes,
  })
  return [errorCode, ...configResources.map(({ resourceType, resourceName }) => [resourceType, resourceName])]
}

describe('settings of a group', () => {
  it('that does not exist have the defaults of the broker', async () => {
    const { errorCode, errorMessage, configs } = await described(GROUP, 'none')
    expect([errorCode, errorMessage]).toEqual([E.NONE, ''])
    expect(configs.map(({ name, value, configType }) => [name, value, configType]).sort()).toEqual([
      ['consumer.assignment.interval.ms', '1000', 3],
      ['consumer.heartbeat.interval.ms', '5000', 3],
      ['consumer.session.timeout.ms', '45000', 3],
      ['errors.deadletterqueue.copy.record.enable', 'false', 1],
      ['errors.deadletterqueue.topic.name', '', 2],
      ['share.assignment.interval.ms', '1000', 3],
      ['share.auto.offset.reset', 'latest', 2],
      ['share.delivery.count.limit', '5', 3],
      ['share.heartbeat.interval.ms', '5000', 3],
      ['share.isolation.level', 'read_uncommitted', 2],
      ['share.partition.max.record.locks', '2000', 3],
      ['share.record.lock.duration.ms', '30000', 3],
      ['share.renew.acknowledge.enable', 'true', 1],
      ['share.session.timeout.ms', '45000', 3],
      ['streams.assignment.interval.ms', '1000', 3],
      ['streams.assignor.name', 'sticky', 2],
      ['streams.heartbeat.interval.ms', '5000', 3],
      ['streams.initial.rebalance.delay.ms', '3000', 3],
      ['streams.num.standby.replicas', '0', 3],
      ['streams.rack.aware.assignment.tags', '', 7],
      ['streams.session.timeout.ms', '45000', 3],
    ])
    expect(configs.every(({ readOnly, isSensitive }) => !readOnly && !isSensitive)).toBe(true)
    const behind = ['group.consumer.session.timeout.ms', '45000', DEFAULT]
    expect(await shown(GROUP, 'none', SESSION)).toEqual([['45000', DEFAULT], behind])
    expect(await shown(GROUP, 'none', 'share.isolation.level')).toEqual([
      ['read_uncommitted', DEFAULT],
      ['share.isolation.level', 'read_uncommitted', DEFAULT],
    ])
  })

  it('are set, listed and deleted one by one', async () => {
    expect(await set(GROUP, 'g', SESSION, ' 50000 ')).toEqual([E.NONE, null])
    const behind = ['group.consumer.session.timeout.ms', '45000', DEFAULT]
    expect(await shown(GROUP, 'g', SESSION)).toEqual([
      ['50000', OF_GROUP],
      [SESSION, '50000', OF_GROUP],
      behind,
    ])
    expect(await listed([GROUP])).toEqual([E.NONE, [GROUP, 'g']])
    expect(await alter(GROUP, 'g', [[SESSION, DELETE, null]])).toEqual([E.NONE, null])
    expect(await shown(GROUP, 'g', SESSION)).toEqual([['45000', DEFAULT], behind])
    expect(await listed([GROUP])).toEqual([E.NONE])
  })

  it('are replaced as a whole by AlterConfigs', async () => {
    await set(GROUP, 'g', SESSION, '50000')
    expect(await replace(GROUP, 'g', { 'share.auto.offset.reset': 'earliest' })).toEqual([E.NONE, null])
    expect((await shown(GROUP, 'g', SESSION))?.[0]).toEqual(['45000', DEFAULT])
    expect((await shown(GROUP, 'g', 'share.auto.offset.reset'))?.[0]).toEqual(['earliest', OF_GROUP])
  })

  it('are only looked at when that is all that was asked for', async () => {
    expect(await alter(GROUP, 'g', [[SESSION, SET, '50000']], true)).toEqual([E.NONE, null])
    expect((await alter(GROUP, 'g', [[SESSION, SET, '1']], true))[0]).toBe(E.INVALID_CONFIG)
    expect(await listed([GROUP])).toEqual([E.NONE])
  })

  it('are bounded by what the broker is set to', async () => {
    await using narrow = await startCohort({ set: { 'group.consumer.max.session.timeout.ms': 46_000 } })
    const other = await RawClient.connect(narrow.port)
    const configs = [{ name: SESSION, configOperation: SET, value: '50000' }]
    const resources = [{ resourceType: GROUP, resourceName: 'g', configs }]
    const { responses } = await other.send(Apis.IncrementalAlterConfigs, 1, { resources })
    expect(responses[0]?.errorMessage).toBe(`${SESSION} must be in the range 45000 to 46000 inclusive.`)
    other.close()
  })

  it('that Kafka keeps to itself are shown once they are set', async () => {
    expect(await shown(GROUP, 'g', 'streams.num.warmup.replicas')).toBeUndefined()
    await set(GROUP, 'g', 'streams.num.warmup.replicas', '3')
    expect(await shown(GROUP, 'g', 'streams.num.warmup.replicas')).toEqual([
      ['3', OF_GROUP],
      ['streams.num.warmup.replicas', '3', OF_GROUP],
      ['group.streams.num.warmup.replicas', '2', DEFAULT],
    ])
  })

  const refused: [string, readonly Change[], number, string | null][] = [
    ['', [[SESSION, SET, '50000']], E.INVALID_REQUEST, 'Default group resources are not allowed.'],
    ['g', [['nope', SET, '1']], E.INVALID_CONFIG, 'Unknown group config name: nope'],
    [
      'g',
      [
        [SESSION, SET, 'x'],
        ['nope', SET, '1'],
      ],
      E.INVALID_CONFIG,
      'Unknown group config name: nope',
    ],
    [
      'g',
      [[SESSION, SET, 'x']],
      E.INVALID_CONFIG,
      `Invalid value x for configuration ${SESSION}: Not a number of type INT`,
    ],
    [
      'g',
      [['consumer.assignment.interval.ms', SET, '-1']],
      E.INVALID_CONFIG,
      'Invalid value -1 for configuration consumer.assignment.interval.ms: Value must be at least 0',
    ],
    [
      'g',
      [
        [SESSION, SET, '1'],
        ['consumer.heartbeat.interval.ms', SET, '1'],
      ],
      E.INVALID_CONFIG,
      'consumer.heartbeat.interval.ms must be in the range 5000 to 15000 inclusive.',
    ],
    [
      'g',
      [['streams.num.standby.replicas', SET, '3']],
      E.INVALID_CONFIG,
      'streams.num.standby.replicas must be less than or equal to 2',
    ],
    [
      'g',
      [['streams.task.offset.interval.ms', SET, '1']],
      E.INVALID_CONFIG,
      'streams.task.offset.interval.ms must be greater than or equal to 15000',
    ],
    [
      'g',
      [['share.auto.offset.reset', SET, 'by_duration:-PT1H']],
      E.INVALID_CONFIG,
      "Invalid value by_duration:-PT1H for configuration share.auto.offset.reset: Invalid value `by_duration:-PT1H` for configuration share.auto.offset.reset. The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.",
    ],
    [
      'g',
      [['share.isolation.level', SET, 'x']],
      E.INVALID_CONFIG,
      'Invalid value x for configuration share.isolation.level: String must be one of: read_committed, read_uncommitted',
    ],
    [
      'g',
      [['share.renew.acknowledge.enable', SET, 'x']],
      E.INVALID_CONFIG,
      'Invalid value x for configuration share.renew.acknowledge.enable: Expected value to be either true or false',
    ],
    [
      'g',
      [['streams.assignor.name', SET, 'x']],
      E.INVALID_CONFIG,
      "streams.assignor.name 'x' is not a registered task assignor. Registered assignors are: [sticky].",
    ],
    [
      'g',
      [['errors.deadletterqueue.topic.name', SET, '__x']],
      E.INVALID_CONFIG,
      "errors.deadletterqueue.topic.name: DLQ topic name must not start with '__'",
    ],
    [
      'g',
      [['streams.rack.aware.assignment.tags', APPEND, 'a']],
      E.INVALID_CONFIG,
      "Can't APPEND to key streams.rack.aware.assignment.tags because its type is not LIST.",
    ],
    ['g', [[SESSION, SET, null]], E.INVALID_REQUEST, `Null value not supported for : ${SESSION}`],
    ['g', [[SESSION, 7, '1']], E.UNKNOWN_SERVER_ERROR, null],
  ]
  it.each(refused)('of %j are not changed by %j', async (name, changes, errorCode, message) => {
    expect(await alter(GROUP, name, changes)).toEqual([errorCode, message])
    expect(await listed([GROUP])).toEqual([E.NONE])
  })

  it.each(['earliest', 'by_duration:PT1H', 'by_duration:P1DT2.5S'])('may reset to %s', async (value) => {
    expect(await set(GROUP, 'g', 'share.auto.offset.reset', value)).toEqual([E.NONE, null])
  })

  it('are asked for by name', async () => {
    expect(await described(GROUP, '')).toMatchObject({
      errorCode: E.INVALID_REQUEST,
      errorMessage: 'Group name must not be empty',
    })
  })

  it('outlast a restart', async () => {
    const store = new MemoryStore()
    const ask = async (change: boolean) => {
      await using run = await startCohort({ store })
      const other = await RawClient.connect(run.port)
      const configs = change ? [{ name: SESSION, configOperation: SET, value: '50000' }] : []
      const resources = [{ resourceType: GROUP, resourceName: 'g', configs }]
      await other.send(Apis.IncrementalAlterConfigs, 1, { resources })
      const asked = [{ resourceType: GROUP, resourceName: 'g', configurationKeys: [SESSION] }]
      const { results } = await other.send(Apis.DescribeConfigs, 4, { resources: asked })
      other.close()
      return results[0]?.configs[0]?.value
    }
    expect([await ask(true), await ask(false)]).toEqual(['50000', '50000'])
  })
})

describe('settings of a client metrics subscription', () => {
  it('are set, listed and deleted', async () => {
    expect((await described(METRICS, 'm')).configs.map(({ name, value }) => [name, value])).toEqual([
      ['interval.ms', '300000'],
      ['match', ''],
      ['metrics', ''],
    ])
    expect(await set(METRICS, 'm', 'interval.ms', '1000')).toEqual([E.NONE, null])
    expect(await shown(METRICS, 'm', 'interval.ms')).toEqual([
      ['1000', OF_METRICS],
      ['interval.ms', '1000', OF_METRICS],
    ])
    expect(await listed([], 0)).toEqual([E.NONE, [METRICS, 'm']])
    expect(await replace(METRICS, 'm', {})).toEqual([E.NONE, null])
    expect(await listed([METRICS])).toEqual([E.NONE])
  })

  it.each([
    'client_id=x,client_id=y',
    'client_software_name=a,client_software_version=1.*',
    'client_source_port=80',
    '',
  ])('may match %j', async (match) => {
    expect(await set(METRICS, 'm', 'match', match)).toEqual([E.NONE, null])
  })

  it.each([
    ['', 'interval.ms', '1000', E.INVALID_REQUEST, "Subscription name can't be empty"],
    ['m', 'nope', '1', E.INVALID_REQUEST, 'Unknown client metrics configuration: nope'],
    [
      ...['m', 'interval.ms', '99'],
      E.INVALID_REQUEST,
      'Invalid value 99 for interval.ms, interval must be between 100 and 3600000 (1 hour)',
    ],
    [
      ...['m', 'interval.ms', 'x'],
      E.INVALID_CONFIG,
      'Invalid value x for configuration interval.ms: Not a number of type INT',
    ],
    ['m', 'match', 'client_id=', E.INVALID_CONFIG, 'Illegal client matching pattern: client_id='],
    ['m', 'match', 'client_id=a,b', E.INVALID_CONFIG, 'Illegal client matching pattern: b'],
    ['m', 'match', 'nope=x', E.INVALID_CONFIG, 'Illegal client matching pattern: nope=x'],
    ['m', 'match', 'client_id=[', E.INVALID_CONFIG, 'Illegal client matching pattern: client_id=['],
  ] as [string, string, string, number, string][])(
    'of %j are not changed by %s=%s',
    async (name, config, value, errorCode, message) => {
      expect(await set(METRICS, name, config, value)).toEqual([errorCode, message])
    },
  )

  it('are no lists, though they look like it', async () => {
    const message = (verb: string) => `Can't ${verb} to key metrics because its type is not LIST.`
    expect(await alter(METRICS, 'm', [['metrics', APPEND, 'a']])).toEqual([
      E.INVALID_CONFIG,
      message('APPEND'),
    ])
    expect(await alter(METRICS, 'm', [['metrics', SUBTRACT, 'a']])).toEqual([
      E.INVALID_CONFIG,
      message('SUBTRACT'),
    ])
  })

  it('are asked for by name', async () => {
    const { errorCode, errorMessage } = await described(METRICS, '')
    expect([errorCode, errorMessage]).toEqual([
      E.INVALID_REQUEST,
      'Client metrics subscription name must not be empty',
    ])
  })
})

describe('loggers', () => {
  it('there are none', async () => {
    expect(await described(LOGGER, '1')).toMatchObject({ errorCode: E.NONE, configs: [] })
    expect(await set(LOGGER, '1', 'root', 'INFO')).toEqual([E.INVALID_CONFIG, 'Logger root does not exist!'])
    expect(await alter(LOGGER, '1', [['root', APPEND, 'INFO']])).toEqual([
      E.INVALID_REQUEST,
      'APPEND operation is not allowed for the BROKER_LOGGER resource',
    ])
    expect(await alter(LOGGER, '1', [])).toEqual([E.NONE, null])
    expect(await replace(LOGGER, '1', { root: 'INFO' })).toEqual([
      E.INVALID_REQUEST,
      'Unknown resource type 8',
    ])
  })

  it.each([
    ['', 'Broker id must not be empty', 'Node id must be an integer, but it is: '],
    ['x', 'Broker id must be an integer, but it is: x', 'Node id must be an integer, but it is: x'],
    [
      '2',
      'Unexpected broker id, expected 1 but received 2',
      'Unexpected node id. Expected 1, but received 2',
    ],
  ])('of %j are nobody’s', async (name, whenDescribed, whenAltered) => {
    expect((await described(LOGGER, name)).errorMessage).toBe(whenDescribed)
    expect(await set(LOGGER, name, 'root', 'INFO')).toEqual([E.INVALID_REQUEST, whenAltered])
  })
})

describe('ListConfigResources', () => {
  it('tells of everything that has settings', async () => {
    await set(GROUP, 'g', SESSION, '50000')
    await set(METRICS, 'm', 'interval.ms', '1000')
    const others = [
      [LOGGER, '1'],
      [BROKER, '1'],
      [TOPIC, 't'],
    ]
    expect(await listed([])).toEqual([E.NONE, [GROUP, 'g'], [METRICS, 'm'], ...others])
    expect(await listed([METRICS, TOPIC])).toEqual([E.NONE, [METRICS, 'm'], [TOPIC, 't']])
    expect(await listed([BROKER, 99])).toEqual([E.UNSUPPORTED_VERSION])
  })
})

it('a type that has no settings is not described', async () => {
  const { errorCode, errorMessage } = await described(99, 'x')
  expect([errorCode, errorMessage?.slice(0, 30)]).toEqual([
    E.INVALID_REQUEST,
    'This most likely occurs because'.slice(0, 30),
  ])
})

it('reset takes back what was set of groups, subscriptions, brokers and clients', async () => {
  await set(GROUP, 'g', SESSION, '50000')
  await set(METRICS, 'm', 'interval.ms', '1000')
  await set(BROKER, '', 'message.max.bytes', '100')
  const entity = [{ entityType: 'user', entityName: 'u' }]
  const ops = [{ key: 'producer_byte_rate', value: 1, remove: false }]
  await client.send(Apis.AlterClientQuotas, 1, { entries: [{ entity, ops }] })
  await cohort.reset()
  expect(await listed([GROUP, METRICS])).toEqual([E.NONE])
  expect((await shown(BROKER, '1', 'message.max.bytes'))?.[0]).toEqual(['1048588', DEFAULT])
  expect((await client.send(Apis.DescribeClientQuotas, 1, { components: [] })).entries).toEqual([])
  await cohort.produce('t', [{ value: 'x'.repeat(200) }])
})

it('a fault for a group meets its settings', async () => {
  const fault = cohort.fault({ api: 'DescribeConfigs', group: 'g', error: 'POLICY_VIOLATION' })
  expect((await described(GROUP, 'other')).errorCode).toBe(E.NONE)
  expect((await described(GROUP, 'g')).errorCode).toBe(E.POLICY_VIOLATION)
  fault.remove()
})
