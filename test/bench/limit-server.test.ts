// The limit server: it does what it is measured for.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { heartbeats } from '../../bench/generator/heartbeats.js'
import { joinAlone } from '../../bench/generator/member.js'
import { Wire } from '../../bench/generator/wire.js'
import { limit } from '../../bench/servers.js'
import type { Server } from '../../bench/throughput/servers.js'
import { Apis } from '../../src/protocol/apis.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'

let server: Server

beforeAll(async () => {
  server = await limit()
})
afterAll(() => server.stop())

it('bears the load of heartbeats', async () => {
  const spread = { connections: 2, groups: 6, members: 1, maxInFlight: 16 }
  const session = await heartbeats({ kind: 'heartbeats', where: server, ...spread })
  const { requests } = await session.run({ inFlight: 16, seconds: 0.01 })
  expect(requests).toBeGreaterThanOrEqual(32)
  await session.close()
})

it('knows group, member and generation', async () => {
  const wire = await Wire.open(server)
  const member = await joinAlone(wire, 'readers')
  const answerTo = async (change: object) => {
    const request = encodeRequest(Apis.Heartbeat, 4, 9, 'bench', { ...member, ...change })
    const { correlationId, body } = decodeResponse(Apis.Heartbeat, 4, await wire.ask(request))
    expect(correlationId).toBe(9)
    return body.errorCode
  }
  expect(await answerTo({})).toBe(0)
  expect(await answerTo({ groupInstanceId: 'static' })).toBe(0)
  expect(await answerTo({ generationId: 2 })).toBe(22)
  expect(await answerTo({ memberId: 'nobody' })).toBe(25)
  expect(await answerTo({ groupId: 'writers' })).toBe(25)
  wire.close()
})

it('puts a request together that comes in pieces', async () => {
  const wire = await Wire.open(server)
  const member = await joinAlone(wire, 'pieces')
  const request = encodeRequest(Apis.Heartbeat, 4, 5, 'bench', member)
  wire.socket.write(request.subarray(0, 20))
  await new Promise((resolve) => setImmediate(resolve))
  const frame = await wire.ask(request.subarray(20))
  expect(decodeResponse(Apis.Heartbeat, 4, frame)).toEqual({
    correlationId: 5,
    body: { throttleTimeMs: 0, errorCode: 0 },
  })
  wire.close()
})
