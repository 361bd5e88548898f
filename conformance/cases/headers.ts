// Request and response headers, and how requests share a connection.

import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { decodeResponse } from '../../src/protocol/frame.js'
import { type Case, expectMatch } from '../case.js'
import { heartbeatFrame } from './frames.js'

const HEADER = 'RequestHeader.json'
/** A tagged field nobody knows: one field, tag 99, two bytes. */
const TAGGED = Buffer.from([1, 99, 2, 0xca, 0xfe])

/** Replaces the empty tagged fields at this place, counted from the frame's begin or, when negative, from its end. */
function withTaggedField(frame: Buffer, at: number): Buffer {
  const i = at < 0 ? frame.length + at : at
  const longer = Buffer.concat([frame.subarray(0, i), TAGGED, frame.subarray(i + 1)])
  longer.writeInt32BE(longer.length - 4)
  return longer
}

export const headerCases: readonly Case[] = [
  {
    id: 'framing/header/client-id/1',
    title: 'the client id may be null, empty or long',
    level: 'MUST',
    source: HEADER,
    async run(scene) {
      for (const clientId of [null, '', 'x'.repeat(5000), 'ümläut 界']) {
        const body = { groupId: scene.group, generationId: 1, memberId: 'm' }
        const answer = await scene.send('Heartbeat', scene.usual('Heartbeat'), body, clientId)
        expectMatch('error', answer.errorCode, E.UNKNOWN_MEMBER_ID)
      }
    },
  },
  {
    id: 'framing/header/client-id/2',
    title: 'without a client id a member id begins with a hyphen',
    level: 'SHOULD',
    source: 'GroupMetadataManager.classicGroupJoinNewDynamicMember',
    uses: { JoinGroup: 4 },
    async run(scene) {
      const { memberId } = await scene.join({}, scene.usual('JoinGroup'), null)
      expectMatch('member id', memberId, /^-[0-9a-f-]{36}$/)
    },
  },
  {
    id: 'framing/header/correlation/1',
    title: 'the correlation id comes back as it was, whatever it is',
    level: 'MUST',
    source: 'ResponseHeader.json',
    async run(scene) {
      const client = await scene.open()
      for (const id of [0, -1, 2_147_483_647, -2_147_483_648, 7, 7]) {
        const answer = await client.sendBytes(heartbeatFrame(3, null, id))
        expectMatch('correlation id', answer.readInt32BE(), id)
      }
    },
  },
  {
    id: 'framing/header/KIP-482/1',
    title: 'tagged fields that nobody knows are ignored, in the header and in the body',
    level: 'MUST',
    source: 'KIP-482',
    uses: { Heartbeat: 4 },
    async run(scene) {
      const client = await scene.open()
      const frame = heartbeatFrame(4, 'c', 1, scene.group)
      const headerEnd = 4 + 8 + 2 + 1
      for (const at of [headerEnd, -1]) {
        const { body } = decodeResponse(Apis.Heartbeat, 4, await client.sendBytes(withTaggedField(frame, at)))
        expectMatch('error', body.errorCode, E.UNKNOWN_MEMBER_ID)
      }
    },
  },
  {
    id: 'framing/header/response/1',
    title: 'an answer to a flexible version has a flexible header; that of ApiVersions never has',
    level: 'MUST',
    source: 'KIP-511',
    uses: { Heartbeat: 4, ApiVersions: 3 },
    async run(scene) {
      const client = await scene.open()
      // correlation id, no tagged fields, throttle time, error, no tagged fields
      expectMatch('Heartbeat v4', (await client.sendBytes(heartbeatFrame(4))).length, 4 + 1 + 4 + 2 + 1)
      expectMatch('Heartbeat v3', (await client.sendBytes(heartbeatFrame(3))).length, 4 + 4 + 2)
      const software = { clientSoftwareName: 'conformance', clientSoftwareVersion: '1' }
      expectMatch('ApiVersions v3', (await scene.send('ApiVersions', 3, software)).errorCode, E.NONE)
    },
  },
  {
    id: 'framing/order/2',
    title: 'many requests in one packet are answered each, in their order',
    level: 'MUST',
    source: 'SocketServer.Processor',
    async run(scene) {
      const client = await scene.open()
      const ids = Array.from({ length: 200 }, (_, i) => i + 1)
      const [first, ...others] = ids.map((id) => heartbeatFrame(3, null, id))
      const answers = [client.sendBytes(Buffer.concat([first as Buffer, ...others]))]
      for (let i = 1; i < ids.length; i++) answers.push(client.sendBytes(Buffer.alloc(0)))
      const told = (await Promise.all(answers)).map((answer) => answer.readInt32BE())
      expectMatch('order', told, ids)
    },
  },
  {
    id: 'framing/order/3',
    title: 'a request that comes byte by byte is answered when it is whole',
    level: 'MUST',
    source: 'NetworkReceive',
    async run(scene) {
      const client = await scene.open()
      const frame = heartbeatFrame(3, null, 1, scene.group)
      const answer = client.sendBytes(frame.subarray(0, 1))
      for (let i = 1; i < frame.length; i++) {
        await scene.pause(1)
        client.write(frame.subarray(i, i + 1))
      }
      const { body } = decodeResponse(Apis.Heartbeat, 3, await answer)
      expectMatch('error', body.errorCode, E.UNKNOWN_MEMBER_ID)
    },
  },
  {
    id: 'framing/connection/1',
    title: 'a connection that ends does not take its member with it',
    level: 'MUST',
    source: 'GroupMetadataManager.classicGroupJoin',
    async run(scene) {
      const first = await scene.alone()
      const memberId = await scene.pending()
      const client = await scene.open()
      const timeouts = { sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 30_000 }
      const protocols = [{ name: 'range', metadata: Buffer.alloc(0) }]
      const body = { groupId: scene.group, memberId, protocolType: 'consumer', protocols, ...timeouts }
      const joined = client.send(Apis.JoinGroup, scene.usual('JoinGroup'), body)
      joined.catch(() => {})
      await scene.parked(joined)
      client.close()
      const rejoined = await scene.join({ memberId: first.memberId })
      expectMatch('members', rejoined.members.length, 2)
    },
  },
]
