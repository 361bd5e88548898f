// The runtime: what leaves when, and what happens when the store fails or a machine throws.

import { describe, expect, it } from 'vitest'
import { DISARM, type Machine } from '../../src/machine/decision.js'
import { TimerKey } from '../../src/machine/timer-key.js'
import { emptyImage } from '../../src/metadata/changes.js'
import type { Context } from '../../src/metadata/image.js'
import { DEFAULT_SETTINGS } from '../../src/metadata/settings.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { VirtualClock } from '../../src/server/clock.js'
import type { Surroundings } from '../../src/server/hosting.js'
import { Host } from '../../src/server/runtime.js'
import type { ServerTicket } from '../../src/server/ticket.js'
import { Timers } from '../../src/server/timers.js'
import { MemoryStore } from '../../src/store/memory.js'
import type { Store } from '../../src/store/store.js'
import { HeldStore } from '../helpers/held-store.js'

type Order =
  | { type: 'add'; ticket: ServerTicket; amount: number }
  | { type: 'read'; ticket: ServerTicket }
  | { type: 'park'; ticket: ServerTicket }
  | { type: 'alarm'; delayMs: number }
  | { type: 'throw'; ticket: ServerTicket }
  | { type: 'parkAndThrow'; ticket: ServerTicket }

/** A sum that no counter survives loading. */
const POISON = 666

/** A counter whose sum is durable; it can park requests, set an alarm, and break. */
function counter(): Machine<Order, Context, number, TimerKey> & { sum: number } {
  const alarm = new TimerKey()
  const parked: ServerTicket[] = []
  const machine = {
    sum: 0,
    replay: (sum: number) => {
      machine.sum = sum
    },
    step(event: Order | { type: 'timer' | 'loaded' | 'unload' }, { nowMs }: Context) {
      const decision = {
        records: [] as number[],
        replies: [] as never[],
        timers: [] as never[],
        calls: [],
        events: [] as unknown[],
      }
      const reply = (ticket: ServerTicket, response: object) =>
        decision.replies.push({ ticket, response } as never)
      switch (event.type) {
        case 'add':
          machine.sum += event.amount
          decision.records.push(machine.sum)
          decision.events.push(`sum ${machine.sum}`)
          reply(event.ticket, { sum: machine.sum })
          break
        case 'read':
          reply(event.ticket, { sum: machine.sum })
          break
        case 'park':
          parked.push(event.ticket)
          break
        case 'alarm':
          decision.timers.push({
            key: alarm,
            deadlineMs: event.delayMs < 0 ? DISARM : nowMs + event.delayMs,
          } as never)
          break
        case 'timer':
          for (const ticket of parked.splice(0)) reply(ticket, { alarm: nowMs })
          break
        case 'unload':
          for (const ticket of parked.splice(0)) reply(ticket, { unloaded: true })
          break
        case 'throw':
          machine.sum = Number.NaN
          throw new Error('broken')
        case 'parkAndThrow':
          parked.push(event.ticket)
          throw new Error('broken')
        case 'loaded':
          if (machine.sum === POISON) throw new Error('poisoned')
          break
      }
      return decision
    },
  }
  return machine
}

class Ticket implements ServerTicket {
  readonly apiVersion = 0
  readonly clientId = null
  readonly clientHost = ''
  isDecided = false
  answered: object | undefined
  onAnswer: () => void = () => {}
  get isAnswered(): boolean {
    return this.answered !== undefined
  }
  decided(): void {
    this.isDecided = true
  }
  answer(response: object): void {
    if (this.answered !== undefined) throw new Error('answered twice')
    this.isDecided = true
    this.answered = response
    this.onAnswer()
  }
  refuse(errorCode: number): void {
    this.answer({ errorCode })
  }
}

