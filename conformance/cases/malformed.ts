// Requests that are not what their version says: the connection is closed, nothing else happens.

import type { ApiName } from '../../src/protocol/api-names.js'
import { Apis } from '../../src/protocol/apis.js'
import { decodeResponse } from '../../src/protocol/frame.js'
import { type Case, expectMatch } from '../case.js'
import { expectClosed, frameOf, heartbeatFrame, text } from './frames.js'

const PARSE = 'RequestContext.parseRequest'

/** Name, API, version, body in hex: each is wrong in one place. */
const WRONG: readonly (readonly [string, ApiName, number, string])[] = [
  [
    'a null member id in JoinGroup',
    'JoinGroup',
    2,
    `${text('g')}0000177000001770ffff${text('consumer')}00000000`,
  ],
  [
    'a null protocol type in JoinGroup',
    'JoinGroup',
    2,
    `${text('g')}0000177000001770${text('')}ffff00000000`,
  ],
  [
    'null protocols in JoinGroup',
    'JoinGroup',
    2,
    `${text('g')}0000177000001770${text('')}${text('consumer')}ffffffff`,
  ],
  [
    'more protocols than bytes',
    'JoinGroup',
    2,
    `${text('g')}0000177000001770${text('')}${text('consumer')}7fffffff`,
  ],
  [
    'null metadata of a protocol',
    'JoinGroup',
    2,
    `${text('g')}0000177000001770${text('')}${text('consumer')}00000001${text('range')}ffffffff`,
  ],
  ['null assignments in SyncGroup', 'SyncGroup', 2, `${text('g')}00000001${text('m')}ffffffff`],
  ['a group id longer than the frame', 'Heartbeat', 2, '7fff6767'],
  ['a null member id in LeaveGroup', 'LeaveGroup', 2, `${text('g')}ffff`],
  ['null members in LeaveGroup', 'LeaveGroup', 3, `${text('g')}ffffffff`],
  ['a null group in DescribeGroups', 'DescribeGroups', 2, '00000001ffff'],
  ['null groups in DescribeGroups', 'DescribeGroups', 2, 'ffffffff'],
  ['null groups in DeleteGroups', 'DeleteGroups', 1, 'ffffffff'],
  ['a null topic in OffsetCommit', 'OffsetCommit', 5, `${text('g')}ffffffff${text('')}00000001ffff00000000`],
  ['null topics in OffsetCommit', 'OffsetCommit', 5, `${text('g')}ffffffff${text('')}ffffffff`],
  ['null partitions in OffsetFetch', 'OffsetFetch', 3, `${text('g')}00000001${text('t')}ffffffff`],
  ['a null key in FindCoordinator', 'FindCoordinator', 2, 'ffff00'],
  ['null topics in OffsetDelete', 'OffsetDelete', 0, `${text('g')}ffffffff`],
  // Header v2 has tagged fields; 00 is then none of them, a null array, and none again.
  ['null states in ListGroups', 'ListGroups', 4, '000000'],
]

const wrong = WRONG.map(
  ([what, api, version, body], i): Case => ({
    id: `framing/malformed/${api}/${i + 1}`,
    title: `${what} (v${version}) closes the connection`,
    level: 'MUST',
    source: `${api}Request.json`,
    uses: { [api]: version },
    run: (scene) => expectClosed(scene, frameOf(api, version, body)),
  }),
)

const truncated = (['JoinGroup', 'SyncGroup', 'LeaveGroup', 'OffsetCommit', 'OffsetFetch'] as const).map(
  (api): Case => ({
    id: `framing/malformed/${api}/short`,
    title: `${api} that ends within its group id closes the connection`,
    level: 'MUST',
    source: PARSE,
    uses: { [api]: 2 },
    run: (scene) => expectClosed(scene, frameOf(api, 2, '00ff67726f7570')),
  }),
)

/** One below what is advertised: versions that Kafka 4 dropped. */
const below = (['OffsetCommit', 'OffsetFetch'] as const).map(
  (api): Case => ({
    id: `framing/version/below/${api}`,
    title: `${api} in a version below the advertised ones closes the connection`,
    level: 'MUST',
    source: PARSE,
    async run(scene) {
      const first = scene.target.versions.get(Apis[api].key)?.[0] ?? 0
      if (first === 0) return // there is none
      await expectClosed(scene, frameOf(api, first - 1, text('g')))
    },
  }),
)

export const malformedCases: readonly Case[] = [
  ...wrong,
  ...truncated,
  ...below,
  {
    id: 'framing/null/1',
    title: 'a compact length that overflows is a null array, as any negative length is',
    level: 'INFO',
    source: 'OffsetFetchRequest.json',
    uses: { OffsetFetch: 6 },
    async run(scene) {
      await scene.commit(5)
      const group = Buffer.from(scene.group)
      const id = Buffer.concat([Buffer.from([group.length + 1]), group]).toString('hex')
      // Header v2 without tagged fields; the group; a length of -1 as an unsigned varint; no tagged fields.
      const frame = frameOf('OffsetFetch', 6, '00', id, 'ffffffff0f', '00')
      const answer = await (await scene.open()).sendBytes(frame)
      const { body } = decodeResponse(Apis.OffsetFetch, 6, answer)
      expectMatch('all topics', body.topics, [{ name: scene.topic, partitions: [{ committedOffset: 5n }] }])
    },
  },
  {
    id: 'framing/size/2',
    title: 'an empty frame closes the connection',
    level: 'MUST',
    source: PARSE,
    run: (scene) => expectClosed(scene, Buffer.alloc(4)),
  },
  {
    id: 'framing/size/3',
    title: 'a frame larger than socket.request.max.bytes closes the connection before it has come',
    level: 'MUST',
    source: 'NetworkReceive',
    async run(scene) {
      const max = Number(scene.target.settings.get('socket.request.max.bytes') ?? 104_857_600)
      const frame = heartbeatFrame(3)
      frame.writeInt32BE(max + 1)
      await expectClosed(scene, frame)
    },
  },
  {
    id: 'framing/malformed/KIP-482/1',
    title: 'a tagged field that announces more bytes than there are closes the connection',
    level: 'MUST',
    source: 'KIP-482',
    uses: { Heartbeat: 4 },
    async run(scene) {
      const frame = heartbeatFrame(4)
      const longer = Buffer.concat([frame.subarray(0, -1), Buffer.from([1, 99, 100])])
      longer.writeInt32BE(longer.length - 4)
      await expectClosed(scene, longer)
    },
  },
  {
    id: 'framing/malformed/others/1',
    title: 'a connection that is closed takes no other with it, and changes no group',
    level: 'MUST',
    source: 'SocketServer.Processor',
    async run(scene) {
      const member = await scene.alone()
      const beside = await scene.open()
      await expectClosed(scene, Buffer.from('00000004deadbeef', 'hex'))
      const answer = await beside.send(Apis.Heartbeat, 3, { groupId: scene.group, ...member })
      expectMatch('heartbeat on another connection', answer.errorCode, 0)
    },
  },
]
