// ApiVersions, and what a broker does with bytes that it does not understand.

import { Apis, apiByKey } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import { type Case, expectMatch } from '../case.js'
import { expectClosed, HEARTBEAT } from './frames.js'

const named = { clientSoftwareName: 'conformance', clientSoftwareVersion: '1' }

const versions = [0, 1, 2, 3, 4, 5].map(
  (version): Case => ({
    id: `framing/api-versions/v${version}`,
    title: `v${version}: ApiVersions answers, and names the group APIs`,
    level: 'MUST',
    source: 'KIP-35',
    uses: { ApiVersions: version },
    async run(scene) {
      const { errorCode, apiKeys } = await scene.send('ApiVersions', version, named)
      expectMatch('error', errorCode, E.NONE)
      const keys = new Set(apiKeys.map(({ apiKey }) => apiKey))
      for (const key of [8, 9, 10, 11, 12, 13, 14, 18]) expectMatch(`API ${key}`, keys.has(key), true)
    },
  }),
)

/** One above what is advertised. */
const beyond = ([8, 9, 10, 11, 12, 13, 14, 15, 16, 42, 47] as const).map((key): Case => {
  const name = apiByKey(key)?.name as string
  return {
    id: `framing/version/${name}`,
    title: `${name} in a version above the advertised ones closes the connection`,
    level: 'MUST',
    source: 'RequestContext.parseRequest',
    async run(scene) {
      const last = scene.target.versions.get(key)?.[1] ?? 0
      const frame = encodeRequest(Apis.Heartbeat, 4, 1, 'conformance', HEARTBEAT)
      frame.writeInt16BE(key, 4)
      frame.writeInt16BE(last + 1, 6)
      await expectClosed(scene, frame)
    },
  }
})

export const framingCases: readonly Case[] = [
  ...versions,
  ...beyond,
  {
    id: 'framing/api-versions/KIP-511/1',
    title: 'ApiVersions in a version nobody knows is answered in v0',
    level: 'MUST',
    source: 'KIP-511',
    uses: { ApiVersions: 3 },
    async run(scene) {
      const frame = encodeRequest(Apis.ApiVersions, 3, 1, 'conformance', named)
      frame.writeInt16BE(99, 6)
      const answer = decodeResponse(Apis.ApiVersions, 0, await (await scene.open()).sendBytes(frame))
      expectMatch('error', answer.body.errorCode, E.UNSUPPORTED_VERSION)
      expectMatch(
        'ApiVersions itself',
        answer.body.apiKeys.some(({ apiKey }) => apiKey === 18),
        true,
      )
    },
  },
  {
    id: 'framing/api-versions/KIP-511/2',
    title: 'a software name that is not proper is refused',
    level: 'SHOULD',
    source: 'KIP-511',
    uses: { ApiVersions: 3 },
    async run(scene) {
      const answer = await scene.send('ApiVersions', 3, { ...named, clientSoftwareName: 'not proper' })
      expectMatch('error', answer.errorCode, E.INVALID_REQUEST)
    },
  },
  {
    id: 'framing/unknown/1',
    title: 'an unknown API closes the connection',
    level: 'MUST',
    source: 'ApiKeys.forId',
    async run(scene) {
      const frame = encodeRequest(Apis.Heartbeat, 3, 1, 'conformance', HEARTBEAT)
      frame.writeInt16BE(9999, 4)
      await expectClosed(scene, frame)
    },
  },
  {
    id: 'framing/malformed/1',
    title: 'a null group id closes the connection',
    level: 'MUST',
    source: 'JoinGroupRequest.json',
    uses: { Heartbeat: 3 },
    async run(scene) {
      const frame = encodeRequest(Apis.Heartbeat, 3, 1, null, HEARTBEAT)
      frame.writeInt16BE(-1, 4 + 8 + 2)
      await expectClosed(scene, frame)
    },
  },
  {
    id: 'framing/malformed/2',
    title: 'a body that ends too soon closes the connection',
    level: 'MUST',
    source: 'RequestContext.parseRequest',
    uses: { Heartbeat: 3 },
    async run(scene) {
      const frame = encodeRequest(Apis.Heartbeat, 3, 1, 'conformance', HEARTBEAT).subarray(0, -4)
      frame.writeInt32BE(frame.length - 4)
      await expectClosed(scene, frame)
    },
  },
  {
    id: 'framing/size/1',
    title: 'a negative size closes the connection',
    level: 'MUST',
    source: 'NetworkReceive',
    async run(scene) {
      await expectClosed(scene, Buffer.from('ffffffff', 'hex'))
    },
  },
  {
    id: 'framing/order/1',
    title: 'a request behind a parked one on its connection waits for it',
    level: 'MUST',
    source: 'SocketServer.Processor',
    uses: { JoinGroup: 9, SyncGroup: 5, Heartbeat: 4, DescribeGroups: 5 },
    async run(scene) {
      const first = await scene.alone()
      const memberId = await scene.pending()
      const client = await scene.open()
      const protocols = [{ name: 'range', metadata: Buffer.alloc(0) }]
      const timeouts = { sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 30_000 }
      const body = { groupId: scene.group, memberId, protocolType: 'consumer', protocols, ...timeouts }
      const order: string[] = []
      const joined = client.send(Apis.JoinGroup, 9, body).then(() => order.push('join'))
      const beat = client.send(Apis.Heartbeat, 4, HEARTBEAT).then(() => order.push('heartbeat'))
      await scene.parked(beat)
      await scene.join({ memberId: first.memberId })
      await Promise.all([joined, beat])
      expectMatch('order of answers', order, ['join', 'heartbeat'])
    },
  },
]
