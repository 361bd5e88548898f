// The test kit over HTTP, as a suite in another language uses it.

import http from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OPERATIONS } from '../../src/control/table.js'
import { type Cohort, type HttpServer, serveHttp, startCohort } from '../../src/index.js'
import { RawMember } from '../testkit/member.js'

let cohort: Cohort
let server: HttpServer

beforeEach(async () => {
  cohort = await startCohort({ topics: { orders: 3 } })
  server = await serveHttp(cohort, { port: 0 })
})
afterEach(async () => {
  await server.close()
  await cohort.stop()
})

async function ask(method: string, path: string, body?: unknown) {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(`${server.url}/v1${path}`, {
    method,
    ...(text === undefined ? {} : { body: text }),
  })
  const answer = await response.text()
  const type = response.headers.get('content-type') ?? ''
  return {
    status: response.status,
    body: type.includes('json') && !type.includes('nd') ? JSON.parse(answer) : answer,
  }
}
const main = (method: string, path: string, body?: unknown) => ask(method, `/brokers/main${path}`, body)

describe('a broker over HTTP', () => {
  it('records: produced, read back, bytes that are no text as base64', async () => {
    const messages = [
      { value: 'a', key: 'k', partition: 1, headers: { trace: 'x' }, timestamp: 5 },
      { value: { base64: '/w==' }, partition: 1 },
    ]
    expect(await main('POST', '/topics/orders/records', { messages })).toEqual({
      status: 201,
      body: [
        { partition: 1, offset: 0 },
        { partition: 1, offset: 1 },
      ],
    })
    const { body } = await main('GET', '/topics/orders/records?partition=1')
    expect(body[0]).toEqual({
      partition: 1,
      offset: 0,
      timestamp: 5,
      key: 'k',
      value: 'a',
      headers: { trace: 'x' },
    })
    expect(body[1]).toMatchObject({ offset: 1, key: null, value: { base64: '/w==' } })
    const headers = [
      ['h', '1'],
      ['h', null],
      [{ base64: '/w==' }, { base64: '/w==' }],
    ]
    await main('POST', '/topics/orders/records', { messages: [{ value: 'c', partition: 2, headers }] })
    expect((await main('GET', '/topics/orders/records?partition=2')).body).toMatchObject([{ headers }])
  })

  it('topics are made, grown, told and deleted', async () => {
    expect((await main('POST', '/topics', { topic: 'more' })).status).toBe(201)
    expect((await main('PUT', '/topics/more', { partitions: 4 })).status).toBe(200)
    expect((await main('GET', '/topics')).body).toEqual({ orders: 3, more: 4 })
    expect((await main('DELETE', '/topics/more')).body).toEqual({})
    expect(await main('DELETE', '/topics/more')).toEqual({
      status: 409,
      body: { error: { type: 'FixtureError', message: "there is no topic 'more', only orders" } },
    })
  })

  it('groups: committed, waited for, looked at, explained', async () => {
    const noted = { offset: '7', metadata: 'a note' }
    await main('PUT', '/groups/readers/offsets', { offsets: { orders: { 0: 5, 2: noted } } })
    expect((await main('GET', '/groups/readers/offsets')).body).toEqual({ orders: { 0: 5, 2: 7 } })
    const waiting = main('POST', '/groups/readers/wait', { until: 'stable', members: 1, timeout: '5s' })
    const member = await RawMember.alone(cohort, 'readers')
    const { body } = await waiting
    expect(body).toMatchObject({
      state: 'Stable',
      generation: 1,
      members: [{ memberId: member.memberId, assigned: [{ topic: 'orders', partition: 0 }] }],
    })
    expect(body.text).toContain("group 'readers' is Stable")
    expect((await main('GET', '/groups')).body).toEqual([
      { groupId: 'readers', state: 'Stable', generation: 1, members: 1 },
    ])
    expect((await main('GET', '/groups/readers/lag')).body).toContainEqual({
      topic: 'orders',
      partition: 0,
      committed: 5,
      end: 0,
      lag: -5,
    })
    expect((await main('GET', '/groups/readers/explanation')).body).toMatchObject({
      text: expect.stringContaining("Group 'readers' rebalanced into generation 1."),
      markdown: expect.stringContaining('**Group'),
      facts: {
        outcome: 'Stable',
        moves: [{ topic: 'orders', partition: 0, from: null, to: member.memberId }],
      },
    })
    expect(
      (await main('POST', '/groups/readers/wait', { until: 'assigned', topic: 'orders', partition: 0 }))
        .status,
    ).toBe(200)
    expect(
      (
        await main('POST', '/groups/readers/wait', {
          until: 'committed',
          topic: 'orders',
          partition: 0,
          offset: 5,
        })
      ).status,
    ).toBe(200)
    expect((await main('POST', '/groups/readers/wait', { until: 'generation', generation: 1 })).status).toBe(
      200,
    )
    member.client.close()
  })

  it('a wait that is not met tells what was seen instead', async () => {
    expect(await main('POST', '/groups/nobody/wait', { until: 'stable', timeout: 20 })).toEqual({
      status: 409,
      body: {
        error: {
          type: 'WaitTimeout',
          message:
            "group 'nobody' Stable: not within 20 ms; instead\ngroup 'nobody' does not exist: nobody has joined it or committed to it",
        },
      },
    })
  })

  it('nodes: a coordinator and a leader move, one stops and comes back', async () => {
    const { body: started } = await ask('POST', '/brokers', { topics: { orders: 3 }, brokers: 3 })
    const at = (method: string, path: string, body?: unknown) =>
      ask(method, `/brokers/${started.id}${path}`, body)
    expect(started.brokers).toHaveLength(3)
    const running = async () => {
      const nodes: { nodeId: number; address: string; isRunning: boolean }[] = (await at('GET', '/nodes'))
        .body
      return nodes.map(({ nodeId, address, isRunning }) => [nodeId, address, isRunning])
    }
    expect(await running()).toEqual(
      started.brokers.map((address: string, i: number) => [i + 1, address, true]),
    )
    const moved = await at('POST', '/groups/g/move-coordinator', { loading: 1 })
    expect(moved.body.nodeId).toBeGreaterThan(0)
    expect(await at('POST', '/groups/g/move-coordinator', { to: moved.body.nodeId })).toMatchObject({
      status: 409,
      body: { error: { type: 'ProvocationError' } },
    })
    expect((await at('POST', '/topics/orders/move-leader', { partition: 0 })).body).toEqual({ nodeId: 2 })
    expect((await at('POST', '/topics/orders/move-leader', { partition: 0, to: 3 })).body).toEqual({
      nodeId: 3,
    })
    expect((await at('POST', '/nodes/2/stop')).status).toBe(200)
    expect((await running()).map(([, , isRunning]) => isRunning)).toEqual([true, false, true])
    expect((await at('POST', '/nodes/2/start')).status).toBe(200)
    expect((await at('POST', '/nodes/two/stop')).status).toBe(400)
    expect((await at('POST', '/nodes/7/stop')).body.error.message).toContain('there is no node 7')
    await ask('DELETE', `/brokers/${started.id}`)
  })

  it('provokes: rebalance, kick, expire, fence, loading', async () => {
    const member = await RawMember.alone(cohort, 'g', { groupInstanceId: 'one' })
    expect((await main('POST', '/groups/g/rebalance', { reason: 'a deploy' })).status).toBe(200)
    expect(await member.heartbeat()).toBe(27) // REBALANCE_IN_PROGRESS
    await member.join()
    await member.sync([0])
    expect((await main('POST', '/groups/g/fence', { instanceId: 'one' })).status).toBe(200)
    expect(await member.heartbeat()).toBe(82) // FENCED_INSTANCE_ID
    await main('POST', '/groups/g/kick', { member: 'one' })
    await main('POST', '/groups/g/wait', { until: 'empty' })
    expect(await main('POST', '/groups/g/expire', { member: 'one' })).toMatchObject({
      status: 409,
      body: { error: { type: 'ProvocationError' } },
    })
    await main('POST', '/groups/g/loading', { duration: '60s' })
    expect(await member.commit(1)).toBe(14) // COORDINATOR_LOAD_IN_PROGRESS
    member.client.close()
  })

  it('faults: set, met, waited for, removed', async () => {
    const { status, body: fault } = await main('POST', '/faults', {
      api: 'Heartbeat',
      error: 'NOT_COORDINATOR',
      times: 1,
      drop: false,
    })
    expect([status, fault]).toEqual([
      201,
      { id: 'f1', text: 'Heartbeat: error NOT_COORDINATOR, times 1', hits: 0, isSet: true },
    ])
    const met = main('POST', '/faults/f1/wait', {})
    const member = await RawMember.alone(cohort, 'g')
    expect(await member.heartbeat()).toBe(16)
    expect((await met).body).toMatchObject({ hits: 1 })
    expect((await main('GET', '/faults')).body).toMatchObject([{ id: 'f1', hits: 1 }])
    expect((await main('DELETE', '/faults/f1')).status).toBe(200)
    expect(await member.heartbeat()).toBe(0)
    expect((await main('POST', '/faults/f1/wait', { times: 2, timeout: 20 })).body.error.message).toBe(
      "fault (Heartbeat: error NOT_COORDINATOR, times 1) met 2 times: not within 20 ms; instead\nit has met 1; 2 requests of Heartbeat came, of client 'raw', group 'g'",
    )
    expect((await main('DELETE', '/faults/f9')).body.error.message).toBe(
      "broker 'main' has no fault 'f9', only f1",
    )
    member.client.close()
  })

  it('looks back: requests, events, clients, verify; and begins anew', async () => {
    const member = await RawMember.alone(cohort, 'g')
    const { body: syncs } = await main('GET', '/requests?api=SyncGroup&group=g')
    expect(syncs).toMatchObject([
      { api: 'SyncGroup', body: { memberId: member.memberId }, response: { errorCode: 0 } },
    ])
    expect((await main('GET', '/events?group=g')).body.map(({ type }: { type: string }) => type)).toContain(
      'member-joined',
    )
    expect((await main('GET', '/clients')).body).toMatchObject([{ clientId: 'raw' }])
    expect((await main('POST', '/verify', { strict: true })).body.problems).toEqual([
      expect.stringMatching(/^client 'raw'/),
    ])
    expect((await main('POST', '/verify')).body).toEqual({
      problems: [],
      warnings: [expect.stringMatching(/^client 'raw'/)],
    })
    expect((await main('POST', '/disconnect', { client: 'raw' })).body).toEqual({ cut: 1 })
    await member.client.closed
    await main('POST', '/reset')
    expect((await main('GET', '/groups')).body).toEqual([])
    expect((await main('POST', '/quiesce')).status).toBe(200)
  })

  it('fixtures go in and out as JSON lines', async () => {
    const lines =
      '{"type":"topic","topic":"t","partitions":1}\n{"type":"offset","group":"g","topic":"t","partition":0,"offset":3}\n'
    expect((await main('POST', '/fixtures', lines)).status).toBe(200)
    expect((await main('GET', '/fixtures')).body).toContain(lines.split('\n')[1])
    expect((await main('POST', '/fixtures', '{"type":"x"}')).body.error.message).toMatch(
      /^fixtures:1\.type is "x"/,
    )
  })
})

