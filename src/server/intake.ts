// Bytes of clients, read into one buffer that all connections share. Otherwise each read makes a Buffer of 64 KiB, and what a broker
// that takes in records does most is to collect them. node:net has this for sockets that connect (`onread`), not for those that are
// accepted, so those are given the buffer where a Socket keeps what it had from `onread`. Another Socket around the same handle
// would do too; but it is most of what a connection costs in memory, and the one that was accepted would be garbage.

import { Socket } from 'node:net'

const READ_BYTES = 64 * 1024

/** Of one process: only one read is under way, and what it brings is taken before the next. Made when first needed. */
let shared: Buffer | undefined

/** `take` gets the bytes of every read; they are lent, and others when it returns. Where Node has no place for it they come as usual. */
export function takeFrom(accepted: Socket, take: (lent: Buffer) => void): void {
  const inside = accepted as unknown as Inside
  const handle = accepted.constructor === Socket ? inside._handle : undefined
  const buffer = symbolOf(accepted, 'kBuffer')
  const callback = symbolOf(accepted, 'kBufferCb')
  if (handle?.useUserBuffer === undefined || buffer === undefined || callback === undefined) {
    accepted.on('data', take).resume()
    return
  }
  shared ??= Buffer.allocUnsafeSlow(READ_BYTES)
  handle.useUserBuffer(shared)
  inside[buffer] = shared
  inside[callback] = (bytes: number, lent: Buffer): boolean => {
    take(lent.subarray(0, bytes))
    return true
  }
  accepted.resume()
}

/** As Node 20 to 24 have it. */
interface Inside {
  _handle?: { useUserBuffer?(buffer: Buffer): void } | null
  [symbol: symbol]: unknown
}

/** The same of all sockets, once one has it. */
const symbols = new Map<string, symbol>()

function symbolOf(socket: Socket, name: string): symbol | undefined {
  const known = symbols.get(name)
  if (known !== undefined) return known
  const found = Object.getOwnPropertySymbols(socket).find(({ description }) => description === name)
  if (found !== undefined) symbols.set(name, found)
  return found
}
