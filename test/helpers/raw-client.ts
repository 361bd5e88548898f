// A client made of frames, which can also send what is wrong.

import net from 'node:net'
import { type Api, Apis } from '../../src/protocol/apis.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import type { Draft, Infer } from '../../src/protocol/schema.js'
import { FrameSplitter } from '../../src/server/frames.js'

interface Waiting {
  readonly resolve: (frame: Buffer) => void
  readonly reject: (error: Error) => void
}

export class RawClient {
  /** Resolves when the connection is closed, by whichever side. */
  readonly closed: Promise<void>
  isClosed = false
  private readonly socket: net.Socket
  private readonly frames = new FrameSplitter(0x7fffffff)
  private readonly waiting: Waiting[] = []
  private correlationId = 0

  private constructor(socket: net.Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.frames.push(chunk)
      for (let frame = this.frames.next(); frame !== null; frame = this.frames.next()) {
        this.waiting.shift()?.resolve(frame)
      }
    })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.isClosed = true
        for (const { reject } of this.waiting.splice(0)) reject(new Error('connection closed'))
        resolve()
      })
    })
  }

  static connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host, noDelay: true }, () => resolve(new RawClient(socket)))
      socket.once('error', reject)
    })
  }

  /** Sends bytes as they are; the next frame that comes is the answer. Rejects when the connection closes first. */
  sendBytes(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject })
      this.socket.write(bytes)
    })
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes)
  }

  frame<A extends Api>(api: A, version: number, body: Draft<Infer<A['request']>>): Buffer {
    return encodeRequest(api, version, ++this.correlationId, 'raw', body)
  }

  /** The decoded answer; its correlation id has been checked. */
  async send<A extends Api>(
    api: A,
    version: number,
    body: Draft<Infer<A['request']>>,
  ): Promise<Infer<A['response']>> {
    const frame = this.frame(api, version, body)
    const expected = this.correlationId
    const { correlationId, body: answer } = decodeResponse(api, version, await this.sendBytes(frame))
    if (correlationId !== expected) throw new Error(`answer ${correlationId}, where ${expected} was due`)
    return answer
  }

  heartbeat(groupId = 'none'): Promise<{ errorCode: number }> {
    return this.send(Apis.Heartbeat, 4, { groupId, generationId: 1, memberId: 'm', groupInstanceId: null })
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  /** Sends what was written and no more; answers are still read. */
  end(): void {
    this.socket.end()
  }

  close(): void {
    this.socket.destroy()
  }
}
