// One raw connection of the load generator: frames out in any number, answers in, each of which must be the one that is due.

import { connect, type Socket } from 'node:net'
import { FrameSplitter } from '../../src/server/frames.js'
import type { Job } from './traffic.js'

const MAX_ANSWER_BYTES = 100 * 1024 * 1024

/** The oldest versions that every broker of today has, and most of yesterday: what is measured is not the header. */
export const PRODUCE_VERSION = 8
export const FETCH_VERSION = 11

export class Wire {
  readonly socket: Socket
  private due = 0
  private isClosed = false

  private constructor(socket: Socket, took: (frame: Buffer) => void) {
    this.socket = socket
    const frames = new FrameSplitter(MAX_ANSWER_BYTES)
    socket.on('data', (chunk: Buffer) => {
      frames.push(chunk)
      socket.cork()
      for (let frame = frames.next(); frame !== null; frame = frames.next()) {
        const correlationId = frame.readInt32BE()
        if (correlationId !== this.due) throw new Error(`answer ${correlationId}, where ${this.due} was due`)
        this.due++
        took(frame)
      }
      socket.uncork()
    })
    socket.on('error', (error) => {
      throw error
    })
    socket.on('close', () => {
      if (!this.isClosed) throw new Error('the broker closed the connection')
    })
  }

  close(): void {
    this.isClosed = true
    this.socket.destroy()
  }

  /** `took` gets every answer, in the order of requests, which are numbered from 0. */
  static async open(
    { host, port }: Pick<Job, 'host' | 'port'>,
    took: (frame: Buffer) => void,
  ): Promise<Wire> {
    const socket = connect({ host, port, noDelay: true })
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new Wire(socket, took)
  }
}
