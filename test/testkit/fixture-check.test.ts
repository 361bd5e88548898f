// What is wrong with fixtures is known before anything of them is added, and told with the line that said it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toJson } from '../../src/control/json.js'
import { type Cohort, startCohort } from '../../src/index.js'
import { until } from '../helpers/until.js'
import { RawMember } from './member.js'

let cohort: Cohort

beforeEach(async () => {
  cohort = await startCohort({ topics: { orders: 2 }, set: { 'message.max.bytes': 300 } })
})
afterEach(() => cohort.stop())

const FIRST =
  '{"type":"topic","topic":"before","partitions":3}\n{"type":"record","topic":"before","value":"a"}\n'
const line = (entry: object) => JSON.stringify(entry)
const topic = (fields: object) => line({ type: 'topic', topic: 'orders', ...fields })
const record = (fields: object) => line({ type: 'record', topic: 'orders', value: 'v', ...fields })
const offset = (fields: object) =>
  line({ type: 'offset', group: 'g', topic: 'orders', partition: 0, offset: 1, ...fields })
const group = (fields: object) => line({ type: 'group', group: 'g', ...fields })
const member = (fields: object, ...others: object[]) =>
  group({ members: [{ memberId: 'm', ...fields }, ...others] })

const BYTES = 'but must be a text, or { "base64": "..." }'
const WRONG: [string, string][] = [
  // topics
  [topic({ topic: '' }), 'fixtures:3.topic is "", but must be a text that is not empty'],
  [topic({ topic: 'a/b' }), "fixtures:3: topic 'a/b': Topic name is invalid"],
  [
    `${topic({ topic: 'a_b' })}\n${topic({ topic: 'a.b' })}`,
    "fixtures:4: topic 'a.b': Topic 'a.b' collides with",
  ],
  [topic({ partitions: 1 }), "fixtures:3.partitions is 1, but topic 'orders' has 2, and only grows"],
  [
    topic({ topic: 'before', partitions: 2 }),
    "fixtures:3.partitions is 2, but topic 'before' has 3, and only grows",
  ],
  [
    topic({ partitions: 10_001 }),
    'fixtures:3.partitions is 10001, but must be a whole number from 1 to 10000',
  ],
  // records
  [record({ topic: 'nothing' }), "fixtures:3: there is no topic 'nothing', only orders, before"],
  [record({ partition: 2 }), "fixtures:3.partition is 2, but topic 'orders' has partitions 0 to 1"],
  [
    record({ topic: 'before', partition: 3 }),
    "fixtures:3.partition is 3, but topic 'before' has partitions 0 to 2",
  ],
  [
    record({ value: 'x'.repeat(300) }),
    "fixtures:3 is too large for topic 'orders': 370 bytes with its batch, where max.message.bytes is 300",
  ],
  [record({ value: { base64: '!!!' } }), `fixtures:3.value is {"base64":"!!!"}, ${BYTES}, or null`],
  [record({ value: { base64: 'YQ' } }), `fixtures:3.value is {"base64":"YQ"}, ${BYTES}, or null`],
  [
    record({ value: { base64: '/w==', text: '' } }),
    `fixtures:3.value is {"base64":"/w==","text":""}, ${BYTES}, or null`,
  ],
  [record({ key: { bas64: '/w==' } }), `fixtures:3.key is {"bas64":"/w=="}, ${BYTES}, or null`],
  [record({ key: 5 }), `fixtures:3.key is 5, ${BYTES}, or null`],
  [record({ key: '\ud800' }), `fixtures:3.key is "\\ud800", ${BYTES}, or null`],
  [
    record({ headers: { d: 5 } }),
    'fixtures:3.headers is {"d":5}, but must be an object of header name -> value, or a list',
  ],
  [
    record({ headers: [['d']] }),
    'fixtures:3.headers is [["d"]], but must be an object of header name -> value, or a list',
  ],
  [record({ headers: [[null, 'd']] }), 'fixtures:3.headers is [[null,"d"]], but must be'],
  [record({ timestamp: 'now' }), 'fixtures:3.timestamp is "now", but must be milliseconds since the epoch'],
  // offsets
  [offset({ topic: 'nothing' }), "fixtures:3: there is no topic 'nothing', only orders, before"],
  [offset({ partition: 2 }), "fixtures:3.partition is 2, but topic 'orders' has partitions 0 to 1"],
  [
    offset({ offset: '9223372036854775808' }),
    'fixtures:3.offset is "9223372036854775808", but must be a whole number from 0',
  ],
  [offset({ offset: -1 }), 'fixtures:3.offset is -1, but must be a whole number from 0 to 2^63-1'],
  [offset({ group: 5 }), 'fixtures:3.group is 5, but must be a text'],
  // groups
  [group({ group: '' }), 'fixtures:3.group is "", but must be a text that is not empty'],
  [`${group({})}\n${group({ generation: 2 })}`, "fixtures:4.group is 'g', which fixtures:3 has made already"],
  [member({ memberId: '' }), 'fixtures:3.members[0].memberId is "", but must be a text that is not empty'],
  [
    member({}, { memberId: 'm' }),
    "fixtures:3.members[1].memberId is 'm', which another member of the group has",
  ],
  [
    member({ instanceId: 'i' }, { memberId: 'n', instanceId: 'i' }),
    "fixtures:3.members[1].instanceId is 'i', which another member of the group has",
  ],
  [group({ leader: 'm' }), "fixtures:3.leader is 'm', which is the memberId of no member"],
  [
    group({ generation: 2 ** 31 }),
    'fixtures:3.generation is 2147483648, but must be a whole number from 0 to 2147483647',
  ],
  [
    member({ assignment: { orders: [2 ** 31] } }),
    'fixtures:3.members[0].assignment is {"orders":[2147483648]}, but must be an object of topic -> partitions, or',
  ],
  [
    member({ sessionTimeout: '30d' }),
    'fixtures:3.members[0].sessionTimeout is "30d", but must be milliseconds',
  ],
  [
    member({ topics: ['a'], metadata: 'b' }),
    'fixtures:3.members[0] has topics and metadata: the metadata says',
  ],
  [
    member({ memberID: 'm' }),
    "fixtures:3.members[0].memberID: there is no such field (did you mean 'memberId'?)",
  ],
]

