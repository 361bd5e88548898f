// A client's settings: read as their client reads them, and judged by arithmetic.

import { describe, expect, it } from 'vitest'
import { readClientConfig } from '../../src/doctor/config/client-config.js'
import { examineConfig } from '../../src/doctor/examine.js'

type Options = Parameters<typeof readClientConfig>[2]

const judge = (text: string, options: Options = {}, broker = new Map<string, string>()) =>
  examineConfig(readClientConfig(text, 'consumer.properties', options), broker)
const of = (rule: string, ...args: Parameters<typeof judge>) =>
  judge(...args).filter((finding) => finding.rule === rule)

describe("a client's settings", () => {
  it('are those of Java, with its defaults, and where they come from', () => {
    const config = readClientConfig('group.id=g\nsession.timeout.ms = 10000\n', 'c.properties')
    expect(config.client).toBe('java')
    expect(config.sessionTimeoutMs).toEqual({
      value: 10_000,
      name: 'session.timeout.ms',
      origin: 'c.properties:2',
    })
    expect(config.maxPollRecords).toMatchObject({ value: 500, origin: 'default' })
    expect(config.assignors.value).toEqual(['range', 'cooperative-sticky'])
  })

  it('are those of librdkafka where a name is its own, or JSON has dots', () => {
    const ini = readClientConfig('metadata.broker.list=a:9092\nsession.timeout.ms=6000', 'c')
    expect(ini).toMatchObject({ client: 'librdkafka', sessionTimeoutMs: { value: 6000 } })
    const json = readClientConfig('{"heartbeat.interval.ms": 1000, "brokers": ["a"]}', 'c')
    expect(json).toMatchObject({ client: 'librdkafka', heartbeatIntervalMs: { value: 1000 } })
    expect(json.maxPollRecords.value).toBeNull()
  })

  it('are those of kafkajs in JSON without dots', () => {
    const config = readClientConfig('{"groupId":"g","sessionTimeout":10000,"rebalanceTimeout":20000}', 'c')
    expect(config).toMatchObject({
      client: 'kafkajs',
      sessionTimeoutMs: { value: 10_000, name: 'sessionTimeout' },
      heartbeatIntervalMs: { value: 3000, name: 'heartbeatInterval' },
      maxPollIntervalMs: { value: 20_000, name: 'rebalanceTimeout' },
    })
  })

  it('know assignors by their classes', () => {
    const classes = ['CooperativeStickyAssignor', 'RangeAssignor'].map(
      (name) => `org.apache.kafka.clients.consumer.${name}`,
    )
    const config = readClientConfig(`partition.assignment.strategy=${classes.join(',\\\n  ')}`, 'c')
    expect(config.assignors.value).toEqual(['cooperative-sticky', 'range'])
  })

  it.each([
    ['session.timeout.ms=10s', "c:1: session.timeout.ms is '10s', but must be a whole number"],
    ['{"sessionTimeout": ', "c begins with '{' but is no JSON"],
  ])('tell what is wrong with %s', (text, message) => {
    expect(() => readClientConfig(text, 'c')).toThrow(message)
  })
})

describe('--config: R1', () => {
  it('finds an interval above a third', () => {
    const [finding] = of('R1', 'heartbeat.interval.ms=20000\nsession.timeout.ms=45000')
    expect(finding).toMatchObject({
      severity: 'warning',
      headline: 'heartbeat.interval.ms is 20 s, session.timeout.ms 45 s',
      remedy: 'heartbeat.interval.ms=15000, or session.timeout.ms=60000',
    })
    expect(finding?.evidence[0]?.text).toBe('heartbeat.interval.ms=20000 (consumer.properties:1)')
    expect(of('R1', 'heartbeat.interval.ms=45000')[0]?.severity).toBe('error')
  })

  it('takes a third, and says nothing of what the broker decides', () => {
    expect(of('R1', 'heartbeat.interval.ms=15000')).toEqual([])
    expect(of('R1', 'group.protocol=consumer\nheartbeat.interval.ms=40000')).toEqual([])
  })
})

