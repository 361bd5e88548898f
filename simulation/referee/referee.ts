// The referee: it sits between the runtime and its machines and at the brokers' connections, sees every request, decision and
// answer, and knows the promises. It changes nothing. The first promise that is broken is kept for whoever runs the simulation.

import type { GroupRecord, ShardDecision } from '../../src/coordinator/types.js'
import type { LogDecision, LogEvent, LogRecord } from '../../src/log/types.js'
import type { Decision, Ticket } from '../../src/machine/decision.js'
import type { TimerKey } from '../../src/machine/timer-key.js'
import type { Context } from '../../src/metadata/image.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import type { AnyMachine } from '../../src/server/hosting.js'
import { groupRecords, logRecords } from '../../src/server/records.js'
import type { ServerTicket } from '../../src/server/ticket.js'
import type { Watch } from '../../src/simulation/watch.js'
import type { Trace } from '../trace.js'
import { Books } from './books.js'
import type { Broken, Fail } from './broken.js'
import type { SeenEvent } from './look.js'
import { PartitionRules, type ToldEnds } from './partitions.js'
import { ShardRules } from './shard.js'
import { type Asked, Tickets } from './tickets.js'

type Seen = SeenEvent | LogEvent | { readonly type: 'unload' }
type AnyDecision = Decision<unknown, TimerKey, unknown, unknown>

/** One log with the machine that was loaded from it last. */
interface Hosted {
  readonly log: string
  readonly books: Books
  /** Machines are numbered as they are made: the last one, and the one that was loaded last. */
  made: number
  machine: number
  /** Between the end of a machine and the loading of the next nothing is due. */
  isAtWork: boolean
  shard: ShardRules | null
  partitions: PartitionRules | null
  context: Context | null
}

const never = () => {
  throw new Error('for the form of records only')
}
const PARTITIONS = logRecords(never)
const SHARD = groupRecords(0, never)
/** What may stand in for an answer that was decided and taken back, or for one that nobody was there to decide. */
const RETRIABLE: readonly number[] = [
  ErrorCodes.NOT_COORDINATOR,
  ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCodes.NOT_LEADER_OR_FOLLOWER,
]

export class Referee implements Watch {
  broken: Broken | null = null
  /** Told of machines that could not be loaded. */
  onFatal: (log: string) => void = () => {}
  readonly tickets: Tickets
  private readonly logs = new Map<string, Hosted>()
  private readonly toldEnds: ToldEnds = new Map()
  /** Group -> the generation that somebody got an assignment of. */
  private readonly assigned = new Map<string, number>()
  private readonly trace: Trace
  private readonly fail: Fail

  constructor(trace: Trace) {
    this.trace = trace
    this.fail = (promise, detail) => {
      this.broken ??= { promise, detail }
    }
    this.tickets = new Tickets(this.fail)
  }

  made<Event, Rec>(log: string, machine: AnyMachine<Event, Rec>): AnyMachine<Event, Rec> {
    const hosted = this.hosted(log)
    const number = ++hosted.made
    const found: Rec[] = []
    hosted.isAtWork = false
    return {
      replay: (record) => {
        found.push(record)
        machine.replay(record)
      },
      step: (event, context) => {
        const seen = event as Seen
        if (number < hosted.machine && seen.type !== 'unload') {
          this.fail('a log has one machine', `${log}: an older one steps: ${seen.type}`)
        }
        if (seen.type === 'loaded') this.loaded(hosted, number, found, context, seen)
        hosted.isAtWork = seen.type !== 'unload'
        const decision = machine.step(event, context)
        this.stepped(hosted, number, seen, context, decision)
        return decision
      },
    }
  }

  private hosted(log: string): Hosted {
    let hosted = this.logs.get(log)
    if (hosted === undefined) {
      const books = new Books(log, this.fail)
      const empty = { shard: null, partitions: null, context: null }
      hosted = { log, books, made: 0, machine: 0, isAtWork: false, ...empty }
      this.logs.set(log, hosted)
    }
    return hosted
  }

  private loaded(
    hosted: Hosted,
    number: number,
    found: readonly unknown[],
    context: Context,
    { downSinceMs }: { readonly downSinceMs?: number },
  ): void {
    const { log, books } = hosted
    const isPartitions = log === PARTITIONS.log
    const shard = isPartitions ? null : new ShardRules(this.fail)
    const partitions = isPartitions ? new PartitionRules(this.toldEnds, this.fail) : null
    Object.assign(hosted, { machine: number, shard, partitions, context })
    const stored = new Map(
      found.map((record) => this.stored(hosted, record)).map(({ key, value }) => [key, value]),
    )
    this.trace.add(() => `${log} is loaded: ${stored.size} records`)
    this.tickets.loaded(log, number)
    books.loaded(stored)
    shard?.loaded(found as GroupRecord[], context, downSinceMs)
    partitions?.loaded(found as LogRecord[])
    for (const [groupId, generation] of shard === null ? [] : this.assigned) {
      const back = shard?.groups.get(groupId)
      if (back === undefined || back.generation >= generation) continue
      this.fail(
        'a generation that was assigned is not forgotten',
        `${groupId}: ${back.generation} after ${generation}`,
      )
    }
  }

