// Faults on demand: which requests they meet and what happens to those.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, serveHttp, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { RawClient } from '../helpers/raw-client.js'
import { RawMember } from './member.js'

let cohort: Cohort
let client: RawClient
let member: RawMember

beforeEach(async () => {
  cohort = await startCohort({ topics: { orders: 3 } })
  client = await RawClient.connect(cohort.port)
  member = await RawMember.alone(cohort, 'g')
})
afterEach(async () => {
  client.close()
  member.client.close()
  await cohort.stop()
})

describe('what a fault meets', () => {
  it('is chosen by API, group, client, member, version and topic', async () => {
    const none = [{ group: 'other' }, { client: 'other' }, { member: 'other' }, { version: 3 }].map((only) =>
      cohort.fault({ api: 'Heartbeat', error: 'UNKNOWN_SERVER_ERROR', ...only }),
    )
    expect(await member.heartbeat()).toBe(E.NONE)
    for (const fault of none) expect(fault.hits).toEqual([])
    const commit = cohort.fault({
      api: 'OffsetCommit',
      topic: 'orders',
      partition: 1,
      error: 'NOT_COORDINATOR',
    })
    expect(await member.commit(1, 0)).toBe(E.NONE)
    expect(await member.commit(1, 1)).toBe(E.NOT_COORDINATOR)
    expect(commit.hits).toMatchObject([{ api: 'OffsetCommit', group: 'g', memberId: member.memberId }])
    for (const fault of none) fault.remove()
    for (const only of [{ group: 'g' }, { client: 'raw' }, { member: member.memberId }, { version: 4 }]) {
      const fault = cohort.fault({ api: ['Heartbeat', 'SyncGroup'], error: 'NOT_COORDINATOR', ...only })
      expect(await member.heartbeat()).toBe(E.NOT_COORDINATOR)
      fault.remove()
    }
    expect(await member.heartbeat()).toBe(E.NONE)
    await unmet()
  })

  it('is counted: the nth, so many times, every so-manieth, by any condition', async () => {
    const beats = async (count: number) => {
      const codes: number[] = []
      for (let i = 0; i < count; i++) codes.push(await member.heartbeat())
      return codes.map((code) => (code === E.NONE ? '.' : 'x')).join('')
    }
    const error = { api: 'Heartbeat', error: 'NOT_COORDINATOR' } as const
    const cases: [object, string][] = [
      [{ nth: 3 }, '..x...'],
      [{ nth: 2, times: 2 }, '.xx...'],
      [{ times: 2 }, 'xx....'],
      [{ every: 3 }, 'x..x..'],
      [{ nth: 2, every: 2, times: 2 }, '.x.x..'],
      [{ when: ({ body }: { body: Record<string, unknown> }) => body.generationId === 1 }, 'xxxxxx'],
    ]
    for (const [how, expected] of cases) {
      const fault = cohort.fault({ ...error, ...how })
      expect(await beats(6), JSON.stringify(how)).toBe(expected)
      fault.remove()
    }
  })

  it('can be waited for', async () => {
    const fault = cohort.fault({ api: 'Heartbeat', error: 'NOT_COORDINATOR' })
    const twice = fault.hit(2)
    await member.heartbeat()
    await fault.hit()
    await member.heartbeat()
    await twice
  })
})

