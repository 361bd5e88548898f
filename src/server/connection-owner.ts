// What a connection needs of the node that it was made to.

import type { Connection } from './connection.js'
import type { Row } from './dispatch.js'
import type { Exchange } from './exchange.js'

export interface ConnectionOwner {
  readonly nodeId: number
  /** What is handled of an API; undefined: nothing. */
  rowFor(apiKey: number): Row | undefined
  /** Its connection is gone while this request was undecided. */
  abandoned(exchange: Exchange): void
  readonly maxFrameBytes: number
  /** Calls `connection.flush()` once, at the end of this turn of the event loop. */
  flushLater(connection: Connection): void
  closed(connection: Connection): void
  /** What a read has brought is handled from here to `endRead`. */
  beginRead(): void
  endRead(): void
  /** Sees to it that the request is handled. */
  dispatch(exchange: Exchange): void
  /** Carries it out. */
  handle(exchange: Exchange): void
  /** An API or version was asked for that is not handled. */
  lacked(line: string): void
  /** Bytes of this connection could not be understood. */
  refused(line: string): void
  /** Something here threw that never should. */
  defect(where: string, error: unknown): void
}
