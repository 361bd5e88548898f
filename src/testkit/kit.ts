// The monitor of a broker under test: it keeps what was asked and what happened, puts faults in the way, and raises a signal
// when something has changed.

import type { GroupEvent } from '../coordinator/types.js'
import { Monitor } from '../monitor/monitor.js'
import { EventLog } from '../observe/events.js'
import { ExchangeLog, type RecordedExchange, withoutBatches } from '../observe/exchanges.js'
import type { Journal } from '../observe/journal.js'
import type { TopicName } from '../observe/named.js'
import type { ErrorCode } from '../protocol/errors.js'
import type { Connection } from '../server/connection.js'
import type { Exchange } from '../server/exchange.js'
import { Delays } from './delays.js'
import { errorPlan } from './error-plan.js'
import { Fault, type FaultOptions } from './faults.js'
import { Members } from './members.js'
import { Signal } from './signal.js'
import { Promises } from './verify.js'

/** What no client can decode: a string that is longer than the frame, whatever field it is. */
const GARBAGE = Buffer.from('7fffffff7fffffff7fffffffff', 'hex')

export interface KitSurroundings {
  readonly nowMs: () => number
  /** Of waits, unless told otherwise. */
  readonly timeoutMs: number
  readonly topicName: TopicName
  readonly defect: (where: string, error: unknown) => void
}

export class Kit extends Monitor {
  override readonly seesCommits = true
  readonly signal = new Signal()
  readonly delays = new Delays()
  readonly events = new EventLog()
  readonly exchanges = new ExchangeLog()
  /** The same in the order of their answers: a parked request is behind what was answered meanwhile. */
  readonly answers = new ExchangeLog()
  readonly members = new Members()
  readonly promises = new Promises()
  /** APIs and versions that were asked for and are not handled, one line each. */
  readonly lacks: string[] = []
  readonly faults: Fault[] = []
  /** Those that were set and taken away too. */
  readonly allFaults: Fault[] = []
  /** Requests without an answer. */
  readonly underWay = new Map<Exchange, RecordedExchange>()
  private readonly surroundings: KitSurroundings

  constructor(journal: Journal, surroundings: KitSurroundings) {
    super(journal, surroundings.nowMs)
    this.surroundings = surroundings
  }

  /** Throws ConfigError for an option that cannot be. */
  fault(options: FaultOptions): Fault {
    const { signal } = this
    const { timeoutMs, topicName } = this.surroundings
    const seen = () => this.exchanges.of(undefined, {})
    const remove = (removed: Fault) => {
      const at = this.faults.indexOf(removed)
      if (at >= 0) this.faults.splice(at, 1)
    }
    const isSet = (one: Fault) => this.faults.includes(one)
    const fault = new Fault(options, { signal, timeoutMs, topicName, seen, isSet, remove })
    this.faults.push(fault)
    this.allFaults.push(fault)
    return fault
  }

  protected override record(exchange: Exchange): RecordedExchange {
    const recorded = super.record(exchange)
    const kept = { ...recorded, body: withoutBatches(recorded.body) as RecordedExchange['body'] }
    this.exchanges.add(kept)
    this.members.heard(kept)
    this.underWay.set(exchange, kept)
    return kept
  }

  protected override carryOut(exchange: Exchange, recorded: RecordedExchange): void {
    const fault = this.faults.find((each) => !each.options.after && each.meets(recorded))
    if (fault === undefined) return exchange.handle()
    recorded.fault = String(fault)
    this.tamper(fault, exchange, recorded, () => exchange.handle())
  }

  protected override answered(exchange: Exchange, recorded: RecordedExchange, response: object | null): void {
    const fault = this.faults.find((each) => each.options.after && each.meets(recorded))
    if (fault === undefined) return this.letOut(exchange, recorded, response)
    recorded.fault = String(fault)
    this.tamper(fault, exchange, recorded, () => this.letOut(exchange, recorded, response), response)
  }

