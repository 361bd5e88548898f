// Connections: order, discipline, limits, bad input, shutdown.

import net from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { decodeResponse } from '../../src/protocol/frame.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { JOIN } from '../coordinator/harness.js'
import { RawClient } from '../helpers/raw-client.js'
import { until } from '../helpers/until.js'

let cohort: Cohort
let lines: string[]
let client: RawClient

beforeEach(async () => {
  lines = []
  cohort = await startCohort({
    verify: false, // what is asked for here is wrong on purpose
    topics: { foo: 1 },
    set: { 'socket.request.max.bytes': 100_000 },
    log: (_, line) => lines.push(line),
  })
  client = await RawClient.connect(cohort.port)
})

afterEach(async () => {
  client.close()
  await cohort.stop()
})

const fetchFoo = (fetchOffset: bigint, more: object = {}) => ({
  maxWaitMs: 0,
  minBytes: 1,
  topics: [{ topic: 'foo', partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1_000_000 }] }],
  ...more,
})
const produceFoo = (value: string) => ({
  acks: 1,
  topicData: [
    {
      name: 'foo',
      partitionData: [
        { index: 0, records: buildBatch({ records: [{ timestampMs: 1n, value: Buffer.from(value) }] }) },
      ],
    },
  ],
})

describe('requests', () => {
  it('sent in one piece are answered in order', async () => {
    const frames = Array.from({ length: 50 }, () => client.frame(Apis.ListGroups, 4, {}))
    const answers = Array.from({ length: 49 }, () => client.sendBytes(Buffer.alloc(0)))
    const last = client.sendBytes(Buffer.concat(frames))
    const ids = (await Promise.all([...answers, last])).map((frame) => frame.readInt32BE())
    expect(ids).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  })

  it('sent byte by byte are understood', async () => {
    const frame = client.frame(Apis.Heartbeat, 4, { groupId: 'g', generationId: 1, memberId: 'm' })
    for (const byte of frame.subarray(0, -1)) client.write(Buffer.from([byte]))
    const answer = await client.sendBytes(frame.subarray(-1))
    expect(decodeResponse(Apis.Heartbeat, 4, answer).body.errorCode).toBe(E.UNKNOWN_MEMBER_ID)
  })

  it('behind a parked JoinGroup wait for it; those of other connections do not (J36)', async () => {
    const { memberId } = await client.send(Apis.JoinGroup, 9, JOIN)
    await client.send(Apis.JoinGroup, 9, { ...JOIN, memberId })
    await client.send(Apis.SyncGroup, 3, { groupId: JOIN.groupId, generationId: 1, memberId })
    const second = await RawClient.connect(cohort.port)
    const newcomer = await second.send(Apis.JoinGroup, 9, JOIN)
    const order: string[] = []
    const parked = second.send(Apis.JoinGroup, 9, { ...JOIN, memberId: newcomer.memberId })
    const behind = second.heartbeat()
    void parked.then(() => order.push('join'))
    void behind.then(() => order.push('heartbeat'))
    expect((await client.heartbeat()).errorCode).toBe(E.UNKNOWN_MEMBER_ID)
    expect(order).toEqual([])
    await client.send(Apis.JoinGroup, 9, { ...JOIN, memberId })
    await behind
    expect(order).toEqual(['join', 'heartbeat'])
    second.close()
  })

  it('are kept as they came, whatever is read into the same memory behind them', async () => {
    const values = ['a', 'b', 'c'].map((each) => each.repeat(60_000)) // most of what one read may bring
    for (const value of values) await client.send(Apis.Produce, 9, produceFoo(value))
    await client.heartbeat()
    const { responses } = await client.send(Apis.Fetch, 11, fetchFoo(0n))
    const records = responses[0]?.partitions[0]?.records ?? Buffer.alloc(0)
    expect(values.map((value) => records.includes(value))).toEqual([true, true, true])
  })

  it('with acks 0 have no answer, and the next one has its own', async () => {
    client.write(client.frame(Apis.Produce, 9, { ...produceFoo('silent'), acks: 0 }))
    expect((await client.heartbeat()).errorCode).toBe(E.UNKNOWN_MEMBER_ID)
    const { responses } = await client.send(Apis.Fetch, 11, fetchFoo(0n))
    expect(responses[0]?.partitions[0]?.records?.includes('silent')).toBe(true)
  })

  it('with acks 0 that fail can only be told by closing the connection', async () => {
    const wrong = { acks: 0, topicData: [{ name: 'none', partitionData: [{ index: 0, records: null }] }] }
    client.write(client.frame(Apis.Produce, 9, wrong))
    await client.closed
    expect(lines.join()).toMatch(/Produce with acks=0 failed: UNKNOWN_TOPIC_OR_PARTITION/)
  })

  it('of a client that does not read its answers are not taken beyond what its socket holds', async () => {
    const big = await RawClient.connect(cohort.port)
    await big.send(Apis.Produce, 9, produceFoo('x'.repeat(90_000)))
    big.pause()
    const frame = big.frame(Apis.Fetch, 11, fetchFoo(0n))
    const answers = Array.from({ length: 999 }, () => big.sendBytes(Buffer.alloc(0)))
    answers.push(big.sendBytes(Buffer.concat(Array.from({ length: 1000 }, () => frame))))
    for (let i = 0; i < 20; i++) await client.heartbeat() // others are served meanwhile
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(80_000_000)
    big.resume()
    expect(await Promise.all(answers)).toHaveLength(1000)
    big.close()
  })
})

