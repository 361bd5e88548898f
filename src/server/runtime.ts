// The only place where effects happen. A Host runs one machine: it steps it, applies the decision's timers at once,
// appends its records, and lets replies and events go when those records, and all before them, are durable. Records
// that will never be durable take back everything stepped since: the machine is thrown away and loaded again.

import type { Decision, Reply, TimerChange } from '../machine/decision.js'
import { DISARM } from '../machine/decision.js'
import type { TimerKey } from '../machine/timer-key.js'
import { ErrorCodes } from '../protocol/errors.js'
import { AwaitingStore } from './awaiting-store.js'
import type { AnyMachine, Hosted, Surroundings } from './hosting.js'
import { replayStored } from './load.js'
import { LoadingHolds } from './loading-holds.js'
import { type Asking, refuseAsking, type ServerTicket } from './ticket.js'

type HostState = 'loading' | 'active' | 'failed' | 'stopped'

export class Host<Event extends Asking, Rec> {
  private machine: AnyMachine<Event, Rec>
  private readonly hosted: Hosted<Event, Rec>
  private readonly around: Surroundings
  private state: HostState = 'loading'
  /** Counts machines: what an earlier one armed or promised no longer counts. */
  private incarnation = 0
  private fire: (key: TimerKey) => void = () => {}
  private readonly queue: (Event | { type: 'timer'; key: TimerKey })[] = []
  private stepping = false
  /** Decisions whose records are not durable yet, and those behind them. Nothing is loaded again before they settle: it might miss them. */
  private readonly awaiting = new AwaitingStore({
    release: (decision, nowMs) => this.release(decision, nowMs),
    failed: (error) => {
      const isTold = this.around.isTold?.(error) === true
      this.takeBack(isTold ? null : `append failed (${error})`)
    },
    settled: () => this.reload(),
  })
  private mustReload = false
  private readonly holds = new LoadingHolds()

  constructor(hosted: Hosted<Event, Rec>, around: Surroundings) {
    this.hosted = hosted
    this.around = around
    this.machine = hosted.create()
  }

  /** Loads what the store has; with a store that answers at once the host is active, or has failed, on return. */
  start(): void {
    const { incarnation, machine, hosted, around } = this
    const isWanted = () => incarnation === this.incarnation && this.state === 'loading'
    let loading: Promise<void> | undefined
    try {
      loading = replayStored(machine, hosted, around.store, isWanted)
    } catch (error) {
      return this.failed(error)
    }
    if (loading === undefined) return this.activate()
    loading.then(() => isWanted() && this.activate()).catch((error) => isWanted() && this.failed(error))
  }

  private activate(): void {
    const { incarnation } = this
    this.state = 'active'
    this.fire = (key) => {
      if (incarnation === this.incarnation && this.state === 'active') this.run({ type: 'timer', key })
    }
    const { downSinceMs } = this.around
    this.run({ type: 'loaded', ...(incarnation === 0 && { downSinceMs }) } as never)
    this.noLongerLoading()
  }

  private noLongerLoading(): void {
    this.holds.over()
    this.around.loaded?.()
  }

  /** Whether it takes events: loaded, and not stopped. */
  get isActive(): boolean {
    return this.state === 'active'
  }

  /** Steps the machine now, or after the step in progress. */
  readonly submit = (event: Event): void => {
    if (this.state === 'active') this.run(event)
    else if (this.state === 'loading')
      this.holds.putOff(event, ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS, this.submit)
    else refuseAsking(event, ErrorCodes.NOT_COORDINATOR)
  }

  private run(event: Event | { type: 'timer'; key: TimerKey }): void {
    const isFirst = this.queue.length === 0 // while nothing is stepped, too, an exception may have left some there
    if (this.stepping || !isFirst) this.queue.push(event)
    if (this.stepping) return
    this.stepping = true
    try {
      if (isFirst) this.step(event)
      while (this.queue.length > 0) this.step(this.queue.shift() as typeof event)
    } finally {
      this.stepping = false
    }
  }

  private step(event: Event | { type: 'timer'; key: TimerKey }): void {
    const { around } = this
    const nowMs = around.clock.nowMs()
    const observed = around.observed()
    const commitsObserved = around.commitsObserved()
    const context = { nowMs, image: around.image(), observed, commitsObserved }
    let decision: Decision
    try {
      decision = this.machine.step(event, context) as Decision
    } catch (error) {
      around.defect(`${this.hosted.log}: ${event.type}`, error)
      if (event.type === 'loaded') return this.failed(error) // what is stored breaks it, and would again
      this.takeBack('the step was left half-done')
      return refuseAsking(event as Asking, ErrorCodes.UNKNOWN_SERVER_ERROR)
    }
    for (const change of decision.timers) this.applyTimer(change)
    const durable = this.append(decision)
    for (const call of decision.calls) around.call?.(call)
    if (durable === undefined && this.awaiting.isEmpty) this.release(decision, nowMs)
    else this.releaseWhenDurable(decision, durable, nowMs)
  }