  protected override finished(exchange: Exchange, recorded: RecordedExchange): void {
    super.finished(exchange, recorded)
    recorded.response = withoutBatches(recorded.response) as RecordedExchange['response']
    this.answers.add(recorded)
    this.promises.answered(recorded)
    this.members.heard(recorded)
    this.underWay.delete(exchange)
    this.signal.raise()
  }

  /**
   * `goOn` is what would have happened: the handling before its effect, the answer after it. `real` is that answer; undefined
   * before the effect.
   */
  private tamper(
    fault: Fault,
    exchange: Exchange,
    recorded: RecordedExchange,
    goOn: () => void,
    real?: object | null,
  ): void {
    const { action } = fault
    const wantsNoAnswer = recorded.api === 'Produce' && recorded.body.acks === 0
    // Kafka has no other way to tell an error of such a request.
    if (wantsNoAnswer && (action.kind === 'error' || action.kind === 'malformed'))
      return this.disconnect(exchange)
    switch (action.kind) {
      case 'error':
        return this.fail(fault, action.code, exchange, recorded, goOn, real)
      case 'delay':
        this.delays.after(action.ms, () => this.guarded(exchange, goOn))
        return
      case 'drop':
        return this.letOut(exchange, recorded, null)
      case 'disconnect':
        return this.disconnect(exchange)
      case 'malformed':
        exchange.raw = GARBAGE
        return this.letOut(exchange, recorded, {})
    }
  }

  private disconnect(exchange: Exchange): void {
    this.underWay.delete(exchange)
    exchange.connection.close(`a fault that was set (${exchange.api.name})`)
  }

  private fail(
    fault: Fault,
    code: ErrorCode,
    exchange: Exchange,
    recorded: RecordedExchange,
    goOn: () => void,
    real?: object | null,
  ): void {
    const { api, version } = recorded
    const { body } = exchange
    const { rest, put } = errorPlan({ api, version, body }, fault, code, this.surroundings.topicName)
    if (real !== undefined) return this.letOut(exchange, recorded, real === null ? null : put(real))
    if (rest === null) return this.letOut(exchange, recorded, put({}))
    exchange.body = rest
    exchange.taker = {
      take: (_, answer) => this.letOut(exchange, recorded, answer === null ? null : put(answer)),
    }
    goOn()
  }

  /** Later, nobody above catches what a handler throws. */
  private guarded(exchange: Exchange, act: () => void): void {
    try {
      act()
    } catch (error) {
      this.surroundings.defect(`${exchange.api.name} v${exchange.apiVersion}, delayed by a fault`, error)
      exchange.connection.close('it could not be handled')
    }
  }

  override published(events: readonly unknown[], nowMs: number): void {
    super.published(events, nowMs)
    this.events.add(events as readonly GroupEvent[], nowMs)
    for (const { type, groupId } of events as readonly GroupEvent[])
      if (type === 'group-removed') this.promises.forget(groupId)
    this.signal.raise()
  }

  /** Nothing of what was is remembered. */
  forget(): void {
    for (const fault of [...this.faults]) fault.remove()
    for (const log of [this.exchanges, this.answers, this.events, this.journal]) log.clear()
    for (const list of [this.lacks, this.allFaults]) list.length = 0
    this.promises.forget()
  }

  override loaded(): void {
    this.signal.raise()
  }

  /** What waits ends, with what is to be seen now; what is held up is let go. Before the broker stops. */
  async end(): Promise<void> {
    await this.signal.end()
    this.delays.end()
  }

  override lacked(line: string): void {
    super.lacked(line)
    this.lacks.push(line)
  }

  override closed(connection: Connection): void {
    super.closed(connection)
    this.members.closed(this.numberOf(connection))
    for (const exchange of [...this.underWay.keys()])
      if (exchange.connection === connection) this.underWay.delete(exchange)
    this.signal.raise()
  }
}
