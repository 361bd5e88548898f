// Watches a broker from within and keeps its journal: every request as it comes and is answered, every event as it is
// published. It changes nothing; the test kit does (testkit/kit.ts).

import type { GroupEvent } from '../coordinator/types.js'
import { groupOf, type RecordedExchange } from '../observe/exchanges.js'
import type { Journal } from '../observe/journal.js'
import type { ApiName } from '../protocol/api-names.js'
import type { Connection } from '../server/connection.js'
import type { Exchange, Taker } from '../server/exchange.js'
import type { Observer } from '../server/observer.js'

export class Monitor implements Observer, Taker {
  readonly seesCommits: boolean = false // the journal has them from their requests
  readonly journal: Journal
  protected readonly nowMs: () => number
  private connectionCount = 0

  constructor(journal: Journal, nowMs: () => number) {
    this.journal = journal
    this.nowMs = nowMs
  }

  begun(exchange: Exchange): void {
    const recorded = this.record(exchange)
    exchange.note = recorded
    exchange.taker = this
    this.journal.asked(recorded)
    this.carryOut(exchange, recorded)
  }

  take(exchange: Exchange, response: object | null): void {
    this.answered(exchange, exchange.note as RecordedExchange, response)
  }

  /** Its bodies are those of the request: whoever keeps them copies them. */
  protected record({ api, apiVersion, clientId, connection, body }: Exchange): RecordedExchange {
    const { memberId } = body as { memberId?: unknown }
    return {
      api: api.name as ApiName,
      version: apiVersion,
      clientId,
      software: connection.software,
      nodeId: connection.nodeId,
      connection: this.numberOf(connection),
      atMs: this.nowMs(),
      body: body as RecordedExchange['body'],
      group: groupOf(body),
      memberId: typeof memberId === 'string' ? memberId : null,
      response: undefined,
      answeredAtMs: null,
      fault: null,
    }
  }

  /** Counted from 1, by their first requests. */
  protected numberOf(connection: Connection): number {
    if (connection.number === null) connection.number = ++this.connectionCount
    return connection.number
  }

  protected carryOut(exchange: Exchange, _recorded: RecordedExchange): void {
    exchange.handle()
  }

  /** The machine has answered: the request has taken effect. */
  protected answered(exchange: Exchange, recorded: RecordedExchange, response: object | null): void {
    this.letOut(exchange, recorded, response)
  }

  protected letOut(exchange: Exchange, recorded: RecordedExchange, response: object | null): void {
    recorded.response = response as RecordedExchange['response']
    recorded.answeredAtMs = this.nowMs()
    this.finished(exchange, recorded)
    exchange.release(response) // which may let the next request in
  }

  protected finished(_exchange: Exchange, recorded: RecordedExchange): void {
    this.journal.exchange(recorded)
  }

  published(events: readonly unknown[], nowMs: number): void {
    for (const event of events as readonly GroupEvent[]) this.journal.event(event, nowMs)
  }

  loaded(): void {}

  lacked(line: string): void {
    this.journal.lacked(line, this.nowMs())
  }

  closed(connection: Connection): void {
    this.journal.closed(this.numberOf(connection), connection.clientId, this.nowMs())
  }
}
