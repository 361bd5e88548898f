// A client's connection, with Kafka's discipline: the next request is dispatched only when the one before is decided,
// and answers leave in the order of requests. While a request is undecided, or the peer does not read its answers,
// the socket is not read either. Malformed bytes end the connection, here and nowhere else.

import type { Socket } from 'node:net'
import { type Api, Apis } from '../protocol/apis.js'
import { ProtocolError } from '../protocol/errors.js'
import {
  type ReadRequest,
  readClientId,
  readRequest,
  readRequestPrefix,
  writeRaw,
  writeResponse,
} from '../protocol/frame.js'
import { Writer } from '../protocol/wire.js'
import type { ConnectionOwner } from './connection-owner.js'
import type { Row } from './dispatch.js'
import { Exchange } from './exchange.js'
import { FrameSplitter } from './frames.js'
import { unsupportedApiVersions } from './handlers/api-versions.js'
import { javaHost } from './hosts.js'
import { takeFrom } from './intake.js'
import { LastRequest } from './last-request.js'
import { sinceStartMs } from './os-timers.js'

/** So much is not held back until the turn ends: a peer that does not read is noticed by then. */
const FLUSH_BYTES = 64 * 1024
/** Requests that are decided and wait for the disk; clients have five in flight at most unless told otherwise. */
const MAX_UNANSWERED = 256
/** A peer that takes nothing for so long while we are closing is cut off. */
const CLOSE_TIMEOUT_MS = 500

export class Connection {
  readonly clientHost: string
  /** Of the node that it was made to. */
  readonly nodeId: number
  /** From the last request header and from ApiVersions (KIP-511): who this is. */
  clientId: string | null = null
  software: string | null = null
  /** By whoever watches. */
  number: number | null = null
  /** sinceStartMs() of its beginning. */
  readonly sinceMs = sinceStartMs()
  private readonly socket: Socket
  private readonly owner: ConnectionOwner
  private readonly frames: FrameSplitter
  /** Requests without an answer, oldest first. */
  private readonly exchanges: Exchange[] = []
  private readonly answers = new Writer()
  private readonly lastRequest = new LastRequest()
  private undecided: Exchange | null = null
  private dispatching = false
  private willFlush = false
  private isClosed = false

  constructor(socket: Socket, owner: ConnectionOwner) {
    takeFrom(socket, (lent) => {
      if (this.isClosed) return
      this.frames.push(lent)
      owner.beginRead()
      try {
        this.proceed()
      } finally {
        owner.endRead()
        this.frames.keep()
      }
    })
    this.socket = socket
    this.owner = owner
    this.nodeId = owner.nodeId
    this.clientHost = javaHost(socket.remoteAddress ?? '')
    this.frames = new FrameSplitter(owner.maxFrameBytes)
    socket.on('drain', () => this.proceed())
    socket.on('error', () => {}) // 'close' follows and says it all
    socket.on('close', () => this.onClose())
  }

  /** A parked request of this connection still waits for its answer. */
  get isWaiting(): boolean {
    return this.undecided !== null
  }

  get remote(): string {
    const { remoteAddress, remotePort } = this.socket
    return `${this.clientId ?? 'unknown client'} at ${remoteAddress}:${remotePort}`
  }

  /** Dispatches what has come, as far as the discipline allows. */
  private proceed(): void {
    if (this.dispatching || this.isClosed) return
    this.dispatching = true
    try {
      while (this.mayDispatch() && this.frames.advance()) this.dispatch()
    } catch (error) {
      if (error instanceof ProtocolError) this.close(error.message)
      else this.closeForDefect(this.inHand(), error)
    } finally {
      this.dispatching = false
    }
    this.regulate()
  }

  private inHand(): string {
    return this.undecided === null
      ? 'reading a request'
      : `${this.undecided.api.name} v${this.undecided.apiVersion}`
  }

  private mayDispatch(): boolean {
    const { undecided, exchanges, isClosed, socket } = this
    return undecided === null && exchanges.length < MAX_UNANSWERED && !isClosed && !socket.writableNeedDrain
  }

  /** What has been read and cannot be dispatched is kept, but no more is read until it can. */
  private regulate(): void {
    if (this.isClosed) return
    const hold = !this.mayDispatch() && this.frames.bufferedBytes > 0
    if (hold && !this.socket.isPaused()) this.socket.pause()
    else if (!hold && this.socket.isPaused()) this.socket.resume()
  }

