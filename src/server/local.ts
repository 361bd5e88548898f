// Requests from within the process: asked of a machine as a connection would, answered by a promise.

import { type ErrorCode, errorName } from '../protocol/errors.js'
import type { ServerTicket } from './ticket.js'

/** The machine cannot act: its coordinator loads, or is gone. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly errorCode: ErrorCode

  constructor(errorCode: ErrorCode) {
    super(`refused with ${errorName(errorCode)}`)
    this.errorCode = errorCode
  }
}

const CLIENT_ID = 'testkit'
const CLIENT_HOST = '/in-process'

/** Rejects with Refused. */
export function ask<T>(apiVersion: number, submit: (ticket: ServerTicket) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let isAnswered = false
    submit({
      apiVersion,
      clientId: CLIENT_ID,
      clientHost: CLIENT_HOST,
      get isAnswered() {
        return isAnswered
      },
      decided: () => {},
      answer: (response) => {
        isAnswered = true
        resolve(response as T)
      },
      refuse: (errorCode) => {
        isAnswered = true
        reject(new Refused(errorCode))
      },
    })
  })
}