describe('before anything is added', () => {
  it.each(WRONG)('%s', async (lines, message) => {
    const before = await cohort.dump()
    await expect(cohort.load(FIRST + lines)).rejects.toThrow(message)
    expect(await cohort.dump()).toEqual(before)
  })

  it('a group with members is neither replaced nor committed to', async () => {
    const there = await RawMember.alone(cohort, 'g')
    const before = await cohort.dump()
    await expect(cohort.load(FIRST + offset({}))).rejects.toThrow(
      "fixtures:3: group 'g' is Stable: offsets can be committed only while it has no members",
    )
    await expect(cohort.load(FIRST + group({}))).rejects.toThrow(
      "fixtures:3: group 'g' is Stable: it can be replaced only while it has no members",
    )
    expect(await cohort.dump()).toEqual(before)
    there.client.close()
  })

  it('a coordinator that loads is named with the line that needs it', async () => {
    const loaded = cohort.group('g').loading('50ms')
    await expect(cohort.load(FIRST + offset({}))).rejects.toThrow(
      'fixtures:3: refused with COORDINATOR_LOAD_IN_PROGRESS',
    )
    await loaded
    expect(cohort.topics()).toEqual({ orders: 2 })
  })
})

it('what only the broker knows to be wrong is told with its line too', async () => {
  const late = { timestamp: Date.now() + 86_400_000, partition: 0 }
  await expect(cohort.load(FIRST + record(late))).rejects.toThrow(
    /^fixtures:3: orders-0 takes no record: INVALID_TIMESTAMP/,
  )
  await expect(cohort.load([JSON.parse(offset({ metadata: 'x'.repeat(5000) }))])).rejects.toThrow(
    "fixtures[0]: orders-0 of group 'g': OFFSET_METADATA_TOO_LARGE",
  )
})

it('a mark before UTF-8, the line ends of Windows and a topic that is there are no reason to refuse', async () => {
  await cohort.load(`\uFEFF${topic({ partitions: undefined })}\r\n${record({ partition: 1 })}\r\n`)
  expect(cohort.topics()).toEqual({ orders: 2 })
  expect(await cohort.records('orders')).toMatchObject([{ partition: 1, value: Buffer.from('v') }])
})

it('many records of one partition come in, as many as a file has', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => record({ partition: 0, value: `value ${i}` }))
  await cohort.load(lines.join('\n'))
  const records = await cohort.records('orders')
  expect(records).toHaveLength(20_000)
  expect(records.at(-1)).toMatchObject({ offset: 19_999n, value: Buffer.from('value 19999') })
})

it('a group of another protocol, and one in a rebalance, come back as they were dumped', async () => {
  const bytes = { base64: '//8=' }
  await using cohort = await startCohort({
    topics: { orders: 2 },
    set: { 'group.initial.rebalance.delay.ms': 60_000 },
    clock: 'virtual',
  })
  await cohort.load([
    {
      ...{ type: 'group', group: 'connect', protocolType: 'connect', protocol: 'sessioned', generation: 3 },
      members: [{ memberId: 'm', sessionTimeout: '10m', metadata: bytes, assignment: bytes }],
    },
  ])
  const first = await RawMember.connect(cohort, 'first')
  const syncing = await RawMember.connect(cohort, 'syncing')
  const joined = syncing.join()
  joined.catch(() => {})
  const hasJoined = (group: string) =>
    until(`a member of ${group}`, () => cohort.events(group).some(({ type }) => type === 'member-joined'))
  await hasJoined('syncing')
  await cohort.clock.advance('60s')
  await joined // and owes its SyncGroup: nothing is assigned yet
  first.join().catch(() => {}) // waits for others: no protocol is chosen yet
  await hasJoined('first')
  const dumped = await cohort.dump()
  expect(dumped).toContainEqual(
    expect.objectContaining({
      group: 'connect',
      protocolType: 'connect',
      members: [expect.objectContaining({ metadata: bytes, assignment: bytes })],
    }),
  )
  const members = [expect.not.objectContaining({ assignment: expect.anything() })]
  for (const group of ['first', 'syncing'])
    expect(dumped).toContainEqual(expect.objectContaining({ group, protocol: 'range', members }))
  await using other = await startCohort({ fixtures: dumped })
  const letters = (entries: readonly object[]) => entries.map((entry) => JSON.stringify(toJson(entry)))
  expect(letters(await other.dump())).toEqual(letters(dumped))
  first.client.close()
  syncing.client.close()
})
