// What builds a frame by hand: headers, and bodies that no encoder makes.

import type { ApiName } from '../../src/protocol/api-names.js'
import { Apis } from '../../src/protocol/apis.js'
import { encodeRequest } from '../../src/protocol/frame.js'
import { expectMatch } from '../case.js'
import type { Scene } from '../scene.js'

/** A Heartbeat of nobody: refused by every group, and short. */
export const HEARTBEAT = { groupId: 'conformance-none', generationId: 1, memberId: 'm' }

export function heartbeatFrame(
  version: number,
  clientId: string | null = 'conformance',
  correlationId = 1,
  groupId = HEARTBEAT.groupId,
): Buffer {
  return encodeRequest(Apis.Heartbeat, version, correlationId, clientId, { ...HEARTBEAT, groupId })
}

/** A frame with header v1 and these parts of a body in hex. */
export function frameOf(api: ApiName, version: number, ...body: readonly string[]): Buffer {
  const frame = Buffer.concat([Buffer.alloc(14), Buffer.from(body.join(''), 'hex')])
  frame.writeInt32BE(frame.length - 4)
  frame.writeInt16BE(Apis[api].key, 4)
  frame.writeInt16BE(version, 6)
  frame.writeInt32BE(7, 8)
  return frame
}

/** int16 length and text. */
export function text(value: string): string {
  const bytes = Buffer.from(value)
  return bytes.length.toString(16).padStart(4, '0') + bytes.toString('hex')
}

/** The broker must close the connection without an answer, and go on with others. */
export async function expectClosed(scene: Scene, bytes: Buffer): Promise<void> {
  const client = await scene.open()
  const answer = await client.sendBytes(bytes).then(
    (frame) => `an answer of ${frame.length} bytes`,
    (error: Error) => error.name,
  )
  expectMatch('the connection', answer, 'ConnectionClosed')
  await scene.heartbeat({ memberId: 'nobody', generationId: 0 })
}
