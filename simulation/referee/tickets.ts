// Requests on their way: each is decided once and answered once, with what was decided unless that was taken back, and none is
// forgotten.

import type { ServerTicket } from '../../src/server/ticket.js'
import { show } from '../values.js'
import type { Fail } from './broken.js'

export interface Asked {
  readonly api: string
  readonly request: object
  readonly askedMs: number
  /** Who decided it, and as which of its machines. */
  log: string | null
  machine: number
  /** 0: not decided. */
  order: number
  response: object | null
}

/** A request that waits for others is answered by then, any other one much sooner: disks and loads stall for seconds here. */
const PATIENCE_MS: Readonly<Record<string, number>> = { JoinGroup: 120_000, SyncGroup: 120_000 }
const OTHERS_PATIENCE_MS = 30_000

export class Tickets {
  private readonly open = new Map<ServerTicket, Asked>()
  private readonly fail: Fail

  constructor(fail: Fail) {
    this.fail = fail
  }

  asked(ticket: ServerTicket, api: string, request: object, askedMs: number): void {
    this.open.set(ticket, { api, request, askedMs, log: null, machine: 0, order: 0, response: null })
  }

  of(ticket: ServerTicket): Asked | undefined {
    return this.open.get(ticket)
  }

  /** It has come to a machine, which decides it now or keeps it. */
  handled(ticket: ServerTicket, log: string, machine: number): void {
    const asked = this.open.get(ticket)
    if (asked !== undefined) Object.assign(asked, { log, machine })
  }

  /** The machines before this one are gone: nobody is left who could decide what they kept. */
  loaded(log: string, machine: number): void {
    for (const asked of this.open.values()) {
      if (asked.log !== log || asked.machine >= machine || asked.order > 0) continue
      this.fail('who waits in a machine that is given up is told', `${log}: ${asked.api}`)
    }
  }

  decided(ticket: ServerTicket, log: string, machine: number, order: number, response: object): void {
    const asked = this.open.get(ticket)
    if (asked === undefined) {
      const what = `${log} decides again: ${show(response)}`
      return this.fail('a request is answered once', what)
    }
    if (asked.order > 0) {
      return this.fail('a request is decided once', `${asked.api} is decided again: ${ticket.clientId}`)
    }
    Object.assign(asked, { log, machine, order, response })
  }

  /** Undefined when it was answered before. */
  answered(ticket: ServerTicket): Asked | undefined {
    const asked = this.open.get(ticket)
    this.open.delete(ticket)
    if (asked === undefined) this.fail('a request is answered once', `a second answer to ${ticket.clientId}`)
    return asked
  }

  /** Its connection is lost: of a Fetch nothing is left. */
  dropped(ticket: ServerTicket): void {
    const asked = this.open.get(ticket)
    if (asked?.api === 'Fetch' && asked.order === 0) this.open.delete(ticket)
  }

  /** The process that had them is gone. */
  crashed(): void {
    this.open.clear()
  }

  check(nowMs: number): void {
    for (const { api, askedMs, order } of this.open.values()) {
      if (nowMs - askedMs < (PATIENCE_MS[api] ?? OTHERS_PATIENCE_MS)) return
      const what = order > 0 ? 'was decided and did not leave' : 'is not decided'
      this.fail('every request is answered', `${api} of ${(nowMs - askedMs) / 1000} s ago ${what}`)
    }
  }
}