describe('brokers of their own', () => {
  it('a suite starts one for each test, moves its time, and hears its problems when it stops it', async () => {
    const { status, body: started } = await ask('POST', '/brokers', {
      topics: { t: 1 },
      clock: 'virtual',
      seed: 3,
      set: { 'group.max.size': 1 },
    })
    expect(status).toBe(201)
    expect(started).toEqual({ id: 'b1', brokers: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)] })
    const at = (method: string, path: string, body?: unknown) => ask(method, `/brokers/b1${path}`, body)
    const { body: before } = await at('GET', '/clock')
    await at('PUT', '/groups/g/offsets', { offsets: { t: { 0: 1 } } })
    const { body: after } = await at('POST', '/clock/advance', { duration: '8d', silent: 'all' })
    expect(after.nowMs - before.nowMs).toBe(8 * 24 * 3600 * 1000)
    expect((await at('GET', '/groups/g/offsets')).body).toEqual({})
    await at('POST', '/faults', { api: 'JoinGroup', drop: true })
    expect((await ask('GET', '/brokers')).body.map(({ id }: { id: string }) => id)).toEqual(['main', 'b1'])
    expect(await ask('DELETE', '/brokers/b1')).toEqual({
      status: 200,
      body: { connected: [], problems: ['a fault was never met: JoinGroup: drop true'], warnings: [] },
    })
    expect(await ask('GET', '/brokers/b1/topics')).toMatchObject({
      status: 404,
      body: { error: { message: "there is no broker 'b1': it was stopped, or never started" } },
    })
  })

  it("the process's own broker is not stopped, and real time is not moved", async () => {
    expect((await ask('DELETE', '/brokers/main')).body.error.message).toBe(
      "broker 'main' ends with its process",
    )
    expect((await main('POST', '/clock/advance', { duration: '1s' })).body.error.message).toMatch(
      /start the broker with clock: 'virtual'/,
    )
  })
})

