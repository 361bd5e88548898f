// One raw connection of the load generator. What comes is read into one buffer that all share, as in src/server/intake.ts: the
// generator is to take as little of the machine as it can.

import { connect, type Socket } from 'node:net'

/** A broker as the generator knows it; the name is for who reads an error. */
export interface Where {
  readonly name: string
  readonly host: string
  readonly port: number
}

const SIZE_BYTES = 4
const READ_BYTES = 64 * 1024
const shared = Buffer.allocUnsafeSlow(READ_BYTES)

export class Wire {
  readonly where: Where
  readonly socket: Socket
  /** Gets the bytes of every read; they are lent, and others when it returns. */
  take: (lent: Buffer) => void = () => {
    throw new Error(`${this.where.name} sent what nobody asked for`)
  }
  private isClosed = false

  private constructor(where: Where, connected: () => void) {
    this.where = where
    const callback = (bytes: number, buffer: Uint8Array): boolean => {
      this.take((buffer as Buffer).subarray(0, bytes))
      return true
    }
    const { host, port } = where
    this.socket = connect({ host, port, noDelay: true, onread: { buffer: shared, callback } }, connected)
    this.socket.on('error', (error) => {
      throw new Error(`${where.name}: ${error.message}`)
    })
    this.socket.on('close', () => {
      if (!this.isClosed) throw new Error(`${where.name} closed the connection`)
    })
  }

  static open(where: Where): Promise<Wire> {
    return new Promise((resolve) => {
      const wire: Wire = new Wire(where, () => resolve(wire))
    })
  }

  /** One request and its answer, while nothing else is under way. Resolves to the answer without its size. */
  ask(request: Buffer): Promise<Buffer> {
    const { take } = this
    return new Promise((resolve) => {
      let came: Buffer = Buffer.alloc(0)
      this.take = (lent) => {
        came = Buffer.concat([came, lent])
        if (came.length < SIZE_BYTES || came.length < SIZE_BYTES + came.readInt32BE()) return
        this.take = take
        resolve(came.subarray(SIZE_BYTES))
      }
      this.socket.write(request)
    })
  }

  close(): void {
    this.isClosed = true
    this.socket.destroy()
  }
}

/** Connections that are made at the same time: a broker's backlog is short. */
const AT_ONCE = 100

export async function openAll(where: Where, count: number): Promise<Wire[]> {
  const wires: Wire[] = []
  while (wires.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - wires.length) }, () => Wire.open(where))
    wires.push(...(await Promise.all(some)))
  }
  return wires
}