describe('a parked fetch', () => {
  it('is answered as soon as a record comes', async () => {
    const waiting = client.send(Apis.Fetch, 11, fetchFoo(0n, { maxWaitMs: 30_000 }))
    const producer = await RawClient.connect(cohort.port)
    await producer.send(Apis.Produce, 9, produceFoo('here'))
    const { responses } = await waiting
    expect(responses[0]?.partitions[0]?.records?.includes('here')).toBe(true)
    producer.close()
  })

  it('is answered with nothing when its time is up', async () => {
    const { responses } = await client.send(Apis.Fetch, 11, fetchFoo(0n, { maxWaitMs: 20 }))
    expect(responses[0]?.partitions[0]).toMatchObject({ errorCode: E.NONE, highWatermark: 0n })
  })

  it('of a connection that is lost is forgotten', async () => {
    const lost = await RawClient.connect(cohort.port)
    lost.write(lost.frame(Apis.Fetch, 11, fetchFoo(0n, { maxWaitMs: 30_000 })))
    lost.close()
    await lost.closed
    await client.send(Apis.Produce, 9, produceFoo('nobody waits'))
    expect((await client.heartbeat()).errorCode).toBe(E.UNKNOWN_MEMBER_ID)
  })
})

describe('bad input closes its connection and no other', () => {
  const size = (bytes: number) => {
    const prefix = Buffer.alloc(4)
    prefix.writeInt32BE(bytes)
    return prefix
  }
  const framed = (hex: string) => Buffer.concat([size(hex.length / 2), Buffer.from(hex, 'hex')])

  it.each([
    [
      'a frame that is too large',
      size(100_001),
      /100001 bytes was announced; socket.request.max.bytes allows 0 to 100000/,
    ],
    ['an empty frame', size(0), /request of 0 bytes; a header has at least 8/],
    ['a negative size', size(-1), /-1 bytes was announced/],
    ['an unknown API', framed('03e70000000000010000'), /API key 999 \(version 0\) is not handled/],
    [
      'a version that is too high',
      framed('000c0005000000010000'),
      /Heartbeat v5 is not handled; v0 to v4 are/,
    ],
    ['a version that is negative', framed('000cffff000000010000'), /Heartbeat v-1 is not handled/],
    [
      'a body that ends too soon',
      framed('000c0000000000010000'),
      /HeartbeatRequest v0: groupId: int16 at byte 10 needs 2/,
    ],
    [
      'a null group id',
      framed('000c000000000001ffffffff'),
      /HeartbeatRequest v0: groupId: null before byte 12/,
    ],
    ['a header that is cut off', framed('000c0000'), /request of 4 bytes; a header has at least 8/],
    [
      'a null list where none may be',
      framed('0009000100000001ffff000167ffffffff'),
      /OffsetFetchRequest v1: topics: null/,
    ],
  ])('%s', async (_, bytes, reason) => {
    const bad = await RawClient.connect(cohort.port)
    bad.write(bytes)
    await bad.closed
    expect(lines.at(-1)).toMatch(reason)
    expect(lines.at(-1)).toMatch(/^closing the connection of .* at 127\.0\.0\.1:\d+: /)
    expect((await client.heartbeat()).errorCode).toBe(E.UNKNOWN_MEMBER_ID)
  })

  it('answers what came before it', async () => {
    const bad = await RawClient.connect(cohort.port)
    const frame = bad.frame(Apis.Heartbeat, 4, { groupId: 'g', generationId: 1, memberId: 'm' })
    const answer = await bad.sendBytes(Buffer.concat([frame, size(-5)]))
    expect(decodeResponse(Apis.Heartbeat, 4, answer).body.errorCode).toBe(E.UNKNOWN_MEMBER_ID)
    await bad.closed
  })
})

