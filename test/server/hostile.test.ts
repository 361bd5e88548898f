// Bytes that no client should send, and code of ours that breaks: neither may reach further than its connection.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { countedIds } from '../../src/server/ids.js'
import { JOIN } from '../coordinator/harness.js'
import { RawClient } from '../helpers/raw-client.js'

let cohort: Cohort
let witness: RawClient
const lines: string[] = []
let topicId = countedIds().topicId
const fails = (): never => {
  throw new Error('no ids left')
}

beforeAll(async () => {
  cohort = await startCohort({
    verify: false, // what is asked for here is wrong on purpose
    topics: { foo: 1 },
    log: (_, line) => lines.push(line),
    ids: {
      ...countedIds(),
      topicId: () => topicId(),
    },
  })
  witness = await RawClient.connect(cohort.port)
})

afterAll(async () => {
  witness.close()
  await cohort.stop()
})

const defects = () => lines.filter((line) => line.startsWith('defect'))

async function valid(client: RawClient): Promise<Buffer[]> {
  return [
    client.frame(Apis.ApiVersions, 4, { clientSoftwareName: 'a', clientSoftwareVersion: '1' }),
    client.frame(Apis.Metadata, 12, { topics: [{ name: 'foo' }] }),
    client.frame(Apis.JoinGroup, 9, { ...JOIN, groupId: 'hostile' }),
    client.frame(Apis.OffsetCommit, 8, {
      groupId: 'hostile',
      generationIdOrMemberEpoch: -1,
      memberId: '',
      topics: [{ name: 'foo', partitions: [{ partitionIndex: 0, committedOffset: 1n }] }],
    }),
    client.frame(Apis.OffsetFetch, 8, { groups: [{ groupId: 'hostile', topics: null }] }),
    client.frame(Apis.CreateTopics, 7, { topics: [{ name: 'bar', numPartitions: 1, replicationFactor: 1 }] }),
    client.frame(Apis.Produce, 9, {
      acks: 1,
      topicData: [{ name: 'foo', partitionData: [{ index: 0, records: Buffer.alloc(80, 1) }] }],
    }),
  ]
}

describe('the broker', () => {
  it('outlives every damaged request, and other connections do not notice', async () => {
    const damage = fc.record({
      which: fc.nat({ max: 6 }),
      // The size is left alone: a frame that is merely announced is waited for.
      bytes: fc.array(fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
      cut: fc.nat({ max: 200 }),
    })
    await fc.assert(
      fc.asyncProperty(damage, async ({ which, bytes, cut }) => {
        const client = await RawClient.connect(cohort.port)
        const frame = (await valid(client))[which] as Buffer
        const body = Buffer.from(frame.subarray(4, Math.max(4, frame.length - (cut < 100 ? 0 : cut - 100))))
        for (const [at, byte] of bytes) if (body.length > 0) body[at % body.length] = byte
        const size = Buffer.alloc(4)
        size.writeInt32BE(body.length)
        client.write(Buffer.concat([size, body]))
        client.end()
        await client.closed
        expect((await witness.heartbeat()).errorCode).toBe(E.UNKNOWN_MEMBER_ID)
      }),
      { numRuns: 300 },
    )
    expect(defects()).toEqual([])
  })

  it('outlives noise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (noise) => {
        const client = await RawClient.connect(cohort.port)
        client.write(Buffer.from(noise))
        client.end()
        await client.closed
        expect((await witness.heartbeat()).errorCode).toBe(E.UNKNOWN_MEMBER_ID)
      }),
      { numRuns: 100 },
    )
    expect(defects()).toEqual([])
  })

  it.each([
    ['a handler that throws', fails, /^defect in CreateTopics v7 \(raw at .*\); closing .*no ids left/],
    [
      'an answer that cannot be encoded',
      () => 1 as unknown as string,
      /^defect in the answer to CreateTopics v7 .*; closing/,
    ],
  ])('loses only the connection that met %s', async (_, brokenId, reason) => {
    topicId = brokenId
    const client = await RawClient.connect(cohort.port)
    const asked = client.send(Apis.CreateTopics, 7, {
      topics: [{ name: 'nameless', numPartitions: 1, replicationFactor: 1 }],
      timeoutMs: 1,
      validateOnly: true,
    })
    await expect(asked).rejects.toThrow('connection closed')
    topicId = countedIds().topicId
    expect(lines.at(-1)).toMatch(reason)
    expect((await witness.heartbeat()).errorCode).toBe(E.UNKNOWN_MEMBER_ID)
  })
})
