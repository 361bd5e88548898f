// DescribeConfigs: where a value comes from and what stands behind it, as Apache Kafka 4.4.0 told it of the same settings.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { MemoryStore } from '../../src/store/memory.js'
import { RawClient } from '../helpers/raw-client.js'

const [TOPIC, BROKER] = [2, 4]
const [OF_TOPIC, DYNAMIC, DYNAMIC_DEFAULT, STATIC, DEFAULT] = [1, 2, 3, 4, 5]

let cohort: Cohort
let client: RawClient

beforeEach(async () => {
  cohort = await startCohort({ topics: { t: 1 }, set: { 'num.partitions': 1, 'log.roll.hours': 2 } })
  client = await RawClient.connect(cohort.port)
})

afterEach(async () => {
  client.close()
  await cohort.stop()
})

async function set(type: number, name: string, values: Record<string, string>) {
  const configs = Object.entries(values).map(([config, value]) => ({
    name: config,
    configOperation: 0,
    value,
  }))
  const resources = [{ resourceType: type, resourceName: name, configs }]
  const { responses } = await client.send(Apis.IncrementalAlterConfigs, 1, { resources })
  return [responses[0]?.errorCode, responses[0]?.errorMessage]
}

async function shown(type: number, name: string, config: string) {
  const resources = [{ resourceType: type, resourceName: name, configurationKeys: [config] }]
  const { results } = await client.send(Apis.DescribeConfigs, 4, { resources, includeSynonyms: true })
  const [found] = results[0]?.configs ?? []
  const behind = found?.synonyms.map((synonym) => [synonym.name, synonym.value, synonym.source]) ?? []
  return found && [[found.value, found.configSource], ...behind]
}

describe('a broker', () => {
  it('tells who it is', async () => {
    const address = `PLAINTEXT://127.0.0.1:${cohort.port}`
    expect(await shown(BROKER, '1', 'node.id')).toEqual([
      ['1', STATIC],
      ['node.id', '1', STATIC],
    ])
    expect((await shown(BROKER, '1', 'broker.id'))?.[0]).toEqual(['1', STATIC])
    expect((await shown(BROKER, '1', 'advertised.listeners'))?.[0]).toEqual([address, STATIC])
    expect((await shown(BROKER, '1', 'broker.rack'))?.[0]).toEqual([null, DEFAULT])
  })

  it('tells of what it was given, be it the default', async () => {
    expect(await shown(BROKER, '1', 'num.partitions')).toEqual([
      ['1', STATIC],
      ['num.partitions', '1', STATIC],
      ['num.partitions', '1', DEFAULT],
    ])
    expect(await shown(BROKER, '1', 'default.replication.factor')).toEqual([
      ['1', DEFAULT],
      ['default.replication.factor', '1', DEFAULT],
    ])
  })

  it('tells coarser units behind a time that is set', async () => {
    expect(await shown(BROKER, '1', 'log.retention.ms')).toEqual([[null, DEFAULT]])
    await set(BROKER, '', { 'log.retention.ms': ' 99999 ', 'log.flush.interval.ms': '7' })
    expect(await shown(BROKER, '1', 'log.retention.ms')).toEqual([
      ['99999', DYNAMIC_DEFAULT],
      ['log.retention.ms', ' 99999 ', DYNAMIC_DEFAULT],
      ['log.retention.hours', '168', DEFAULT],
    ])
    expect((await shown(BROKER, '1', 'log.flush.interval.ms'))?.at(-1)).toEqual([
      'log.flush.scheduler.interval.ms',
      '9223372036854775807',
      DEFAULT,
    ])
    expect(await shown(BROKER, '1', 'log.retention.hours')).toEqual([
      ['168', DEFAULT],
      ['log.retention.hours', '168', DEFAULT],
    ])
  })

  it('shows no secret', async () => {
    const name = 'listener.name.plaintext.ssl.keystore.password'
    expect(await set(BROKER, '1', { [name]: 'secret' })).toEqual([E.NONE, null])
    expect(await shown(BROKER, '1', name)).toEqual([
      [null, DYNAMIC],
      [name, null, DYNAMIC],
    ])
  })

  it('takes what belongs to a listener or to one broker only there', async () => {
    expect(await set(BROKER, '1', { 'ssl.keystore.password': 'x' })).toEqual([
      E.INVALID_REQUEST,
      'These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.password]',
    ])
    expect(await set(BROKER, '', { 'sasl.jaas.config': 'x' })).toEqual([
      E.INVALID_REQUEST,
      'Cannot update these configs at default cluster level, broker id must be specified: [sasl.jaas.config]',
    ])
    expect(await set(BROKER, '1', { 'sasl.jaas.config': 'x' })).toEqual([E.NONE, null])
  })
})