describe('what a fault does', () => {
  it('answers with an error where the API carries one', async () => {
    cohort.fault({
      api: ['FindCoordinator', 'OffsetFetch', 'DescribeGroups', 'DeleteGroups'],
      error: 'COORDINATOR_NOT_AVAILABLE',
    })
    const code = E.COORDINATOR_NOT_AVAILABLE
    expect(await client.send(Apis.FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] })).toMatchObject({
      coordinators: [{ key: 'g', errorCode: code, nodeId: -1 }],
    })
    expect(await client.send(Apis.FindCoordinator, 3, { key: 'g' })).toMatchObject({ errorCode: code })
    expect(await client.send(Apis.OffsetFetch, 8, { groups: [{ groupId: 'g', topics: [] }] })).toMatchObject({
      groups: [{ groupId: 'g', errorCode: code }],
    })
    expect(await client.send(Apis.OffsetFetch, 5, { groupId: 'g', topics: [] })).toMatchObject({
      errorCode: code,
    })
    const topics = [{ name: 'orders', partitionIndexes: [0] }]
    expect(await client.send(Apis.OffsetFetch, 1, { groupId: 'g', topics })).toMatchObject({
      topics: [{ partitions: [{ errorCode: code }] }],
    })
    expect(await client.send(Apis.DescribeGroups, 5, { groups: ['g'] })).toMatchObject({
      groups: [{ groupId: 'g', errorCode: code }],
    })
    expect(await client.send(Apis.DeleteGroups, 1, { groupsNames: ['g'] })).toMatchObject({
      results: [{ groupId: 'g', errorCode: code }],
    })
  })

  it('answers a Heartbeat and a Fetch with the very error that is asked for', async () => {
    cohort.fault({ api: 'Heartbeat', error: 'COORDINATOR_LOAD_IN_PROGRESS' })
    expect(await member.heartbeat()).toBe(E.COORDINATOR_LOAD_IN_PROGRESS)
    cohort.fault({ api: 'Fetch', error: 'OFFSET_OUT_OF_RANGE' })
    const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }]
    const body = { maxWaitMs: 0, minBytes: 0, maxBytes: 1000, topics: [{ topic: 'orders', partitions }] }
    const answer = await client.send(Apis.Fetch, 11, body)
    expect(answer.responses).toMatchObject([{ partitions: [{ errorCode: E.OFFSET_OUT_OF_RANGE }] }])
  })

  it('before the effect, the request has not happened; after it, it has', async () => {
    const before = cohort.fault({ api: 'OffsetCommit', error: 'REQUEST_TIMED_OUT', times: 1 })
    expect(await member.commit(5)).toBe(E.REQUEST_TIMED_OUT)
    expect(await cohort.group('g').committedOffset('orders', 0)).toBe(-1n)
    expect(before.hits).toHaveLength(1)
    cohort.fault({ api: 'OffsetCommit', error: 'REQUEST_TIMED_OUT', times: 1, after: true })
    expect(await member.commit(6)).toBe(E.REQUEST_TIMED_OUT)
    expect(await cohort.group('g').committedOffset('orders', 0)).toBe(6n)
  })

  it('holds up for as long as it says; the connection reads no further', async () => {
    cohort.fault({ api: 'Heartbeat', delay: '60ms', times: 1 })
    const begunAt = performance.now()
    const order: string[] = []
    const delayed = member.heartbeat().then(() => order.push('delayed'))
    const behind = member.heartbeat().then(() => order.push('behind'))
    await Promise.all([delayed, behind])
    expect(performance.now() - begunAt).toBeGreaterThan(50)
    expect(order).toEqual(['delayed', 'behind'])
  })

  it('drops: never an answer, and the connection goes on', async () => {
    const fault = cohort.fault({ api: 'Heartbeat', drop: true, times: 1 })
    let isAnswered = false
    const dropped = member.client.sendBytes(
      member.client.frame(Apis.Heartbeat, 4, { groupId: 'g', generationId: 1, memberId: member.memberId }),
    )
    await fault.hit()
    dropped.then(() => {
      isAnswered = true
    })
    // The client matches answers in order, so the next answer is taken for the first one's.
    const next = member.client.frame(Apis.ApiVersions, 0, {})
    member.client.write(next)
    expect((await dropped).readInt32BE()).toBe(next.readInt32BE(8))
    expect(isAnswered).toBe(true)
  })

  it('closes the connection, before the effect or after it', async () => {
    cohort.fault({ api: 'OffsetCommit', disconnect: true, after: true })
    await expect(member.commit(9)).rejects.toThrow('connection closed')
    expect(await cohort.group('g').committedOffset('orders', 0)).toBe(9n)
  })

  it('answers bytes that cannot be decoded', async () => {
    cohort.fault({ api: 'DescribeGroups', malformed: true })
    await expect(client.send(Apis.DescribeGroups, 5, { groups: ['g'] })).rejects.toThrow(/tagged fields/)
  })
})

it('names that do not exist are refused, with the one that was probably meant', () => {
  const wrong: [object, RegExp][] = [
    [{ api: 'HeartBeat', drop: true }, /there is no API 'HeartBeat' \(did you mean 'Heartbeat'\?\)/],
    [
      { api: 'Heartbeat', error: 'NOT_CORDINATOR' },
      /there is no error 'NOT_CORDINATOR' \(did you mean 'NOT_COORDINATOR'\?\)/,
    ],
    [
      { api: 'Heartbeat', grup: 'g', drop: true },
      /fault.grup: there is no such option \(did you mean 'group'\?\)/,
    ],
    [{ api: 'Heartbeat' }, /a fault has one of error, delay, drop, disconnect, malformed, not none/],
    [{ api: 'Heartbeat', drop: true, disconnect: true }, /not drop and disconnect/],
    [{ drop: true }, /fault.api is missing/],
    [{ api: 'Heartbeat', delay: 'soon' }, /^fault.delay is "soon", but must be milliseconds, or '500ms'/],
  ]
  for (const [options, message] of wrong) expect(() => cohort.fault(options as never)).toThrow(message)
})

