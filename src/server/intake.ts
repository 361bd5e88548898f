// Bytes of clients, read into one buffer that all connections share. Otherwise each read makes a Buffer of 64 KiB, and what a broker
// that takes in records does most is to collect them. node:net has this for sockets that connect (`onread`), not for those that are
// accepted, so the handle of an accepted one gets another Socket around it.

import { Socket } from 'node:net'

const READ_BYTES = 64 * 1024

/** Of one process: only one read is under way, and what it brings is taken before the next. Made when first needed. */
let shared: Buffer | undefined

/** `take` gets the bytes of every read; they are lent, and others when it returns. Use the socket that is returned in place of `accepted`. */
export function takeFrom(accepted: Socket, take: (lent: Buffer) => void): Socket {
  const handle = detach(accepted)
  if (handle === undefined) return accepted.on('data', take).resume()
  shared ??= Buffer.allocUnsafeSlow(READ_BYTES)
  const callback = (bytes: number, buffer: Uint8Array): boolean => {
    take((buffer as Buffer).subarray(0, bytes))
    return true
  }
  return new Socket({ handle, onread: { buffer: shared, callback } } as object)
}

/** undefined where there is none to be had: another runtime, a socket that is no plain one, or one that is gone. */
function detach(accepted: Socket): object | undefined {
  const holder = accepted as unknown as { _handle?: object | null }
  const handle = holder._handle
  if (handle == null || accepted.constructor !== Socket) return undefined
  holder._handle = null
  accepted.destroy() // it counts no longer for its server
  return handle
}