describe('ApiVersions', () => {
  const named = { clientSoftwareName: 'raw', clientSoftwareVersion: '1.0' }

  it.each([0, 1, 2, 3, 4, 5])('advertises in v%i exactly what is handled', async (version) => {
    const { errorCode, apiKeys } = await client.send(Apis.ApiVersions, version, named)
    expect(errorCode).toBe(E.NONE)
    const ranges = Object.fromEntries(
      apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]),
    )
    expect(ranges).toMatchObject({
      0: [0, 13],
      1: [0, 18],
      8: [0, 10],
      9: [0, 10],
      11: [0, 9],
      18: [0, 5],
      22: [0, 5],
      47: [0, 0],
    })
    expect(Object.keys(ranges)).toHaveLength(42)
  })

  it('of a version nobody knows is answered in v0, saying what is known', async () => {
    const frame = client.frame(Apis.ApiVersions, 5, named)
    frame.writeInt16BE(99, 6)
    const { body } = decodeResponse(Apis.ApiVersions, 0, await client.sendBytes(frame))
    expect(body).toMatchObject({
      errorCode: E.UNSUPPORTED_VERSION,
      apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 5 }],
    })
  })

  it.each(['a b', '', '-a', 'a-', 'ä'])('refuses a client whose software is called %j', async (name) => {
    const bad = await client.send(Apis.ApiVersions, 3, { ...named, clientSoftwareName: name })
    expect(bad).toMatchObject({ errorCode: E.INVALID_REQUEST, apiKeys: [] })
    const version = await client.send(Apis.ApiVersions, 3, { ...named, clientSoftwareVersion: name })
    expect(version.errorCode).toBe(E.INVALID_REQUEST)
  })

  it('sends a client that means another cluster or node back to its bootstrap servers', async () => {
    const { clusterId } = await client.send(Apis.Metadata, 12, { topics: [] })
    const meant = async (cluster: string | null, nodeId: number) =>
      (await client.send(Apis.ApiVersions, 5, { ...named, clusterId: cluster, nodeId })).errorCode
    // as Apache Kafka 4.4.0 answers
    expect(await meant(null, -1)).toBe(E.NONE)
    expect(await meant(clusterId, 1)).toBe(E.NONE)
    expect(await meant('other', 1)).toBe(E.REBOOTSTRAP_REQUIRED)
    expect(await meant(clusterId, 6)).toBe(E.REBOOTSTRAP_REQUIRED)
    expect(await meant(clusterId, -1)).toBe(E.INVALID_REQUEST)
    expect(await meant(null, 1)).toBe(E.INVALID_REQUEST)
    expect(await meant(null, -2)).toBe(E.INVALID_REQUEST)
  })
})

