// What happened in a run, line by line, in virtual time: its end is kept to be read, and a hash of all of it tells whether two
// runs were the same.

import type { ServerTicket } from '../src/server/ticket.js'
import { show } from './values.js'

/** Lines kept for whoever reads what went wrong. */
const KEPT_LINES = 3000

export class Trace {
  readonly nowMs: () => number
  /** Gets every line, from the first. */
  all: ((line: string) => void) | null = null
  private lines: string[] = []
  private hash = 0x811c9dc5
  private hash2 = 0x9e3779b9

  constructor(nowMs: () => number) {
    this.nowMs = nowMs
  }

  add(text: () => string): void {
    const line = `${this.nowMs().toFixed(3).padStart(11)} ${text()}`
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i)
      this.hash = Math.imul(this.hash ^ code, 0x01000193)
      this.hash2 = Math.imul(this.hash2 ^ code, 0x85ebca6b)
    }
    this.all?.(line)
    this.lines.push(line)
    if (this.lines.length >= 2 * KEPT_LINES) this.lines = this.lines.slice(-KEPT_LINES)
  }

  event({ type, ...rest }: { readonly type: string }): void {
    if (type !== 'committed') this.add(() => `  ${type} ${words(rest)}`)
  }

  asked(ticket: ServerTicket, api: string, request: object): void {
    if (QUIET.has(api)) return
    this.add(() => `${who(ticket)} -> ${api} v${ticket.apiVersion} ${words(request)}`)
  }

  answered(ticket: ServerTicket, api: string, response: object): void {
    if (QUIET.has(api)) return
    this.add(() => `${who(ticket)} <- ${api} ${words(response)}`)
  }

  /** The last ones, oldest first. */
  tail(count = KEPT_LINES): string[] {
    return this.lines.slice(-count)
  }

  get fingerprint(): string {
    return [this.hash, this.hash2].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }
}

/** Asked for all the time, and of no interest to groups. */
const QUIET = new Set(['Fetch', 'Metadata', 'ListOffsets', 'FindCoordinator'])

const who = ({ clientHost }: ServerTicket) => clientHost.slice(1)

/** name=value of what is not empty. */
function words(message: object): string {
  const parts: string[] = []
  for (const [name, value] of Object.entries(message)) {
    if (value === null || value === '' || value === undefined || name === 'throttleTimeMs') continue
    if (Array.isArray(value) && value.length === 0) continue
    parts.push(`${name}=${typeof value === 'object' ? show(value) : value}`)
  }
  return parts.join(' ')
}