  /** The frame that `frames` has come to. */
  private dispatch(): void {
    const { bytes, start, end } = this.frames
    const { apiKey, apiVersion, correlationId } = readRequestPrefix(bytes, start, end)
    const row = this.owner.rowFor(apiKey)
    if (row === undefined) throw this.lacked(`API key ${apiKey} (version ${apiVersion}) is not handled`)
    const { api } = row
    if (apiVersion < row.first || apiVersion > row.last) {
      return this.answerUnsupported(row, apiVersion, correlationId)
    }
    const { clientId, body } = this.lastRequest.again(bytes, start, end) ?? this.read(api, apiVersion)
    this.clientId = clientId
    const exchange = new Exchange(this, row, apiVersion, correlationId, clientId, body)
    this.begin(exchange)
    this.owner.dispatch(exchange)
  }

  private read(api: Api, apiVersion: number): ReadRequest {
    const { bytes, start, end, isLent } = this.frames
    const read = readRequest(api, apiVersion, bytes, start, end, isLent)
    this.lastRequest.remember(bytes, start, end, read)
    return read
  }

  handle(exchange: Exchange): void {
    this.owner.handle(exchange)
  }

  /** Only ApiVersions has an answer for a version that is not handled: in v0, which every client reads (KIP-511). */
  private answerUnsupported(row: Row, apiVersion: number, correlationId: number): void {
    const { api } = row
    if (api !== Apis.ApiVersions) {
      throw this.lacked(`${api.name} v${apiVersion} is not handled; v${row.first} to v${row.last} are`)
    }
    const { bytes, start, end } = this.frames
    const clientId = readClientId(api, apiVersion, bytes, start, end)
    const exchange = new Exchange(this, row, 0, correlationId, clientId, {})
    this.begin(exchange)
    exchange.answer(unsupportedApiVersions(row))
  }

  private lacked(what: string): ProtocolError {
    this.owner.lacked(`${this.remote} asked for what is lacking: ${what}`)
    return new ProtocolError(what)
  }

  private begin(exchange: Exchange): void {
    this.exchanges.push(exchange)
    this.undecided = exchange
  }

  decided(exchange: Exchange): void {
    if (this.undecided !== exchange) return
    this.undecided = null
    this.proceed()
  }

  /** Encodes every answer whose turn has come. They leave together at the end of this turn, or when they are many. */
  answered(): void {
    if (this.isClosed) return
    const wasFull = this.exchanges.length >= MAX_UNANSWERED
    for (let head = this.exchanges[0]; head?.response !== undefined; head = this.exchanges[0]) {
      const { response, raw, api, apiVersion, correlationId } = head
      this.exchanges.shift()
      if (response === null) continue
      try {
        if (raw === null) writeResponse(this.answers, api, apiVersion, correlationId, response)
        else writeRaw(this.answers, correlationId, raw)
      } catch (error) {
        return this.closeForDefect(`the answer to ${api.name} v${apiVersion}`, error)
      }
    }
    if (this.answers.length >= FLUSH_BYTES) this.flush()
    else if (!this.willFlush && this.answers.length > 0) {
      this.willFlush = true
      this.owner.flushLater(this)
    }
    if (wasFull) this.proceed()
  }

  /** Writes what is encoded, at once. */
  flush(): void {
    this.willFlush = false
    if (this.answers.length === 0 || this.isClosed) return
    const pieces = this.answers.takePieces()
    if (pieces.length > 1) this.socket.cork()
    for (const piece of pieces) this.socket.write(piece)
    if (pieces.length > 1) this.socket.uncork()
  }

  /** Ends the connection from this side: what is ready leaves, the reason is logged. */
  close(why: string): void {
    this.owner.refused(`closing the connection of ${this.remote}: ${why}`)
    this.hangUp()
  }

  /** What failed is ours: the client may come again, and others are not concerned. */
  private closeForDefect(where: string, error: unknown): void {
    this.owner.defect(`${where} (${this.remote}); closing its connection`, error)
    this.hangUp()
  }

  /** Sends what is ready and closes. Resolves when the socket is closed; a peer that does not read is cut off. */
  end(): Promise<void> {
    if (this.socket.destroyed) return Promise.resolve()
    const closed = new Promise<void>((resolve) => this.socket.once('close', () => resolve()))
    this.hangUp()
    return closed
  }

  private hangUp(): void {
    this.flush()
    this.isClosed = true
    this.socket.setTimeout(CLOSE_TIMEOUT_MS, () => this.socket.destroy())
    this.socket.destroySoon()
  }

  private onClose(): void {
    this.isClosed = true
    this.frames.clear()
    if (this.undecided !== null) this.owner.abandoned(this.undecided)
    this.owner.closed(this)
  }
}
