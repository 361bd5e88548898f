// One connection to one broker: frames out, frames in, in order. Every request ends: with its answer, with a timeout, or with
// the connection. What is wrong is an AdminError that names request and broker.

import { connect, type Socket } from 'node:net'
import type { ApiName } from '../protocol/api-names.js'
import { type Api, Apis } from '../protocol/apis.js'
import { ErrorCodes, ProtocolError } from '../protocol/errors.js'
import { decodeResponse, encodeRequest } from '../protocol/frame.js'
import { FRAME_PREFIX_BYTES } from '../protocol/layouts.js'
import type { Draft, Infer } from '../protocol/schema.js'
import { parseVersions } from '../protocol/versions.js'
import { AdminError, addressText, type Failure, type Peer } from './errors.js'
import { type Advertised, advertisedIn, usableVersion } from './versions.js'

export type RequestOf<A extends ApiName> = Infer<(typeof Apis)[A]['request']>
export type ResponseOf<A extends ApiName> = Infer<(typeof Apis)[A]['response']>

export interface ConnectionOptions {
  readonly requestTimeoutMs: number
  readonly clientId: string
}

/** Larger than any answer to what is asked here; a broker that is none (HTTP, TLS) announces more. */
const MAX_FRAME_BYTES = 100 * 1024 * 1024
const SOFTWARE = { clientSoftwareName: 'kafka-cohort', clientSoftwareVersion: 'unknown' }

interface Waiting {
  readonly api: ApiName
  readonly resolve: (frame: Buffer) => void
  readonly reject: (error: Error) => void
}

export class Connection {
  readonly peer: Peer
  private readonly socket: Socket
  private readonly options: ConnectionOptions
  private readonly waiting: Waiting[] = []
  private chunks: Buffer[] = []
  private availableBytes = 0
  private correlationId = 0
  private advertised: Advertised = new Map()

  private constructor(peer: Peer, socket: Socket, options: ConnectionOptions) {
    this.peer = peer
    this.socket = socket
    this.options = options
    socket.on('data', (chunk: Buffer) => this.take(chunk))
    socket.on('error', () => {}) // 'close' follows
    socket.on('close', () => this.lose('DISCONNECTED', 'the broker closed the connection'))
  }

  /** Connected, and told what the broker can do. Rejects with AdminError. */
  static async open(peer: Peer, options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(peer, await dial(peer, options.requestTimeoutMs), options)
    try {
      connection.advertised = await connection.negotiate()
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  }

  get isOpen(): boolean {
    return !this.socket.destroyed
  }

  /** The newest version that both know. Throws AdminError when there is none. */
  version(api: ApiName): number {
    return usableVersion(api, this.advertised, this.peer)
  }

  /** Fields that the version does not have are left out. Rejects with AdminError. */
  async send<A extends ApiName>(api: A, body: Draft<RequestOf<A>>): Promise<ResponseOf<A>> {
    const version = this.version(api)
    const frame = await this.exchange(Apis[api], version, body as Draft<object>)
    return this.decoded(api, version, frame)
  }

  /** As KIP-511 has it: who does not know the version answers in v0 and names those it knows. */
  private async negotiate(): Promise<Advertised> {
    const api = Apis.ApiVersions
    const newest = parseVersions(api.request.versions).last
    let frame = await this.exchange(api, newest, SOFTWARE)
    let version = errorCodeOf(frame) === ErrorCodes.UNSUPPORTED_VERSION ? 0 : newest
    let answer = this.decoded('ApiVersions', version, frame)
    if (answer.errorCode === ErrorCodes.UNSUPPORTED_VERSION) {
      const known = answer.apiKeys.find(({ apiKey }) => apiKey === api.key)
      version = Math.min(known?.maxVersion ?? 0, newest)
      frame = await this.exchange(api, version, SOFTWARE)
      answer = this.decoded('ApiVersions', version, frame)
    }
    return advertisedIn(answer, this.peer)
  }

  private decoded<A extends ApiName>(api: A, version: number, frame: Buffer): ResponseOf<A> {
    try {
      return decodeResponse(Apis[api] as Api, version, frame).body as ResponseOf<A>
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      throw this.failure('NO_ANSWER_OF_KAFKA', `the answer cannot be read: ${error.message}`, api)
    }
  }

  /** Resolves to the frame of the answer, behind its size. */
  private exchange(api: Api, version: number, body: Draft<object>): Promise<Buffer> {
    const correlationId = ++this.correlationId
    const bytes = encodeRequest(api, version, correlationId, this.options.clientId, body)
    const name = api.name as ApiName
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(this.failure('DISCONNECTED', 'the connection is closed', name))
      const { requestTimeoutMs } = this.options
      const timer = setTimeout(() => {
        this.lose('TIMEOUT', `no answer within ${requestTimeoutMs} ms: it is overloaded, or cut off`)
      }, requestTimeoutMs)
      const settled = (frame: Buffer) => {
        if (frame.length >= 4 && frame.readInt32BE() === correlationId) resolve(frame)
        else reject(this.failure('NO_ANSWER_OF_KAFKA', 'an answer came that is of no request', name))
      }
      this.waiting.push({
        api: name,
        resolve: (frame) => {
          clearTimeout(timer)
          settled(frame)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      })
      this.socket.write(bytes)
    })
  }

