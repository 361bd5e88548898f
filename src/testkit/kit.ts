// Watches a broker from within: keeps what was asked and what happened, puts faults in the way, and raises a signal when
// something has changed.

import type { GroupEvent } from '../coordinator/types.js'
import { EventLog } from '../observe/events.js'
import { ExchangeLog, groupOf, type RecordedExchange, withoutBatches } from '../observe/exchanges.js'
import type { ApiName } from '../protocol/apis.js'
import type { Connection } from '../server/connection.js'
import type { Exchange } from '../server/exchange.js'
import type { Observer } from '../server/observer.js'
import { errorResponse } from './error-response.js'
import { Fault, type FaultOptions } from './faults.js'
import { Members } from './members.js'
import { Signal } from './signal.js'

/** What no client can decode: a string that is longer than the frame, whatever field it is. */
const GARBAGE = Buffer.from('7fffffff7fffffff7fffffffff', 'hex')

type Recorded = RecordedExchange & { response: RecordedExchange['response'] }

export class Kit implements Observer {
  readonly signal = new Signal()
  readonly events = new EventLog()
  readonly exchanges = new ExchangeLog()
  /** The same in the order of their answers: a parked request is behind what was answered meanwhile. */
  readonly answers = new ExchangeLog()
  readonly members = new Members()
  /** APIs and versions that were asked for and are not handled, one line each. */
  readonly lacks: string[] = []
  readonly faults: Fault[] = []
  /** Those that were set and taken away too. */
  readonly allFaults: Fault[] = []
  /** Requests without an answer. */
  readonly underWay = new Map<Exchange, RecordedExchange>()
  private readonly connections = new WeakMap<Connection, number>()
  private connectionCount = 0
  private readonly nowMs: () => number
  private readonly timeoutMs: number
  private readonly defect: (where: string, error: unknown) => void

  constructor(nowMs: () => number, timeoutMs: number, defect: (where: string, error: unknown) => void) {
    this.nowMs = nowMs
    this.timeoutMs = timeoutMs
    this.defect = defect
  }

  /** Throws ConfigError for an option that cannot be. */
  fault(options: FaultOptions): Fault {
    const { signal, timeoutMs } = this
    const seen = () => this.exchanges.of(undefined, {})
    const remove = (removed: Fault) => {
      const at = this.faults.indexOf(removed)
      if (at >= 0) this.faults.splice(at, 1)
    }
    const fault = new Fault(options, { signal, timeoutMs, seen, remove })
    this.faults.push(fault)
    this.allFaults.push(fault)
    return fault
  }

  begun(exchange: Exchange, handle: () => void): void {
    const recorded = this.record(exchange)
    exchange.taker = (response) => this.answered(exchange, recorded, response)
    const fault = this.faults.find((each) => !each.options.after && each.meets(recorded))
    if (fault === undefined) return handle()
    recorded.fault = String(fault)
    this.carryOut(fault, exchange, recorded, handle)
  }

  private record(exchange: Exchange): Recorded {
    const { api, apiVersion, clientId, connection } = exchange
    const body = withoutBatches(exchange.body) as Recorded['body']
    const recorded: Recorded = {
      api: api.name as ApiName,
      version: apiVersion,
      clientId,
      software: connection.software,
      connection: this.numberOf(connection),
      atMs: this.nowMs(),
      body,
      group: groupOf(body),
      memberId: typeof body.memberId === 'string' ? body.memberId : null,
      response: undefined,
      answeredAtMs: null,
      fault: null,
    }
    this.exchanges.add(recorded)
    this.members.heard(recorded)
    this.underWay.set(exchange, recorded)
    return recorded
  }

  numberOf(connection: Connection): number {
    const known = this.connections.get(connection)
    if (known !== undefined) return known
    this.connections.set(connection, ++this.connectionCount)
    return this.connectionCount
  }

  /** The machine has answered: the request has taken effect. */
  private answered(exchange: Exchange, recorded: Recorded, response: object | null): void {
    const fault = this.faults.find((each) => each.options.after && each.meets(recorded))
    if (fault === undefined) return this.letOut(exchange, recorded, response)
    recorded.fault = String(fault)
    this.carryOut(fault, exchange, recorded, () => this.letOut(exchange, recorded, response))
  }

  private letOut(exchange: Exchange, recorded: Recorded, response: object | null): void {
    recorded.response = withoutBatches(response) as Recorded['response']
    recorded.answeredAtMs = this.nowMs()
    this.answers.add(recorded)
    this.members.heard(recorded)
    this.underWay.delete(exchange)
    exchange.release(response)
    this.signal.raise()
  }

  /** `goOn` is what would have happened: the handling before its effect, the answer after it. */
  private carryOut({ action }: Fault, exchange: Exchange, recorded: Recorded, goOn: () => void): void {
    switch (action.kind) {
      case 'error':
        return this.letOut(exchange, recorded, errorResponse(exchange, action.code))
      case 'delay':
        setTimeout(() => this.guarded(exchange, goOn), action.ms)
        return
      case 'drop':
        return this.letOut(exchange, recorded, null)
      case 'disconnect':
        this.underWay.delete(exchange)
        return exchange.connection.close(`a fault that was set (${exchange.api.name})`)
      case 'malformed':
        exchange.raw = GARBAGE
        return this.letOut(exchange, recorded, {})
    }
  }

  /** Later, nobody above catches what a handler throws. */
  private guarded(exchange: Exchange, act: () => void): void {
    try {
      act()
    } catch (error) {
      this.defect(`${exchange.api.name} v${exchange.apiVersion}, delayed by a fault`, error)
      exchange.connection.close('it could not be handled')
    }
  }

  published(events: readonly unknown[], nowMs: number): void {
    this.events.add(events as readonly GroupEvent[], nowMs)
    this.signal.raise()
  }

  lacked(line: string): void {
    this.lacks.push(line)
  }

  closed(connection: Connection): void {
    this.members.closed(this.numberOf(connection))
    for (const exchange of [...this.underWay.keys()])
      if (exchange.connection === connection) this.underWay.delete(exchange)
    this.signal.raise()
  }
}
