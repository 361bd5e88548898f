// Settings that are changed while the broker runs, with the answers that Apache Kafka 4.4.0 gave to the same.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { type Change, configRequests } from '../helpers/config-requests.js'
import { RawClient } from '../helpers/raw-client.js'

const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3]
const [TOPIC, BROKER] = [2, 4]

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

/** 'value (source)' and what stands behind it. */
async function shown(type: number, name: string, config: string) {
  const [found] = (await described(type, name, [config])).configs
  return (
    found && [found.value, found.configSource, ...found.synonyms.map(({ value, source }) => [value, source])]
  )
}

describe('settings of a topic', () => {
  it('are set and deleted one by one', async () => {
    expect(await alter(TOPIC, 't', [['max.message.bytes', SET, '1000']])).toEqual([E.NONE, null])
    expect(await shown(TOPIC, 't', 'max.message.bytes')).toEqual(['1000', 1, ['1000', 1], ['1048588', 5]])
    expect(await alter(TOPIC, 't', [['max.message.bytes', DELETE, null]])).toEqual([E.NONE, null])
    expect(await shown(TOPIC, 't', 'max.message.bytes')).toEqual(['1048588', 5, ['1048588', 5]])
  })

  it('that are lists grow and shrink', async () => {
    await alter(TOPIC, 't', [['cleanup.policy', APPEND, 'compact']])
    expect((await shown(TOPIC, 't', 'cleanup.policy'))?.[0]).toBe('delete,compact')
    await alter(TOPIC, 't', [['cleanup.policy', APPEND, 'compact']])
    expect((await shown(TOPIC, 't', 'cleanup.policy'))?.[0]).toBe('delete,compact')
    await alter(TOPIC, 't', [['cleanup.policy', SUBTRACT, 'delete']])
    expect((await shown(TOPIC, 't', 'cleanup.policy'))?.[0]).toBe('compact')
  })

  it('are replaced as a whole by AlterConfigs', async () => {
    expect(await replace(TOPIC, 't', { 'retention.ms': '1', 'segment.ms': '5000' })).toEqual([E.NONE, null])
    expect(await replace(TOPIC, 't', { 'retention.ms': '2' })).toEqual([E.NONE, null])
    expect(await shown(TOPIC, 't', 'retention.ms')).toEqual(['2', 1, ['2', 1]])
    expect(await shown(TOPIC, 't', 'segment.ms')).toEqual(['604800000', 5])
  })

  it('stay as they were when only validated', async () => {
    expect(await alter(TOPIC, 't', [['retention.ms', SET, '1']], true)).toEqual([E.NONE, null])
    expect(await shown(TOPIC, 't', 'retention.ms')).toEqual(['604800000', 5])
  })

  it('have their effect at once', async () => {
    await alter(TOPIC, 't', [['max.message.bytes', SET, '70']])
    const records = buildBatch({ records: [{ timestampMs: 0n, value: Buffer.alloc(100) }] })
    const topicData = [{ name: 't', partitionData: [{ index: 0, records }] }]
    const { responses } = await client.send(Apis.Produce, 9, { acks: 1, timeoutMs: 1000, topicData })
    expect(responses[0]?.partitionResponses[0]?.errorCode).toBe(E.MESSAGE_TOO_LARGE)
  })

  const refused: [string, readonly Change[], number, string | null][] = [
    ['none', [['retention.ms', SET, '1']], E.UNKNOWN_TOPIC_OR_PARTITION, "The topic 'none' does not exist."],
    ['', [['retention.ms', SET, '1']], E.INVALID_REQUEST, 'Default topic resources are not allowed.'],
    [
      'a b',
      [['retention.ms', SET, '1']],
      E.INVALID_TOPIC_EXCEPTION,
      "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
    ],
    ['t', [['no.such', SET, '1']], E.INVALID_CONFIG, 'Unknown topic config name: no.such'],
    [
      't',
      [['retention.ms', SET, '-2']],
      E.INVALID_CONFIG,
      'Invalid value -2 for configuration retention.ms: Value must be at least -1',
    ],
    [
      't',
      [['max.message.bytes', SET, '99999999999']],
      E.INVALID_CONFIG,
      'Invalid value 99999999999 for configuration max.message.bytes: Not a number of type INT',
    ],
    [
      't',
      [['min.cleanable.dirty.ratio', SET, '2']],
      E.INVALID_CONFIG,
      'Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1',
    ],
    [
      't',
      [['leader.replication.throttled.replicas', SET, '0']],
      E.INVALID_CONFIG,
      "Invalid value [0] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
    ],
    [
      't',
      [['compression.gzip.level', SET, '0']],
      E.INVALID_CONFIG,
      'Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1',
    ],
    ['t', [['retention.ms', SET, null]], E.INVALID_REQUEST, 'Null value not supported for : retention.ms'],
    [
      't',
      [['retention.ms', APPEND, '1']],
      E.INVALID_CONFIG,
      "Can't APPEND to key retention.ms because its type is not LIST.",
    ],
    ['t', [['retention.ms', 7, '1']], E.UNKNOWN_SERVER_ERROR, null],
    [
      't',
      [
        ['segment.ms', SET, '5'],
        ['segment.ms', SET, '6'],
      ],
      E.INVALID_REQUEST,
      'Error due to duplicate config keys',
    ],
  ]
  it.each(refused)('of %j are not changed by %j', async (name, changes, errorCode, message) => {
    expect(await alter(TOPIC, name, changes)).toEqual([errorCode, message])
  })

  it('are all kept when one of them is refused', async () => {
    const changes: Change[] = [
      ['segment.ms', SET, '5'],
      ['retention.ms', SET, 'x'],
    ]
    expect((await alter(TOPIC, 't', changes))[0]).toBe(E.INVALID_CONFIG)
    expect(await shown(TOPIC, 't', 'segment.ms')).toEqual(['604800000', 5])
  })
})