  private take(chunk: Buffer): void {
    this.chunks.push(chunk)
    this.availableBytes += chunk.length
    while (this.availableBytes >= FRAME_PREFIX_BYTES) {
      if ((this.chunks[0] as Buffer).length < FRAME_PREFIX_BYTES) this.chunks = [Buffer.concat(this.chunks)]
      const sizeBytes = (this.chunks[0] as Buffer).readInt32BE()
      if (sizeBytes < 0 || sizeBytes > MAX_FRAME_BYTES)
        return this.lose('NO_ANSWER_OF_KAFKA', 'what answers there does not speak Kafka in plain text')
      const end = FRAME_PREFIX_BYTES + sizeBytes
      if (this.availableBytes < end) return
      const bytes = Buffer.concat(this.chunks)
      this.chunks = [bytes.subarray(end)]
      this.availableBytes = bytes.length - end
      this.waiting.shift()?.resolve(bytes.subarray(FRAME_PREFIX_BYTES, end))
    }
  }

  /** Ends the connection, and every request with it: after one without an answer the next cannot be told apart. */
  private lose(why: Failure, means: string): void {
    this.socket.destroy()
    for (const { api, reject } of this.waiting.splice(0)) {
      const first = why === 'DISCONNECTED' && api === 'ApiVersions'
      reject(this.failure(why, first ? `${means} at once: does the listener want TLS or SASL?` : means, api))
    }
  }

  private failure(errorName: Failure, means: string, api: ApiName): AdminError {
    return new AdminError(means, errorName, api, this.peer)
  }

  close(): void {
    this.socket.destroy()
  }
}

/** The error code is the first field of every version of ApiVersions. */
function errorCodeOf(frame: Buffer): number {
  return frame.length >= 6 ? frame.readInt16BE(4) : ErrorCodes.NONE
}

function dial(peer: Peer, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { host, port } = peer
    const socket = connect({ host, port, noDelay: true })
    const fail = (why: string) => {
      socket.destroy()
      reject(new AdminError(unreachable(peer, why), 'UNREACHABLE', null, peer))
    }
    const timer = setTimeout(() => fail(`no connection within ${timeoutMs} ms`), timeoutMs)
    const failed = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      fail(error.code ?? error.message)
    }
    socket.once('error', failed)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.off('error', failed)
      resolve(socket)
    })
  })
}

function unreachable(peer: Peer, why: string): string {
  const advice =
    peer.nodeId === null
      ? 'is a broker running there?'
      : 'this address is what the cluster advertises (advertised.listeners)'
  return `${addressText(peer)} cannot be reached, ${why}: ${advice}`
}