describe('--config: R17', () => {
  it("holds the session against the broker's bounds", () => {
    const [finding] = of('R17', '{"sessionTimeout": 3000, "heartbeatInterval": 1000}')
    expect(finding?.remedy).toBe('sessionTimeout=6000, or group.min.session.timeout.ms=3000 in the broker')
    expect(of('R17', 'session.timeout.ms=6000')).toEqual([])
    const bounds = new Map([['group.max.session.timeout.ms', '40000']])
    expect(of('R17', '', {}, bounds)[0]?.headline).toBe(
      'session.timeout.ms is 45000; the broker takes 6000 to 40000',
    )
  })
})

describe('--config: R3', () => {
  it('multiplies records by their time: 500 of 700 ms in 5 min', () => {
    const [finding] = of('R3', '', { recordMs: 700 })
    expect(finding).toMatchObject({
      severity: 'error',
      headline: "A poll's records take 5 min 50 s; max.poll.interval.ms is 5 min",
      remedy: 'max.poll.records=214, or max.poll.interval.ms=700000',
    })
    expect(finding?.evidence.map(({ text }) => text)).toEqual([
      "max.poll.records=500 (the client's default)",
      '700 ms for a record (--record-ms): 500 x 700 ms = 5 min 50 s',
      "max.poll.interval.ms=300000 (the client's default)",
    ])
  })

  it('warns above half of it, and is content with half', () => {
    expect(of('R3', '', { recordMs: 301 })[0]?.severity).toBe('warning')
    expect(of('R3', '', { recordMs: 300 })).toEqual([])
    expect(of('R3', '')).toEqual([])
  })

  it('counts one record for a client that hands them over singly', () => {
    expect(of('R3', 'debug=cgrp', { recordMs: 200_000 })[0]?.remedy).toBe(
      'take the work off the poll loop, or max.poll.interval.ms=400000',
    )
    expect(of('R3', 'debug=cgrp', { recordMs: 700 })).toEqual([])
  })
})

describe('--config: R2', () => {
  it('holds a record against the session of a client without heartbeat thread', () => {
    const [finding] = of('R2', '{"sessionTimeout": 10000}', { recordMs: 12_000 })
    expect(finding).toMatchObject({
      severity: 'error',
      remedy: 'sessionTimeout=24000, or call heartbeat() within the record',
    })
    expect(of('R2', '{"sessionTimeout": 10000}', { recordMs: 5000 })).toEqual([])
    expect(of('R2', 'session.timeout.ms=10000', { recordMs: 12_000 })).toEqual([])
  })
})

describe('--config: R4', () => {
  it('tells how long a rebalance waits for it', () => {
    expect(of('R4', '', { recordMs: 100 })[0]).toMatchObject({
      headline: 'Every rebalance of the group may wait 50 s for this consumer',
      remedy: 'max.poll.records=300, so that it is back within 30 s',
    })
    expect(of('R4', '', { recordMs: 60 })).toEqual([])
  })
})

describe('--config: R8, R20 and R22', () => {
  it('R8 tells of an eager assignor in front', () => {
    const [finding] = of('R8', '')
    expect(finding).toMatchObject({ severity: 'info' })
    expect(finding?.remedy).toBe(
      'A rolling restart with partition.assignment.strategy=cooperative-sticky alone',
    )
    expect(of('R8', 'partition.assignment.strategy=range')[0]?.remedy).toContain('cooperative-sticky,range')
    expect(of('R8', 'partition.assignment.strategy=cooperative-sticky,range')).toEqual([])
    expect(of('R8', '{"groupId": "g"}')).toEqual([])
  })

  it('R20 tells of a static member with a long session', () => {
    const text = 'group.instance.id=pod-1\nsession.timeout.ms='
    expect(of('R20', `${text}600000`)[0]?.headline).toBe(
      'If this static member dies, its partitions are idle for 10 min',
    )
    expect(of('R20', `${text}60000`)).toEqual([])
    expect(of('R20', 'session.timeout.ms=600000')).toEqual([])
  })

  it('R22 tells of what a client of the new protocol must not set', () => {
    const text = 'group.protocol=CONSUMER\n'
    expect(of('R22', `${text}session.timeout.ms=45000`)[0]?.headline).toBe(
      'session.timeout.ms cannot be set with group.protocol=consumer',
    )
    expect(of('R22', text)).toEqual([])
  })
})