describe('bad requests', () => {
  it.each([
    [
      'POST',
      '/brokers',
      { topcis: {} },
      400,
      "start-broker.topcis: there is no such field (did you mean 'topics'?)",
    ],
    [
      'POST',
      '/brokers',
      { topics: { t: 0 } },
      400,
      "options.topics['t'] is 0, but must be a whole number of partitions from 1 to 10000",
    ],
    [
      'POST',
      '/brokers/main/faults',
      { api: 'Hartbeat', drop: true },
      400,
      "fault.api: there is no API 'Hartbeat' (did you mean 'Heartbeat'?)",
    ],
    [
      'POST',
      '/brokers/main/faults',
      {},
      400,
      "fault.api is missing: it must be an API's name, or a list of them",
    ],
    [
      'POST',
      '/brokers/main/groups/g/wait',
      { until: 'stabel' },
      400,
      'wait.until is "stabel", but must be one of stable, empty, generation, assigned, committed, caughtUp',
    ],
    [
      'POST',
      '/brokers/main/groups/g/wait',
      { until: 'committed', topic: 't' },
      400,
      "until 'committed' needs partition",
    ],
    [
      'POST',
      '/brokers/main/groups/g/loading',
      { duration: 'long' },
      400,
      `loading.duration is "long", but must be milliseconds, or '500ms', '10s', '2m', '1h', '7d'`,
    ],
    [
      'PUT',
      '/brokers/main/groups/g/offsets',
      { offsets: { orders: { x: 1 } } },
      400,
      "offsets.orders.x: 'x' is no partition",
    ],
    [
      'PUT',
      '/brokers/main/groups/g/offsets',
      { offsets: { orders: null } },
      400,
      'offsets.orders is null, but must be an object of partition -> offset, as { 0: 5 }',
    ],
    [
      'PUT',
      '/brokers/main/groups/g/offsets',
      { offsets: { orders: { 0: '9223372036854775808' } } },
      400,
      'offsets.orders.0 is "9223372036854775808", but must be a whole number from 0 to 2^63-1',
    ],
    [
      'POST',
      '/brokers/main/groups/g/wait',
      { until: 'empty', members: 5 },
      400,
      "until 'empty' takes nothing but a timeout, not members",
    ],
    [
      'POST',
      '/brokers/main/groups/g/wait',
      { until: 'assigned', topic: 'orders', partition: 0, offset: 1 },
      400,
      "until 'assigned' takes topic, partition, not offset",
    ],
    [
      'POST',
      '/brokers/main/topics',
      { topic: '' },
      400,
      'create-topic.topic is "", but must be a text that is not empty',
    ],
    [
      'POST',
      '/brokers/main/topics',
      { topic: 'big', partitions: 10_001 },
      400,
      'create-topic.partitions is 10001, but must be a whole number from 1 to 10000',
    ],
    ['POST', '/brokers/main/reset', '{', 400, /^the body is no JSON: /],
    ['POST', '/brokers/main/reset', [1], 400, 'reset is [1], but must be a JSON object'],
    [
      'GET',
      '/brokers/main/requests?api=Fetsh',
      undefined,
      400,
      /^requests.api is "Fetsh", but must be one of Produce, Fetch/,
    ],
    [
      'GET',
      '/brokers/main/grops',
      undefined,
      404,
      'there is no GET /v1/brokers/main/grops: GET /v1/openapi.json tells what there is',
    ],
    [
      'GET',
      '/brokers/main/groups/g',
      undefined,
      404,
      "group 'g' does not exist: nobody has joined it or committed to it",
    ],
  ])('%s %s %j: %i', async (method, path, body, status, message) => {
    const answer = await ask(method, path, body)
    expect(answer.body.error.message).toMatch(message)
    expect(answer.status).toBe(status)
  })
})

