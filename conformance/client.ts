// A client made of frames, which can also send what is wrong. A request is a promise of the decoded answer, or of what
// happened instead: the connection closed.

import { connect, type Socket } from 'node:net'
import type { Api } from '../src/protocol/apis.js'
import { decodeResponse, encodeRequest } from '../src/protocol/frame.js'
import type { Draft, Infer } from '../src/protocol/schema.js'

export interface Address {
  readonly host: string
  readonly port: number
}

export class ConnectionClosed extends Error {
  override readonly name = 'ConnectionClosed'
}

interface Waiting {
  readonly resolve: (frame: Buffer) => void
  readonly reject: (error: Error) => void
}

export class Client {
  private readonly socket: Socket
  private received = Buffer.alloc(0)
  private readonly waiting: Waiting[] = []
  private correlationId = 0

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => this.take(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const { reject } of this.waiting.splice(0))
        reject(new ConnectionClosed('the broker closed the connection'))
    })
  }

  /** Rejects with the system's error. */
  static open({ host, port }: Address): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true }, () => resolve(new Client(socket)))
      socket.once('error', reject)
    })
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.received, chunk])
    while (this.received.length >= 4 && this.received.length >= 4 + this.received.readInt32BE()) {
      const end = 4 + this.received.readInt32BE()
      const frame = this.received.subarray(4, end)
      this.received = this.received.subarray(end)
      this.waiting.shift()?.resolve(frame)
    }
  }

  /** A request is under way and not answered. */
  get isBusy(): boolean {
    return this.waiting.length > 0
  }

  async send<A extends Api>(
    api: A,
    version: number,
    body: Draft<Infer<A['request']>>,
    clientId: string | null = 'conformance',
  ): Promise<Infer<A['response']>> {
    const bytes = encodeRequest(api, version, ++this.correlationId, clientId, body)
    return decodeResponse(api, version, await this.sendBytes(bytes)).body
  }

  /** Sends bytes as they are; the next frame that comes is the answer. Rejects with ConnectionClosed. */
  sendBytes(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new ConnectionClosed('the connection is closed'))
      this.waiting.push({ resolve, reject })
      this.socket.write(bytes)
    })
  }

  close(): void {
    this.socket.destroy()
  }
}
