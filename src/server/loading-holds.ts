// What keeps a machine from being loaded again for a while, and who or what waits until it is.

import type { ErrorCode } from '../protocol/errors.js'
import { type Asking, refuseAsking } from './ticket.js'

export class LoadingHolds {
  private count = 0
  private waiting: (() => void)[] = []

  get hasAny(): boolean {
    return this.count > 0
  }

  /** Holds until what it returns is called. */
  take(): () => void {
    this.count++
    let isTaken = true
    return () => {
      if (isTaken) this.count--
      isTaken = false
    }
  }

  /** Resolves when it is loaded, or will not be. */
  loaded(): Promise<void> {
    return new Promise((resolve) => this.whenOver(resolve))
  }

  whenOver(call: () => void): void {
    this.waiting.push(call)
  }

  /** Who asks is refused; what nobody asked is not lost: the machine hears it when it is loaded. */
  putOff<Event extends Asking>(event: Event, errorCode: ErrorCode, submit: (event: Event) => void): void {
    if (event.ticket === undefined) this.whenOver(() => submit(event))
    else refuseAsking(event, errorCode)
  }

  over(): void {
    for (const call of this.waiting.splice(0)) call()
  }
}