  private stored({ log }: Hosted, record: unknown) {
    return log !== PARTITIONS.log
      ? SHARD.toStored(record as GroupRecord)
      : PARTITIONS.toStored(record as LogRecord)
  }

  private stepped(
    hosted: Hosted,
    machine: number,
    event: Seen,
    context: Context,
    decision: AnyDecision,
  ): void {
    const { log, books, shard, partitions } = hosted
    const order = books.decided(decision.records.map((record) => this.stored(hosted, record)))
    const isUnload = event.type === 'unload'
    if ('ticket' in event) this.tickets.handled(event.ticket as ServerTicket, log, machine)
    for (const { ticket, response } of decision.replies) {
      // what is answered when a machine is given up is not answered by what it decided
      this.tickets.decided(ticket as ServerTicket, log, machine, isUnload ? -1 : order, response)
    }
    if (event.type === 'dropTicket') this.tickets.dropped(event.dropped as ServerTicket)
    hosted.context = context
    if (isUnload) return
    for (const each of decision.events as { type: string }[]) this.trace.event(each)
    this.checkAnswered(event as { type: string; ticket?: Ticket }, decision)
    shard?.stepped(event as SeenEvent, context, decision as unknown as ShardDecision)
    partitions?.stepped(event as LogEvent, context, decision as unknown as LogDecision)
    this.forgetDeleted(decision.records)
  }

  private forgetDeleted(records: readonly unknown[]): void {
    for (const record of records as GroupRecord[]) {
      if (record.kind === 'GroupMetadata' && record.value === null) this.assigned.delete(record.groupId)
    }
  }

  /** Only these wait for others. */
  private checkAnswered({ type, ticket }: { type: string; ticket?: Ticket }, { replies }: AnyDecision): void {
    if (ticket === undefined || ['JoinGroup', 'SyncGroup', 'Fetch'].includes(type)) return
    if (replies.some((reply) => reply.ticket === ticket)) return
    this.fail('every request is answered', `${type} is not decided when it is handled`)
  }

  asked(ticket: ServerTicket, api: string, request: object): void {
    this.tickets.asked(ticket, api, request, this.trace.nowMs())
    this.trace.asked(ticket, api, request)
  }

  answered(ticket: ServerTicket, response: object): void {
    const asked = this.tickets.answered(ticket)
    if (asked === undefined) return
    this.trace.answered(ticket, asked.api, response)
    if (asked.order > 0) this.decisionLeft(asked, response)
    if (asked.response === response) this.told(asked, response)
  }

  private decisionLeft({ api, log, machine, order, response: decided }: Asked, response: object): void {
    const hosted = this.hosted(log ?? '')
    if (decided === response) {
      hosted.books.answered(order)
      return
    }
    if (machine === hosted.made) {
      this.fail('what is decided is answered, unless its machine is given up', `${api}: something else`)
    }
    const code = (response as { errorCode?: number }).errorCode
    if (code !== undefined && !RETRIABLE.includes(code)) {
      this.fail('what is taken back is answered with an error that clients retry', `${api}: ${code}`)
    }
  }

  private told({ api, log, request }: Asked, response: object): void {
    const { partitions, context } = this.hosted(log ?? '')
    if (partitions !== null && context !== null) partitions.answered(api, request, response, context)
    if (api !== 'SyncGroup' || (response as { errorCode: number }).errorCode !== ErrorCodes.NONE) return
    const { groupId, generationId } = request as { groupId: string; generationId: number }
    if (generationId > (this.assigned.get(groupId) ?? 0)) this.assigned.set(groupId, generationId)
  }

  fatal(log: string, error: unknown): void {
    this.trace.add(() => `${log} could not be loaded: ${error}`)
    this.onFatal(log)
  }

  defect(where: string, error: unknown): void {
    const { stack } = error as Error
    this.fail('no request and no timer breaks a machine', `${where}: ${stack ?? error}`)
  }

  crashed(): void {
    this.tickets.crashed()
  }

  /** Between events: what was due has happened. */
  check(brokerNowMs: number): void {
    this.tickets.check(this.trace.nowMs())
    for (const { isAtWork, shard } of this.logs.values()) if (isAtWork) shard?.check(brokerNowMs)
  }

  /** Of a partition, as it was decided. */
  endOffset(topicId: string, partition: number): number {
    return this.hosted(PARTITIONS.log).partitions?.endOffset(topicId, partition) ?? 0
  }
}