describe('what was changed while brokers run', () => {
  const change = async (port: number, name: string, value: string) => {
    const other = await RawClient.connect(port)
    const configs = [{ name: 'message.max.bytes', configOperation: 0, value }]
    const resources = [{ resourceType: BROKER, resourceName: name, configs }]
    await other.send(Apis.IncrementalAlterConfigs, 1, { resources })
    other.close()
  }
  const told = async (port: number, name: string) => {
    const other = await RawClient.connect(port)
    const resources = [
      { resourceType: BROKER, resourceName: name, configurationKeys: ['message.max.bytes'] },
      { resourceType: TOPIC, resourceName: 't', configurationKeys: ['max.message.bytes'] },
    ]
    const { results } = await other.send(Apis.DescribeConfigs, 4, { resources })
    other.close()
    return results.flatMap(({ configs }) => configs.map(({ value, configSource }) => [value, configSource]))
  }

  it('outlasts a restart, with its effect', async () => {
    const store = new MemoryStore()
    const topics = { t: 1 }
    for (const isFirst of [true, false]) {
      await using run = await startCohort({ store, topics })
      if (isFirst) await change(run.port, '1', '100')
      expect(await told(run.port, '1')).toEqual([
        ['100', DYNAMIC],
        ['100', DYNAMIC],
      ])
      const tooLarge = run.produce('t', [{ value: 'x'.repeat(200) }])
      await expect(tooLarge).rejects.toThrow(/max\.message\.bytes|too large|100/)
    }
  })

  it('is told by the node that it is of', async () => {
    await using three = await startCohort({ brokers: 3, topics: { t: 1 } })
    const [first = 0, second = 0] = three.ports
    await change(second, '2', '100')
    expect((await told(second, '2'))[0]).toEqual(['100', DYNAMIC])
    expect((await told(first, '1'))[0]).toEqual(['1048588', DEFAULT])
    await change(first, '', '90')
    expect((await told(second, '2'))[0]).toEqual(['100', DYNAMIC])
    expect((await told(first, '1'))[0]).toEqual(['90', DYNAMIC_DEFAULT])
  })
})

describe('a topic', () => {
  it('has the times of the broker, in whichever unit they are set', async () => {
    expect(await shown(TOPIC, 't', 'retention.ms')).toEqual([['604800000', DEFAULT]])
    // Kafka does not say that a coarser unit is where it comes from.
    expect(await shown(TOPIC, 't', 'segment.ms')).toEqual([['7200000', DEFAULT]])
    await set(BROKER, '', { 'log.roll.ms': '88888', 'log.retention.ms': '99999' })
    expect(await shown(TOPIC, 't', 'segment.ms')).toEqual([
      ['88888', DYNAMIC_DEFAULT],
      ['log.roll.ms', '88888', DYNAMIC_DEFAULT],
      ['log.roll.hours', '2', STATIC],
      ['log.roll.hours', '168', DEFAULT],
    ])
    await set(TOPIC, 't', { 'retention.ms': '5' })
    expect(await shown(TOPIC, 't', 'retention.ms')).toEqual([
      ['5', OF_TOPIC],
      ['retention.ms', '5', OF_TOPIC],
      ['log.retention.ms', '99999', DYNAMIC_DEFAULT],
      ['log.retention.hours', '168', DEFAULT],
    ])
  })

  it('tells a value as it was read', async () => {
    await set(TOPIC, 't', {
      'cleanup.policy': ' compact , delete ',
      preallocate: 'TRUE',
      'retention.ms': ' +5 ',
    })
    for (const [config, value] of [
      ['cleanup.policy', 'compact,delete'],
      ['preallocate', 'true'],
      ['retention.ms', '5'],
    ] as const) {
      const [head, first] = (await shown(TOPIC, 't', config)) ?? []
      expect([head, first]).toEqual([
        [value, OF_TOPIC],
        [config, value, OF_TOPIC],
      ])
    }
  })
})
