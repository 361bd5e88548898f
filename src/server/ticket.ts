// A request as the server sees it: the machines' Ticket, plus the ways to answer. A connection makes one per frame
// (exchange.ts); gather.ts makes inner ones for a request that several shards answer together.

import type { Ticket } from '../machine/decision.js'
import type { ErrorCode } from '../protocol/errors.js'

export interface ServerTicket extends Ticket {
  readonly isAnswered: boolean
  /** It is decided what the answer will be, though it must still wait for the disk. */
  decided(): void
  /** The response message's value; it leaves in the order of the connection's requests. Called once. */
  answer(response: object): void
  /** The answer of an API when its coordinator cannot act: the error where this API's response carries it. */
  refuse(errorCode: ErrorCode): void
}

/** An event that may have come with a request. */
export interface Asking {
  readonly type: string
  readonly ticket?: unknown
}

/** Answers who asked, unless they have their answer. */
export function refuseAsking(event: Asking, errorCode: ErrorCode): void {
  const ticket = event.ticket as ServerTicket | undefined
  if (ticket?.isAnswered === false) ticket.refuse(errorCode)
}