function setUp(store: Store = new MemoryStore()) {
  const clock = new VirtualClock(1000)
  const published: unknown[] = []
  const lines: string[] = []
  const image = emptyImage('c', [], DEFAULT_SETTINGS)
  const around: Surroundings = {
    clock,
    timers: new Timers(clock),
    store,
    image: () => image,
    observed: () => true,
    commitsObserved: () => true,
    publish: (events) => published.push(...events),
    defect: (where, error) => lines.push(`defect ${where} ${error}`),
    fatal: (where, error) => lines.push(`fatal ${where} ${error}`),
    log: (line) => lines.push(line),
  }
  const host = new Host<Order, number>(
    {
      log: 'counter',
      create: counter,
      toStored: (sum) => ({ key: 'sum', value: sum }),
      fromStored: ({ value }) => value as number,
    },
    around,
  )
  host.start()
  const ask = (order: { type: string; amount?: number }, ticket = new Ticket()) => {
    host.submit({ ...order, ticket } as Order)
    return ticket
  }
  return { clock, host, around, published, lines, ask }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a host', () => {
  it('answers at once where records are durable at once', () => {
    const { ask, published } = setUp()
    expect(ask({ type: 'add', amount: 2 }).answered).toEqual({ sum: 2 })
    expect(published).toEqual(['sum 2'])
  })

  it('answers nothing before it is durable, not even what only reads, and in order', async () => {
    const store = new HeldStore()
    const { ask, published } = setUp(store)
    const tickets = [ask({ type: 'add', amount: 1 }), ask({ type: 'read' }), ask({ type: 'add', amount: 1 })]
    expect(tickets.map(({ isDecided }) => isDecided)).toEqual([true, true, true])
    store.held[1]?.succeed()
    await turn()
    expect(tickets.map(({ answered }) => answered)).toEqual([undefined, undefined, undefined])
    expect(published).toEqual([])
    store.held[0]?.succeed()
    await turn()
    expect(tickets.map(({ answered }) => answered)).toEqual([{ sum: 1 }, { sum: 1 }, { sum: 2 }])
    expect(published).toEqual(['sum 1', 'sum 2'])
  })

  it('applies timers in the same turn, durable or not, and fires them once', () => {
    const { ask, clock, host } = setUp(new HeldStore())
    ask({ type: 'add', amount: 1 })
    const parked = ask({ type: 'park' })
    host.submit({ type: 'alarm', delayMs: 50 })
    clock.advance(49)
    expect(parked.isDecided).toBe(false)
    clock.advance(1)
    expect(parked.isDecided).toBe(true)
  })

  it('takes back everything after a failed append, answers who waits, and goes on from what is durable', async () => {
    const store = new HeldStore()
    const { ask, published, lines, host, clock } = setUp(store)
    const first = ask({ type: 'add', amount: 1 })
    store.held[0]?.succeed()
    await turn()
    const lost = [ask({ type: 'add', amount: 10 }), ask({ type: 'read' })]
    const parked = ask({ type: 'park' })
    host.submit({ type: 'alarm', delayMs: 50 })
    store.held[1]?.fail()
    await turn()
    expect(first.answered).toEqual({ sum: 1 })
    expect(lost.map(({ answered }) => answered)).toEqual([
      { errorCode: E.NOT_COORDINATOR },
      { errorCode: E.NOT_COORDINATOR },
    ])
    expect(parked.answered).toEqual({ unloaded: true })
    expect(published).toEqual(['sum 1'])
    expect(lines).toEqual(['counter: append failed (Error: disk full); loading it again from the store'])
    expect(ask({ type: 'read' }).answered).toEqual({ sum: 1 })
    const later = ask({ type: 'park' })
    clock.advance(100) // the alarm belonged to what was taken back
    expect(later.answered).toBeUndefined()
  })

  it('refuses while it loads, and for good when it cannot', async () => {
    const store = new HeldStore()
    const { ask, lines } = setUp(store)
    ask({ type: 'add', amount: 1 })
    store.failLoad = true
    store.held[0]?.fail()
    await turn()
    expect(lines.at(-1)).toBe('fatal counter Error: unreadable')
    expect(ask({ type: 'read' }).answered).toEqual({ errorCode: E.NOT_COORDINATOR })
  })

  it('says that it is loading as long as the store takes', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow: Store = {
      async *load() {
        yield { key: 'sum', value: 5 }
        await gate
        yield { key: 'sum', value: 7 }
      },
      append: () => undefined,
      close: async () => {},
    }
    const { ask } = setUp(slow)
    expect(ask({ type: 'read' }).answered).toEqual({ errorCode: E.COORDINATOR_LOAD_IN_PROGRESS })
    release()
    await turn()
    expect(ask({ type: 'read' }).answered).toEqual({ sum: 7 })
  })

  it('hears what nobody asked when it is loaded', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow: Store = {
      async *load() {
        await gate
        yield { key: 'sum', value: 7 }
      },
      append: () => undefined,
      close: async () => {},
    }
    const { ask, host, clock } = setUp(slow)
    host.submit({ type: 'alarm', delayMs: 10 })
    release()
    await turn()
    const parked = ask({ type: 'park' })
    clock.advance(10)
    expect(parked.answered).toMatchObject({ alarm: expect.any(Number) })
  })

  it('takes back the step of a machine that throws, and says so loudly', () => {
    const { ask, lines } = setUp()
    ask({ type: 'add', amount: 3 })
    expect(ask({ type: 'throw' }).answered).toEqual({ errorCode: E.UNKNOWN_SERVER_ERROR })
    expect(lines[0]).toBe('defect counter: throw Error: broken')
    expect(ask({ type: 'read' }).answered).toEqual({ sum: 3 })
  })

  it('answers the request of a broken step once, parked or not', () => {
    const { ask, lines } = setUp()
    expect(ask({ type: 'parkAndThrow' }).answered).toEqual({ unloaded: true })
    expect(lines.filter((line) => line.startsWith('defect'))).toHaveLength(1)
  })

  it('refuses what stood behind a broken step', () => {
    const { ask } = setUp()
    const behind: Ticket[] = []
    const ticket = new Ticket()
    ticket.onAnswer = () => behind.push(ask({ type: 'throw' }), ask({ type: 'add', amount: 1 }))
    ask({ type: 'add', amount: 2 }, ticket)
    expect(behind.map(({ answered }) => answered)).toEqual([
      { errorCode: E.UNKNOWN_SERVER_ERROR },
      { errorCode: E.NOT_COORDINATOR },
    ])
    expect(ask({ type: 'read' }).answered).toEqual({ sum: 2 })
  })

  it('loads again only when no append is on its way any more, and has what those made durable', async () => {
    const store = new HeldStore()
    const { ask } = setUp(store)
    const lost = [ask({ type: 'add', amount: 1 }), ask({ type: 'add', amount: 10 })]
    store.held[0]?.fail()
    await turn()
    expect(lost.map(({ answered }) => answered)).toEqual([
      { errorCode: E.NOT_COORDINATOR },
      { errorCode: E.NOT_COORDINATOR },
    ])
    expect(ask({ type: 'read' }).answered).toEqual({ errorCode: E.COORDINATOR_LOAD_IN_PROGRESS })
    store.held[1]?.succeed()
    await turn()
    expect(ask({ type: 'read' }).answered).toEqual({ sum: 11 })
  })

  it('gives up when what is stored breaks it at every load', () => {
    const { ask, lines } = setUp()
    ask({ type: 'add', amount: POISON })
    ask({ type: 'throw' })
    expect(lines.at(-1)).toBe('fatal counter Error: poisoned')
    expect(ask({ type: 'read' }).answered).toEqual({ errorCode: E.NOT_COORDINATOR })
  })

  it('publishes what happened before the answer lets the next request in', () => {
    const { ask, published } = setUp()
    const ticket = new Ticket()
    ticket.onAnswer = () => expect(published).toEqual(['sum 1'])
    ask({ type: 'add', amount: 1 }, ticket)
    expect(ticket.isAnswered).toBe(true)
  })

  it('steps what a defect of who watches left in the queue before what comes later', () => {
    const { ask, around, published } = setUp()
    const publish = around.publish
    around.publish = (events, nowMs) => {
      publish(events, nowMs)
      if (published.length === 2) throw new Error('a listener is broken')
    }
    const ticket = new Ticket()
    ticket.onAnswer = () => {
      ask({ type: 'add', amount: 10 })
      ask({ type: 'add', amount: 100 })
    }
    expect(() => ask({ type: 'add', amount: 1 }, ticket)).toThrow('broken')
    expect(ask({ type: 'add', amount: 1000 }).answered).toEqual({ sum: 1111 })
    expect(published).toEqual(['sum 1', 'sum 11', 'sum 111', 'sum 1111'])
  })

  // npm run simulate, seed 50: a LeaveGroup behind a parked JoinGroup made the machine answer that a second time
  it('is stopped for the request that the answer to a parked one lets in', async () => {
    const { ask, host } = setUp()
    const parked = ask({ type: 'park' })
    const behind = new Ticket()
    parked.onAnswer = () => ask({ type: 'read' }, behind)
    await host.stop()
    expect(parked.answered).toEqual({ unloaded: true })
    expect(behind.answered).toEqual({ errorCode: E.NOT_COORDINATOR })
  })

  it('stays stopped when an append fails while it stops', async () => {
    const store = new HeldStore()
    const { ask, host } = setUp(store)
    const added = ask({ type: 'add', amount: 1 })
    const stopped = host.stop()
    store.held[0]?.fail()
    await stopped
    expect(added.answered).toEqual({ errorCode: E.NOT_COORDINATOR })
    await turn()
    expect(ask({ type: 'read' }).answered).toEqual({ errorCode: E.NOT_COORDINATOR })
  })

  it('answers what waits when it stops, after what it promised', async () => {
    const store = new HeldStore()
    const { ask, host } = setUp(store)
    const added = ask({ type: 'add', amount: 1 })
    const parked = ask({ type: 'park' })
    const stopped = host.stop()
    expect(parked.answered).toEqual({ unloaded: true })
    store.held[0]?.succeed()
    await stopped
    expect(added.answered).toEqual({ sum: 1 })
    expect(ask({ type: 'read' }).answered).toEqual({ errorCode: E.NOT_COORDINATOR })
  })
})
