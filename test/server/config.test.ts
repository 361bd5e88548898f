// Settings: names, values, sources, and the .properties format.

import { describe, expect, it } from 'vitest'
import { describeBroker, effectiveTopicConfigs } from '../../src/server/config/describe.js'
import { EFFECTIVE } from '../../src/server/config/effective.js'
import { KAFKA_SETTINGS } from '../../src/server/config/kafka-settings.data.js'
import { parseProperties } from '../../src/server/config/properties.js'
import { resolveConfig } from '../../src/server/config/resolve.js'
import { FOO } from '../coordinator/harness.js'

const from = (name: string, value: string, origin = 'test') => ({ name, value, origin })

describe('settings', () => {
  it('have Kafka’s defaults, but for the initial rebalance delay', () => {
    const { settings, notes } = resolveConfig([])
    expect(settings).toMatchObject({
      groupInitialRebalanceDelayMs: 0,
      groupMinSessionTimeoutMs: 6000,
      groupMaxSessionTimeoutMs: 1_800_000,
      offsetsRetentionMs: 604_800_000,
      offsetMetadataMaxBytes: 4096,
      socketRequestMaxBytes: 104_857_600,
      autoCreateTopicsEnable: true,
    })
    expect(notes).toEqual([])
  })

  it('are changed while a broker runs where a running Kafka says so', () => {
    const dynamic = [...KAFKA_SETTINGS.values()].filter((setting) => setting.isDynamic)
    expect(dynamic).toHaveLength(104)
    expect(KAFKA_SETTINGS.get('log.cleaner.threads')).toMatchObject({
      type: 'int',
      default: '1',
      isDynamic: true,
    })
    expect(KAFKA_SETTINGS.get('log.retention.hours')).toMatchObject({ type: 'int', isDynamic: false })
    const types = new Set(Array.from(KAFKA_SETTINGS.values(), ({ type }) => type))
    expect([...types].filter((type) => !/^[a-z]+$/.test(type))).toEqual([])
  })

  it('have in the table of effects the same defaults as in Kafka’s own table', () => {
    const { settings } = resolveConfig([])
    for (const setting of EFFECTIVE) {
      const kafka = KAFKA_SETTINGS.get(setting.name)
      // one without a default gives way to one of another unit
      if (kafka === undefined || kafka.default === null || setting.default !== undefined) continue
      const expected = {
        number: () => Math.max(Number(kafka.default) * ('scale' in setting ? setting.scale : 1), -1),
        boolean: () => kafka.default === 'true',
        choice: () => kafka.default,
      }[setting.kind]()
      const beyond = typeof expected === 'number' && expected > Number.MAX_SAFE_INTEGER
      expect([setting.name, settings[setting.key]]).toEqual([
        setting.name,
        beyond ? Number.MAX_SAFE_INTEGER : expected,
      ])
    }
  })

  it('of retention in the narrowest unit that was given', () => {
    const hours = from('log.retention.hours', '2')
    expect(resolveConfig([hours]).settings.logRetentionMs).toBe(7_200_000)
    expect(resolveConfig([from('log.retention.ms', '-1'), hours]).settings.logRetentionMs).toBe(-1)
    expect(resolveConfig([hours, from('log.retention.minutes', '3')]).settings.logRetentionMs).toBe(180_000)
  })

  it('that are one of several words', () => {
    const { settings } = resolveConfig([from('log.cleanup.policy', 'compact, delete')])
    expect(settings.logCleanupPolicy).toBe('compact, delete')
    expect(() => resolveConfig([from('log.cleanup.policy', 'zip')])).toThrow('one of compact, delete')
  })

  it('take the strongest source', () => {
    const { settings } = resolveConfig([from('num.partitions', '7'), from('num.partitions', '2')])
    expect(settings.numPartitions).toBe(7)
  })

  it.each([
    ['group.max.sise', '1', "test: there is no setting 'group.max.sise' (did you mean 'group.max.size'?)"],
    ['completely.unheard.of.thing', '1', "test: there is no setting 'completely.unheard.of.thing'"],
    ['group.max.size', '0', "test: group.max.size is '0', but must be a whole number from 1 to 2147483647"],
    ['num.partitions', 'many', "test: num.partitions is 'many', but must be a whole number from 1 to 10000"],
    [
      'auto.create.topics.enable',
      'yes',
      "test: auto.create.topics.enable is 'yes', but must be true or false",
    ],
  ])('%s=%s is refused', (name, value, message) => {
    expect(() => resolveConfig([from(name, value)])).toThrow(message)
  })

  it('must agree with each other', () => {
    expect(() => resolveConfig([from('group.min.session.timeout.ms', '1800001')])).toThrow(
      /group.min.session.timeout.ms \(1800001\) is greater than group.max.session.timeout.ms/,
    )
  })

  it('of Kafka without effect here are accepted with a line each', () => {
    const { notes } = resolveConfig([
      from('log.dirs', '/data'),
      from('zookeeper.connect', 'zk:2181'),
      from('listener.name.internal.ssl.keystore.location', 'x'),
    ])
    expect(notes).toEqual([
      'log.dirs (test) has no effect here',
      'zookeeper.connect (test) is of an older Kafka and has no effect here',
      'listener.name.internal.ssl.keystore.location (test) has no effect here',
    ])
  })

  it('are described with where they come from', () => {
    const config = resolveConfig([from('group.max.size', '9'), from('log.cleanup.policy', 'compact')])
    const [size] = describeBroker(config).filter(({ name }) => name === 'group.max.size')
    expect(size).toMatchObject({
      value: '9',
      source: 4,
      synonyms: [{ value: '9', source: 4 }, { source: 5 }],
    })
    const topic = effectiveTopicConfigs(config, { ...FOO, configs: new Map([['retention.ms', '1']]) })
    expect(topic.find(({ name }) => name === 'retention.ms')).toMatchObject({ value: '1', source: 1 })
    expect(topic.find(({ name }) => name === 'cleanup.policy')).toMatchObject({ value: 'compact', source: 4 })
    expect(topic.find(({ name }) => name === 'segment.ms')).toMatchObject({ value: '604800000', source: 5 })
  })
})

describe('a .properties file', () => {
  it('is read as Java reads it', () => {
    const text = [
      '# comment',
      '! another',
      'a=1',
      'b : two words ',
      'c third',
      'long=one,\\',
      '     two',
      'd\\=e=\\u0041\\tB',
      'empty=',
    ].join('\r\n')
    expect(parseProperties(text)).toEqual([
      { name: 'a', value: '1', line: 3 },
      { name: 'b', value: 'two words', line: 4 },
      { name: 'c', value: 'third', line: 5 },
      { name: 'long', value: 'one,two', line: 6 },
      { name: 'd=e', value: 'A\tB', line: 8 },
      { name: 'empty', value: '', line: 9 },
    ])
  })
})