describe('settings of a broker', () => {
  it('that Kafka changes while it runs stand in front of those it was started with', async () => {
    expect(await alter(BROKER, '', [['message.max.bytes', SET, '90']])).toEqual([E.NONE, null])
    expect(await alter(BROKER, '1', [['message.max.bytes', SET, '80']])).toEqual([E.NONE, null])
    const behind = [
      ['80', 2],
      ['90', 3],
      ['1048588', 5],
    ]
    expect(await shown(BROKER, '1', 'message.max.bytes')).toEqual(['80', 2, ...behind])
    expect(await shown(BROKER, '', 'message.max.bytes')).toEqual(['90', 3, ['90', 3]])
    expect(await shown(TOPIC, 't', 'max.message.bytes')).toEqual(['80', 2, ...behind])
    await alter(BROKER, '1', [['message.max.bytes', DELETE, null]])
    await replace(BROKER, '', {})
    expect(await shown(BROKER, '1', 'message.max.bytes')).toEqual(['1048588', 5, ['1048588', 5]])
  })

  const refused: [string, Change, number, string][] = [
    [
      '1',
      ['num.partitions', SET, '3'],
      E.INVALID_REQUEST,
      'Cannot update these configs dynamically: [num.partitions]',
    ],
    ['x', ['log.cleaner.threads', SET, '3'], E.INVALID_REQUEST, 'Node id must be an integer, but it is: x'],
    [
      '2',
      ['log.cleaner.threads', SET, '3'],
      E.INVALID_REQUEST,
      'Unexpected broker id, expected 1, but received 2',
    ],
    [
      '1',
      ['log.cleaner.threads', SET, 'x'],
      E.INVALID_REQUEST,
      'Invalid value x for configuration log.cleaner.threads: Not a number of type INT',
    ],
    [
      '1',
      ['log.cleaner.threads', APPEND, '1'],
      E.INVALID_CONFIG,
      'Config value append is not allowed for config key: log.cleaner.threads',
    ],
  ]
  it.each(refused)('of broker %j are not changed by %j', async (name, change, errorCode, message) => {
    expect(await alter(BROKER, name, [change])).toEqual([errorCode, message])
  })
})

it('refuses a resource that comes twice, and one of a type that has no settings', async () => {
  const resource = { resourceType: TOPIC, resourceName: 't', configs: [] }
  const resources = [resource, resource, { resourceType: 99, resourceName: 'x', configs: [] }]
  const { responses } = await client.send(Apis.IncrementalAlterConfigs, 1, { resources })
  expect(responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])).toEqual([
    [E.INVALID_REQUEST, 'Each resource must appear at most once.'],
    [E.INVALID_REQUEST, 'Each resource must appear at most once.'],
    [E.INVALID_REQUEST, 'Unknown resource type 99'],
  ])
})
