// OffsetCommits of members that are each alone in their group, and the committed offsets read back in the end. Every commit has offsets
// of its own, so that an answer to one that was not kept would be found out.

import { Apis } from '../../src/protocol/apis.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import { Circle } from './circle.js'
import type { Opening, Session } from './jobs.js'
import { Latencies } from './latencies.js'
import { CLIENT, expectNone, joinAlone, leave, type Member } from './member.js'
import { traffic } from './traffic.js'
import { Wire } from './wire.js'

const COMMIT_VERSION = 8
const FETCH_VERSION = 5
const PLACES = 16
const OFFSET_BYTES = 8
/** Upper half of every offset, by which they are found in a request; the lower half is stamped. */
const MARK = 0x01234567

let opened = 0

export async function commits(opening: Opening & { kind: 'commits' }): Promise<Session> {
  const { where, connections } = opening
  const latencies = new Latencies()
  const session = opened++
  const committers = await Promise.all(
    Array.from({ length: connections }, async (_, i) => {
      const wire = await Wire.open(where)
      const member = await joinAlone(wire, `bench-commits-${process.pid}-${session}-${i}`)
      return committer(wire, member, opening, latencies)
    }),
  )
  const circles = committers.map(({ circle }) => circle)
  return {
    run: (load) => traffic(circles, latencies, load),
    async close() {
      await Promise.all(
        committers.map(async ({ wire, member, checkKept }) => {
          await checkKept()
          await leave(wire, [member])
          wire.close()
        }),
      )
    },
  }
}

type Topic = Pick<Opening & { kind: 'commits' }, 'topic' | 'partitions'>

async function committer(wire: Wire, member: Member, { topic, partitions }: Topic, latencies: Latencies) {
  const requests = Array.from({ length: PLACES }, (_, correlationId) => {
    const body = {
      groupId: member.groupId,
      memberId: member.memberId,
      generationIdOrMemberEpoch: member.generationId,
      topics: [
        {
          name: topic,
          partitions: Array.from({ length: partitions }, (_, partitionIndex) => {
            return { partitionIndex, committedOffset: BigInt(MARK) << 32n, committedMetadata: '' }
          }),
        },
      ],
    }
    return encodeRequest(Apis.OffsetCommit, COMMIT_VERSION, correlationId, CLIENT, body)
  })
  const offsetsAt = lowerHalves(requests[0] as Buffer, partitions)
  let last = 0
  const stamp = (request: Buffer) => {
    last++
    for (let i = 0; i < partitions; i++) request.writeUInt32BE(last + i, offsetsAt[i])
  }
  stamp(requests[0] as Buffer)
  const answer = Buffer.from(await wire.ask(requests[0] as Buffer))
  const { body } = decodeResponse(Apis.OffsetCommit, COMMIT_VERSION, answer)
  const answered = body.topics.flatMap((each) => each.partitions)
  for (const { errorCode } of answered) expectNone(wire, 'OffsetCommit', errorCode)
  const circle = new Circle(wire, { requests, answer, maxInFlight: 1, latencies, stamp })

  return {
    wire,
    member,
    circle,
    checkKept: () => checkKept(wire, member.groupId, { topic, partitions }, last),
  }
}

/** What the commit with this number, and no other, has left behind. */
export async function checkKept(
  wire: Wire,
  groupId: string,
  { topic, partitions }: Topic,
  last: number,
): Promise<void> {
  const partitionIndexes = Array.from({ length: partitions }, (_, i) => i)
  const asked = { groupId, topics: [{ name: topic, partitionIndexes }] }
  const frame = await wire.ask(encodeRequest(Apis.OffsetFetch, FETCH_VERSION, 0, CLIENT, asked))
  const fetched = decodeResponse(Apis.OffsetFetch, FETCH_VERSION, frame).body
  expectNone(wire, 'OffsetFetch', fetched.errorCode)
  const kept = fetched.topics.flatMap((each) => each.partitions)
  for (let i = 0; i < partitions; i++) {
    const found = kept.find(({ partitionIndex }) => partitionIndex === i)?.committedOffset
    const expected = (BigInt(MARK) << 32n) + BigInt(last + i)
    if (found === expected) continue
    const { name } = wire.where
    throw new Error(
      `${name}: partition ${i} of ${groupId} has offset ${found}, where ${expected} was committed last`,
    )
  }
}

/** Where the lower halves of the offsets stand, in the order of partitions. */
function lowerHalves(request: Buffer, partitions: number): number[] {
  const mark = Buffer.alloc(OFFSET_BYTES)
  mark.writeUInt32BE(MARK)
  const found: number[] = []
  for (let at = request.indexOf(mark); at >= 0; at = request.indexOf(mark, at + OFFSET_BYTES)) {
    found.push(at + OFFSET_BYTES / 2)
  }
  if (found.length !== partitions) throw new Error('a request has one offset for each partition')
  return found
}
