// Who watches a broker: told of every request before it is handled, and of what machines say of themselves. It decides
// when a request is handled, or whether at all.

import type { Connection } from './connection.js'
import type { Exchange } from './exchange.js'

export interface Observer {
  /** Whether it wants to be told of every offset that is committed, beside the requests. */
  readonly seesCommits: boolean
  /** A request has been read. `exchange.handle()` carries it out: now, later, or never. */
  begun(exchange: Exchange): void
  /** Events of one step, once what they tell of is durable. */
  published(events: readonly unknown[], nowMs: number): void
  /** A machine is loaded, maybe anew: what could not be asked can. */
  loaded(): void
  /** An API or version was asked for that is not handled: the connection is closed. */
  lacked(line: string): void
  closed(connection: Connection): void
}