const IN_JSON_TOO: [object, string][] = [
  [{ drop: 'yes' }, 'fault.drop is "yes", but must be true or false'],
  [{ drop: false }, 'a fault has one of error, delay, drop, disconnect, malformed, not none'],
  [{ drop: true, times: 0 }, 'fault.times is 0, but must be a whole number from 1 on'],
  [{ drop: true, times: -1 }, 'fault.times is -1, but must be a whole number from 1 on'],
  [{ drop: true, nth: 0 }, 'fault.nth is 0, but must be a whole number from 1 on'],
  [{ drop: true, nth: 'x' }, 'fault.nth is "x", but must be a whole number from 1 on'],
  [{ drop: true, every: 0 }, 'fault.every is 0, but must be a whole number from 1 on'],
  [{ drop: true, every: 1.5 }, 'fault.every is 1.5, but must be a whole number from 1 on'],
  [{ drop: true, partition: '0' }, 'fault.partition is "0", but must be a whole number from 0 on'],
  [{ drop: true, after: 1 }, 'fault.after is 1, but must be true or false'],
  [{ drop: true, group: 5 }, 'fault.group is 5, but must be a text'],
  [{ drop: true, version: 99 }, "fault.version is 99, but must be one of Heartbeat's: 0 to 4"],
  [{ drop: true, api: 5 }, "fault.api is 5, but must be an API's name, or a list of them"],
  [{ drop: true, api: [] }, 'fault.api is [], but must be the name of an API, or several'],
  [
    { drop: true, api: ['SyncGroup', 'Heartbeat'], version: 5 },
    "fault.version is 5, but must be one of Heartbeat's: 0 to 4",
  ],
  [{ error: 'NONE' }, 'fault.error is NONE, which is no error'],
  [{ error: 5 }, 'fault.error is 5, but must be a text'],
]

it.each(IN_JSON_TOO)('%j cannot be, in code and over HTTP', async (options, message) => {
  const fault = { api: 'Heartbeat', ...options }
  expect(() => cohort.fault(fault as never)).toThrow(message)
  const server = await serveHttp(cohort, { port: 0 })
  try {
    const url = `${server.url}/v1/brokers/main/faults`
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(fault) })
    expect([answer.status, JSON.stringify(await answer.json())]).toEqual([
      400,
      expect.stringContaining(JSON.stringify(message).slice(1, -1)),
    ])
  } finally {
    await server.close()
  }
  cohort.verify() // none was set
})

it('what only code can give is checked as well, and what is undefined or false is not there', async () => {
  expect(() => cohort.fault({ api: 'Heartbeat', drop: true, when: 5 } as never)).toThrow(
    'fault.when is 5, but must be a function (request) => boolean',
  )
  expect(() => cohort.fault(null as never)).toThrow('fault is null, but must be an object')
  expect(() => cohort.fault('Heartbeat' as never)).toThrow('fault is "Heartbeat", but must be an object')
  const options = { api: 'Heartbeat', error: 'NOT_COORDINATOR', drop: false, delay: undefined }
  const fault = cohort.fault(options as never)
  expect(String(fault)).toBe('Heartbeat: error NOT_COORDINATOR')
  expect(await member.heartbeat()).toBe(E.NOT_COORDINATOR)
})

it('what a fault has met is waited for by a number from 1 on', async () => {
  const fault = cohort.fault({ api: 'Heartbeat', error: 'NOT_COORDINATOR', times: 1 })
  await expect(fault.hit(0)).rejects.toThrow('hit: times is 0, but must be a whole number from 1 on')
  await expect(fault.hit(1, { timout: 5 } as never)).rejects.toThrow("(did you mean 'timeout'?)")
  await member.heartbeat()
})

/** What verify() would say of faults that were left unmet on purpose. */
async function unmet(): Promise<void> {
  expect(() => cohort.verify()).toThrow(
    /a fault was never met: Heartbeat: error UNKNOWN_SERVER_ERROR, group other/,
  )
  await expect(cohort.stop()).rejects.toThrow('4 problems')
  cohort = await startCohort()
}
