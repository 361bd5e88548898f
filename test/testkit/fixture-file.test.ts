// Fixture files: what a line may say, what a broker makes of it, and that a broker's contents come back from it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { RawMember } from './member.js'

const LINES = `
{"type":"group","group":"readers","generation":7,"members":[{"memberId":"ghost-1","clientId":"ghost","sessionTimeout":"10s","assignment":{"orders":[0,1]}}]}
{"type":"offset","group":"readers","topic":"orders","partition":0,"offset":1,"metadata":"where it was"}
{"type":"offset","group":"readers","topic":"orders","partition":1,"offset":"0"}
{"type":"topic","topic":"orders","partitions":2}
{"type":"record","topic":"orders","partition":0,"key":"k","value":"a","headers":{"trace":"1"},"timestamp":1700000000000}
{"type":"record","topic":"orders","partition":0,"key":null,"value":{"base64":"/w=="},"timestamp":1700000000001}

{"type":"group","group":"gone","protocolType":"connect","generation":3}
`

const texts = async (cohort: Cohort) =>
  (await cohort.records('orders')).map(({ partition, offset, value }) => [partition, offset, value])

it('a file fills a broker: topics, records, offsets, and groups as their last run left them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cohort-fixtures-'))
  const file = join(folder, 'before.jsonl')
  writeFileSync(file, LINES)
  try {
    await using cohort = await startCohort({ fixtures: file, clock: 'virtual' })
    expect(await texts(cohort)).toEqual([
      [0, 0n, Buffer.from('a')],
      [0, 1n, Buffer.from([0xff])],
    ])
    const group = cohort.group('readers')
    expect(await group.committedOffset('orders', 0)).toBe(1n)
    expect(await group.snapshot()).toMatchObject({ state: 'Stable', generation: 7, leaderId: 'ghost-1' })
    expect(await group.assigned('orders', 1)).toBe('ghost-1')
    expect(await cohort.group('gone').snapshot()).toMatchObject({ state: 'Empty', generation: 3 })
    // The ghost has a full session, as after the start of a coordinator, and is then removed.
    await cohort.clock.advance('9s')
    expect(await group.snapshot()).toMatchObject({ state: 'Stable' })
    await cohort.clock.advance('2s')
    await group.empty()
    expect((await group.snapshot())?.generation).toBe(8)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('what a broker holds comes back from its dump', async () => {
  await using cohort = await startCohort({ topics: { orders: 3 } })
  await cohort.load(LINES.replace('"partitions":2', '"partitions":3'))
  const member = await RawMember.alone(cohort, 'others', { groupInstanceId: 'one' })
  await member.commit(5)
  const dumped = await cohort.dump()
  expect(dumped.map(({ type }) => type)).toEqual([
    'topic',
    'record',
    'record',
    'offset',
    'offset',
    'offset',
    'group',
    'group',
    'group',
  ])

  await using other = await startCohort({ fixtures: dumped })
  expect(await other.dump()).toEqual(dumped)
  expect(await other.group('others').snapshot()).toMatchObject({
    state: 'Stable',
    members: [{ memberId: member.memberId, instanceId: 'one', clientId: 'raw', isLeader: true }],
  })
  member.client.close()
})

it('records that the coordinator restored are durable: the group survives a reload', async () => {
  await using cohort = await startCohort({ fixtures: [{ type: 'group', group: 'g', generation: 4 }] })
  await cohort.group('g').loading(0)
  expect(await cohort.group('g').snapshot()).toMatchObject({ state: 'Empty', generation: 4 })
})

it.each([
  ['{"type":"topic"', /^fixtures:1 is no JSON: /],
  [
    '{"type":"tpic"}',
    `fixtures:1.type is "tpic", but must be one of topic, record, offset, group (did you mean 'topic'?)`,
  ],
  ['{"topic":"orders"}', 'fixtures:1.type is missing, but must be one of topic, record, offset, group'],
  ['\n[]', 'fixtures:2.type is missing, but must be one of'],
  [
    '{"type":"topic","topic":"a","partions":1}',
    `fixtures:1.partions: there is no such field (did you mean 'partitions'?)`,
  ],
  [
    '{"type":"record","topic":"a"}',
    'fixtures:1.value is missing: it must be a text, or { "base64": "..." }, or null',
  ],
  [
    '{"type":"offset","group":"g","topic":"a","partition":0,"offset":1.5}',
    'fixtures:1.offset is 1.5, but must be a whole number from 0 to 2^63-1 (above 2^53 as a string)',
  ],
  [
    '{"type":"group","group":"g","members":[{"memberId":"m","topics":[1]}]}',
    'fixtures:1.members[0].topics is [1], but must be a list, each a text',
  ],
])('a wrong line is refused before anything is added: %s', async (line, message) => {
  await using cohort = await startCohort()
  const before = '\n{"type":"topic","topic":"before"}'
  await expect(cohort.load(line + before)).rejects.toThrow(message)
  expect(await cohort.dump()).toEqual([])
})

it('what the broker cannot take is said, and a file that is not there', async () => {
  await using cohort = await startCohort({ topics: { orders: 1 } })
  const member = await RawMember.alone(cohort, 'g')
  const offset = { type: 'offset', group: 'g', topic: 'orders', partition: 0, offset: 1 }
  await expect(cohort.load([offset])).rejects.toThrow(
    "fixtures[0]: group 'g' is Stable: offsets can be committed only while it has no members",
  )
  await expect(cohort.load([{ type: 'group', group: 'g' }])).rejects.toThrow(
    "fixtures[0]: group 'g' is Stable: it can be replaced only while it has no members",
  )
  await expect(cohort.load([{ ...offset, group: 'h', topic: 'nothing' }])).rejects.toThrow(
    "fixtures[0]: there is no topic 'nothing', only orders",
  )
  await expect(startCohort({ fixtures: 'nowhere.jsonl' })).rejects.toThrow(
    'fixtures nowhere.jsonl: there is no such file',
  )
  member.client.close()
})