describe('who may ask', () => {
  const get = (url: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      http
        .get(`${url}/v1/brokers`, { headers, agent: false }, (response) => {
          response.resume()
          resolve(response.statusCode as number)
        })
        .on('error', reject)
    })

  it('pages of other origins, and names that point to loopback, are refused', async () => {
    expect(await get(server.url, { origin: 'http://evil.example' })).toBe(403)
    expect(await get(server.url, { origin: server.url })).toBe(200)
    expect(await get(server.url, { host: 'evil.example:80' })).toBe(403)
    expect(await get(server.url, { host: 'localhost:80' })).toBe(200)
  })

  it('an open host wants a token, and then everybody needs it', async () => {
    await expect(serveHttp(cohort, { host: '0.0.0.0', port: 0 })).rejects.toThrow('needs a token')
    const guarded = await serveHttp(cohort, { port: 0, token: 'secret' })
    expect(await get(guarded.url, {})).toBe(401)
    expect(await get(guarded.url, { authorization: 'Bearer wrong!' })).toBe(401)
    expect(await get(guarded.url, { authorization: 'Bearer secret', host: 'my-host:1' })).toBe(200)
    await guarded.close()
  })
})

it('what serveHttp is given is checked, and it is closed with its broker', async () => {
  await using own = await startCohort()
  await expect(serveHttp(own, {} as { port: number })).rejects.toThrow('options.port is missing')
  await expect(serveHttp(own, { port: 0, tokn: 'x' } as { port: number })).rejects.toThrow(
    "options.tokn: there is no such field (did you mean 'token'?)",
  )
  await expect(serveHttp(own, { port: 0, token: '' })).rejects.toThrow('options.token is empty')
  const { url } = await serveHttp(own, { port: 0 })
  const waiting = fetch(`${url}/v1/brokers/main/groups/g/wait`, {
    method: 'POST',
    body: '{"until": "stable", "timeout": "1h"}',
  }).then(
    () => 'answered',
    () => 'cut off',
  )
  await own.stop()
  expect(await waiting).toBe('cut off')
  await expect(fetch(url)).rejects.toThrow()
})

it('OpenAPI describes every operation', async () => {
  const { body } = await ask('GET', '/openapi.json')
  expect(body.openapi).toBe('3.1.0')
  for (const { name, method, path, fields } of OPERATIONS) {
    const found = body.paths[`/v1${path}`]?.[method.toLowerCase()]
    expect(found?.operationId, name).toBe(name)
    const told = JSON.stringify(found)
    for (const field of Object.keys(fields)) expect(told, `${name}: ${field}`).toContain(`"${field}"`)
  }
})