describe('stopping', () => {
  it('answers what waits and closes every connection', async () => {
    const { memberId } = await client.send(Apis.JoinGroup, 9, JOIN)
    await client.send(Apis.JoinGroup, 9, { ...JOIN, memberId })
    const second = await RawClient.connect(cohort.port)
    const id = (await second.send(Apis.JoinGroup, 9, JOIN)).memberId
    const join = second.send(Apis.JoinGroup, 9, { ...JOIN, memberId: id })
    const third = await RawClient.connect(cohort.port)
    const fetch = third.send(Apis.Fetch, 11, fetchFoo(0n, { maxWaitMs: 60_000 }))
    await until('the join is parked', () => !second.isClosed)
    await client.heartbeat()
    await cohort.stop()
    expect((await join).errorCode).toBe(E.NOT_COORDINATOR)
    expect((await fetch).errorCode).toBe(E.NONE)
    await Promise.all([client.closed, second.closed, third.closed])
    await expect(RawClient.connect(cohort.port)).rejects.toThrow(/ECONNREFUSED/)
    await cohort.stop() // again does nothing
  })

  it('frees its port on both loopbacks', async () => {
    const { port } = cohort
    const six = await RawClient.connect(port, '::1').catch(() => null) // this machine may have no IPv6
    await cohort.stop()
    six?.close()
    const again = await startCohort({ port })
    expect(again.port).toBe(port)
    await again.stop()
  })
})

describe('starting', () => {
  it('rejects when the port is taken', async () => {
    await expect(startCohort({ port: cohort.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('says which option is wrong and what was expected', async () => {
    await expect(startCohort({ prot: 1 } as object)).rejects.toThrow(
      "options.prot: there is no such option (did you mean 'port'?)",
    )
    await expect(startCohort({ port: 70_000 })).rejects.toThrow(
      'options.port is 70000, but must be a whole number from 0 to 65535',
    )
    await expect(startCohort({ topics: { a: 0 } })).rejects.toThrow(/options.topics\['a'\] is 0/)
    await expect(startCohort({ topics: { 'a b': 1 } })).rejects.toThrow(
      /options.topics\['a b'\]: Topic name is invalid/,
    )
    await expect(startCohort({ set: { 'group.max.sise': 1 } })).rejects.toThrow(
      "options.set['group.max.sise']: there is no setting 'group.max.sise' (did you mean 'group.max.size'?)",
    )
  })

  it('is disposable', async () => {
    let port: number
    {
      await using inner = await startCohort()
      port = inner.port
      expect(inner.brokers).toEqual([`127.0.0.1:${port}`])
    }
    await expect(RawClient.connect(port)).rejects.toThrow(/ECONNREFUSED/)
  })

  it('tells clients the address it was told to advertise', async () => {
    const behind = await startCohort({ advertise: 'kafka.example:19092' })
    const other = await RawClient.connect(behind.port)
    const { brokers } = await other.send(Apis.Metadata, 12, { topics: null })
    expect(brokers[0]).toMatchObject({ host: 'kafka.example', port: 19_092 })
    const { coordinators } = await other.send(Apis.FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] })
    expect(coordinators[0]).toMatchObject({
      host: 'kafka.example',
      port: 19_092,
      errorCode: E.NONE,
      errorMessage: '',
    })
    other.close()
    await behind.stop()
  })

  it('listens on both loopbacks', async () => {
    const hasIPv6 = await new Promise<boolean>((resolve) => {
      const probe = net.createServer().listen(0, '::1', () => probe.close(() => resolve(true)))
      probe.on('error', () => resolve(false))
    })
    if (!hasIPv6) return
    const six = await RawClient.connect(cohort.port, '::1')
    expect((await six.heartbeat()).errorCode).toBe(E.UNKNOWN_MEMBER_ID)
    six.close()
  })
})
