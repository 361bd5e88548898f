// Who looks over the brokers' shoulders: told of every machine before it is loaded, of every request that comes to be
// handled, and of every answer that leaves.

import type { AnyMachine } from '../server/hosting.js'
import type { ServerTicket } from '../server/ticket.js'

export interface Watch {
  /** It will be loaded from the log of that name; what is returned is hosted in its place. */
  made<Event, Rec>(log: string, machine: AnyMachine<Event, Rec>): AnyMachine<Event, Rec>
  asked(ticket: ServerTicket, api: string, request: object): void
  /** Its connection may be gone. */
  answered(ticket: ServerTicket, response: object): void
  /** A machine threw. */
  defect(where: string, error: unknown): void
  /** A machine could not be loaded: its broker ends. */
  fatal(log: string, error: unknown): void
}
