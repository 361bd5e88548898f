// A request that comes again, byte for byte but for its correlation id, is what it was read as the first time.

import { describe, expect, it } from 'vitest'
import { type Api, Apis } from '../../src/protocol/apis.js'
import { encodeRequest, type ReadRequest, readRequest } from '../../src/protocol/frame.js'
import { FRAME_PREFIX_BYTES } from '../../src/protocol/layouts.js'
import { LastRequest } from '../../src/server/last-request.js'

const HEARTBEAT = { groupId: 'readers', generationId: 3, memberId: 'm-1', groupInstanceId: null }

interface Sent {
  readonly api?: Api
  readonly version?: number
  readonly correlationId?: number
  readonly clientId?: string
  readonly body?: object
}

/** Takes requests as a connection does: what each was taken for, and whether that was known. */
function taker() {
  const last = new LastRequest()
  return ({
    api = Apis.Heartbeat,
    version = 4,
    correlationId = 0,
    clientId = 'app',
    body = HEARTBEAT,
  }: Sent = {}) => {
    const bytes = encodeRequest(api, version, correlationId, clientId, body)
    const [start, end] = [FRAME_PREFIX_BYTES, bytes.length]
    const again = last.again(bytes, start, end)
    const read: ReadRequest = again ?? readRequest(api, version, bytes, start)
    if (again === null) last.remember(bytes, start, end, read)
    expect(read).toEqual(readRequest(api, version, bytes, start))
    return { read, isKnown: again !== null }
  }
}

describe('the last request of a connection', () => {
  it('is known when it comes again, whatever its correlation id', () => {
    const take = taker()
    const known = Array.from({ length: 5 }, (_, correlationId) => take({ correlationId }).isKnown)
    expect(known).toEqual([false, false, true, true, true])
  })

  it('is the same object, strings and all', () => {
    const take = taker()
    const [, second, third] = [take(), take(), take()]
    expect(third.read).toBe(second.read)
  })

  it.each<[what: string, other: Sent]>([
    ['generation', { body: { ...HEARTBEAT, generationId: 4 } }],
    ['group', { body: { ...HEARTBEAT, groupId: 'writers' } }],
    ['member, in its last character', { body: { ...HEARTBEAT, memberId: 'm-2' } }],
    ['client', { clientId: 'apq' }],
    ['version', { version: 3 }],
    ['API', { api: Apis.LeaveGroup, version: 1, body: { groupId: 'readers', memberId: 'm-1' } }],
  ])('is not known when another %s is asked for', (_, other) => {
    const take = taker()
    for (let i = 0; i < 3; i++) take()
    expect(take(other).isKnown).toBe(false)
    expect(take().read.body).toEqual(take().read.body)
  })

  it('is told from one of the same length that took its place', () => {
    const take = taker()
    const other = { body: { ...HEARTBEAT, memberId: 'm-2' } }
    const known = [{}, {}, {}, other, other, other, {}].map((sent) => take(sent).isKnown)
    expect(known).toEqual([false, false, true, false, false, true, false])
  })

  it('stays known while others come between', () => {
    const take = taker()
    const other = (generationId: number) => ({ body: { ...HEARTBEAT, generationId } })
    const known = [{}, {}, other(4), {}, other(5), other(6), {}].map((sent) => take(sent).isKnown)
    expect(known).toEqual([false, false, false, true, false, false, true])
  })

  it('is read again where its body has views of its bytes, which are kept or changed by who gets them', () => {
    const take = taker()
    const records = Buffer.from('a batch')
    const topicData = [{ name: 'orders', partitionData: [{ index: 0, records }] }]
    const produce = { api: Apis.Produce, version: 9, body: { acks: 1, topicData } }
    const taken = [take(produce), take(produce), take(produce)]
    expect(taken.map(({ isKnown }) => isKnown)).toEqual([false, false, false])
    const sync = { api: Apis.SyncGroup, version: 5, body: { groupId: 'g', assignments: [] } }
    expect([take(sync), take(sync), take(sync)].map(({ isKnown }) => isKnown)).toEqual([false, false, false])
  })

  it('is read again where it is long', () => {
    const take = taker()
    const long = { body: { ...HEARTBEAT, memberId: 'm'.repeat(300) } }
    expect([take(long), take(long), take(long)].map(({ isKnown }) => isKnown)).toEqual([false, false, false])
  })

  it('may lie in memory that is written over', () => {
    const last = new LastRequest()
    const frame = encodeRequest(Apis.Heartbeat, 4, 1, 'app', HEARTBEAT).subarray(FRAME_PREFIX_BYTES)
    for (let i = 0; i < 2; i++) {
      const lent = Buffer.from(frame)
      last.remember(lent, 0, lent.length, readRequest(Apis.Heartbeat, 4, lent))
      lent.fill(0)
    }
    expect(last.again(frame, 0, frame.length)?.body).toEqual(HEARTBEAT)
  })
})
