// One request of one connection, from its frame to its answer: the ticket that machines keep while it is parked.

import type { Api } from '../protocol/apis.js'
import type { ErrorCode } from '../protocol/errors.js'
import type { Connection } from './connection.js'
import type { Row } from './dispatch.js'
import { refusal } from './refusal.js'
import type { ServerTicket } from './ticket.js'

/** Gets an answer in place of the connection, and lets it out with `exchange.release`: whoever watches or tampers. */
export interface Taker {
  take(exchange: Exchange, response: object | null): void
}

export class Exchange implements ServerTicket {
  readonly connection: Connection
  readonly row: Row
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
  /** What is handled; a fault may take a part of what was asked. */
  body: object
  /** undefined while there is none; null when none will leave (Produce with acks 0). */
  response: object | null | undefined = undefined
  isDecided = false
  taker: Taker | null = null
  /** Whatever who watches knows of it. */
  note: unknown = undefined
  /** Leaves instead of the encoded answer, as the frame's content behind the correlation id. */
  raw: Buffer | null = null
  private isTaken = false

  constructor(
    connection: Connection,
    row: Row,
    apiVersion: number,
    correlationId: number,
    clientId: string | null,
    body: object,
  ) {
    this.connection = connection
    this.row = row
    this.apiVersion = apiVersion
    this.correlationId = correlationId
    this.clientId = clientId
    this.body = body
  }

  get api(): Api {
    return this.row.api
  }

  get clientHost(): string {
    return this.connection.clientHost
  }

  /** Has it carried out: now. */
  handle(): void {
    this.connection.handle(this)
  }

  get isAnswered(): boolean {
    return this.isTaken || this.response !== undefined
  }

  decided(): void {
    if (this.isDecided) return
    this.isDecided = true
    this.connection.decided(this)
  }

  answer(response: object | null): void {
    if (this.isAnswered) {
      throw new Error(`${this.api.name} of ${this.clientId} was answered twice`)
    }
    if (this.taker === null) return this.release(response)
    this.isTaken = true
    this.taker.take(this, response)
  }

  /** Lets the answer out, in its turn. */
  release(response: object | null): void {
    this.response = response
    this.decided()
    this.connection.answered()
  }

  refuse(errorCode: ErrorCode): void {
    this.answer(refusal(this.api.name, this.apiVersion, this.body, errorCode))
  }
}
