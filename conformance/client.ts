// A client made of frames, which can also send what is wrong. A request is a promise of the decoded answer, or of what
// happened instead: the connection closed.

import { connect, type Socket } from 'node:net'
import type { Api } from '../src/protocol/apis.js'
import { decodeResponse, encodeRequest } from '../src/protocol/frame.js'
import type { Draft, Infer } from '../src/protocol/schema.js'
import { Recording } from './exchange.js'

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
  readonly address: Address
  private readonly socket: Socket
  private readonly recording: Recording
  private readonly number: number
  private received = Buffer.alloc(0)
  private readonly waiting: Waiting[] = []
  private correlationId = 0

  private constructor(address: Address, socket: Socket, recording: Recording) {
    this.address = address
    this.socket = socket
    this.recording = recording
    this.number = recording.connection()
    socket.on('data', (chunk: Buffer) => this.take(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const { reject } of this.waiting.splice(0))
        reject(new ConnectionClosed('the broker closed the connection'))
    })
  }

  /** Rejects with the system's error. */
  static open(address: Address, recording = new Recording()): Promise<Client> {
    const { host, port } = address
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true }, () =>
        resolve(new Client(address, socket, recording)),
      )
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

  get isOpen(): boolean {
    return !this.socket.destroyed
  }

  send<A extends Api>(
    api: A,
    version: number,
    body: Draft<Infer<A['request']>>,
    clientId: string | null = 'conformance',
  ): Promise<Infer<A['response']>> {
    const bytes = encodeRequest(api, version, ++this.correlationId, clientId, body)
    const exchange = this.recording.begin(this.number, api.name, version, body)
    const answer = this.exchange(bytes).then(
      (frame) => decodeResponse(api, version, frame).body,
      (error: Error) => {
        throw new ConnectionClosed(`${error.message} on ${api.name} v${version}`)
      },
    )
    return this.recording.complete(exchange, answer)
  }

  /** Sends bytes as they are; the next frame that comes is the answer. Rejects with ConnectionClosed. */
  sendBytes(bytes: Buffer): Promise<Buffer> {
    const exchange = this.recording.begin(this.number, null, 0, bytes)
    return this.recording.complete(exchange, this.exchange(bytes))
  }

  private exchange(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new ConnectionClosed('the connection is closed'))
      this.waiting.push({ resolve, reject })
      if (bytes.length > 0) this.socket.write(bytes)
    })
  }

  /** Bytes of a request that is under way. */
  write(bytes: Buffer): void {
    this.socket.write(bytes)
  }

  close(): void {
    this.socket.destroy()
  }
}
