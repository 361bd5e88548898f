// A request that several shards answer together: one inner ticket per part, and one answer when all parts are there.

import type { ErrorCode } from '../protocol/errors.js'
import type { ServerTicket } from './ticket.js'

export class Gather {
  private readonly whole: ServerTicket
  private readonly respond: () => object
  private undecided: number
  private unanswered: number

  /** `respond` makes the answer once `parts` tickets are answered. No part at all is answered at once. */
  constructor(whole: ServerTicket, parts: number, respond: () => object) {
    this.whole = whole
    this.respond = respond
    this.undecided = parts
    this.unanswered = parts
    if (parts === 0) whole.answer(respond())
  }

  /** The ticket of one part: `take` gets its answer, `refuse` the error when its coordinator cannot act. */
  part(take: (response: object) => void, refuse: (errorCode: ErrorCode) => void): ServerTicket {
    const { apiVersion, clientId, clientHost } = this.whole
    let isDecided = false
    let isAnswered = false
    const decided = () => {
      if (isDecided) return
      isDecided = true
      if (--this.undecided === 0) this.whole.decided()
    }
    const done = () => {
      isAnswered = true
      if (--this.unanswered === 0) this.whole.answer(this.respond())
      else decided()
    }
    return {
      apiVersion,
      clientId,
      clientHost,
      get isAnswered() {
        return isAnswered
      },
      decided,
      answer: (response) => {
        take(response)
        done()
      },
      refuse: (errorCode) => {
        refuse(errorCode)
        done()
      },
    }
  }
}