  private applyTimer({ key, deadlineMs }: TimerChange<TimerKey>): void {
    if (deadlineMs === DISARM) this.around.timers.disarm(key)
    else this.around.timers.arm(key, deadlineMs, this.fire)
  }

  private append(decision: Decision): Promise<void> | undefined {
    if (decision.records.length === 0) return undefined
    const stored = decision.records.map((record) => this.hosted.toStored(record as Rec))
    try {
      return this.around.store.append(this.hosted.log, stored)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Events go first: an answer lets the next request in, whose events are later ones. */
  private release({ replies, events }: Decision, nowMs: number): void {
    if (events.length > 0) this.around.publish(events, nowMs)
    this.answer(replies)
  }

  private answer(replies: readonly Reply[]): void {
    for (const { ticket, response } of replies) {
      try {
        ;(ticket as ServerTicket).answer(response)
      } catch (error) {
        this.around.defect(`${this.hosted.log}: answer`, error)
      }
    }
  }

  private releaseWhenDurable(decision: Decision, durable: Promise<void> | undefined, nowMs: number): void {
    for (const { ticket } of decision.replies) (ticket as ServerTicket).decided()
    this.awaiting.add(decision, durable, nowMs)
  }

  /**
   * Its state is gone, as of a machine that has moved away: who waits is told NOT_COORDINATOR. Until what it returns is called,
   * and it is loaded again, it answers COORDINATOR_LOAD_IN_PROGRESS.
   */
  unload(why: string | null = null): () => void {
    if (this.state !== 'active' && this.state !== 'loading') return () => {}
    const release = this.holds.take()
    if (this.state === 'active') this.takeBack(why)
    else if (!this.mustReload) this.startOver()
    return () => {
      release()
      this.reload()
    }
  }

  /** Resolves when it is loaded, or will not be. */
  async loaded(): Promise<void> {
    if (this.state === 'loading') await this.holds.loaded()
  }

  /** What it had loaded so far is not what it will begin with. */
  private startOver(): void {
    this.incarnation++
    this.machine = this.hosted.create()
    this.mustReload = true
  }

  /** Nothing stepped since the last durable record has happened; whoever waits may try again. `why`: what went wrong, if it did. */
  private takeBack(why: string | null): void {
    if (why !== null) this.around.log(`${this.hosted.log}: ${why}; loading it again from the store`)
    const { machine: abandoned } = this
    const promised = this.awaiting.takeAll()
    const behind = this.queue.splice(0)
    const wasActive = this.state === 'active'
    this.startOver()
    if (wasActive) this.state = 'loading'
    for (const { replies } of promised) {
      for (const { ticket } of replies) (ticket as ServerTicket).refuse(ErrorCodes.NOT_COORDINATOR)
    }
    if (wasActive) this.answerParked(abandoned)
    for (const event of behind) {
      if (event.type !== 'timer') this.holds.putOff(event as Event, ErrorCodes.NOT_COORDINATOR, this.submit)
    }
    this.mustReload = wasActive
    this.reload()
  }

  private reload(): void {
    if (!this.mustReload || this.awaiting.unsettled > 0 || this.state !== 'loading' || this.holds.hasAny)
      return
    this.mustReload = false
    this.start()
  }

  private answerParked(machine: AnyMachine<Event, Rec>): void {
    const { clock, image } = this.around
    const context = { nowMs: clock.nowMs(), image: image(), observed: false, commitsObserved: false }
    try {
      this.answer(machine.step({ type: 'unload' }, context).replies)
    } catch (error) {
      this.around.defect(`${this.hosted.log}: unload`, error)
    }
  }

  private failed(error: unknown): void {
    this.state = 'failed'
    this.noLongerLoading()
    for (const event of this.queue.splice(0)) refuseAsking(event as Asking, ErrorCodes.NOT_COORDINATOR)
    this.around.fatal(this.hosted.log, error)
  }

  /** Answers what waits and takes no more. Resolves when all that was promised is durable and answered. */
  async stop(): Promise<void> {
    const wasActive = this.state === 'active'
    this.state = 'stopped' // an answer lets in the next request, which must not find who is being answered
    if (wasActive) this.answerParked(this.machine)
    this.noLongerLoading()
    await this.awaiting.drained()
  }
}
