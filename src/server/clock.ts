// With os-timers.ts the only file that touches the clock. A Clock tells the time and wakes one sleeper; timers.ts makes many deadlines
// of it. The virtual one moves when told to, for tests.

import { clearTimeout, MAX_DELAY_MS, setTimeout, sinceStartMs, startedAtMs } from './os-timers.js'

export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number
  /** Calls `wake` once at or after `atMs`, replacing what was set before; null clears it. */
  wakeAt(atMs: number | null, wake: () => void): void
  /** Until `goOn` it stays what it is: what one read of a socket brings happens at one moment, and asks for the time once. */
  stand?(): void
  goOn?(): void
}

export class RealClock implements Clock {
  private timer: NodeJS.Timeout | undefined
  private standing = false
  private standsAtMs: number | null = null

  /** Steady: it does not jump when the machine's clock is set, or sessions would run out with it. */
  nowMs(): number {
    if (this.standsAtMs !== null) return this.standsAtMs
    const nowMs = Math.floor(startedAtMs + sinceStartMs())
    if (this.standing) this.standsAtMs = nowMs
    return nowMs
  }

  stand(): void {
    this.standing = true
  }

  goOn(): void {
    this.standing = false
    this.standsAtMs = null
  }

  wakeAt(atMs: number | null, wake: () => void): void {
    clearTimeout(this.timer)
    if (atMs === null) return
    this.timer = setTimeout(wake, Math.min(Math.max(atMs - this.nowMs(), 0), MAX_DELAY_MS))
  }
}

export class VirtualClock implements Clock {
  private now: number
  private atMs: number | null = null
  private wake: () => void = () => {}

  constructor(startMs = 0) {
    this.now = startMs
  }

  nowMs(): number {
    return this.now
  }

  wakeAt(atMs: number | null, wake: () => void): void {
    this.atMs = atMs
    this.wake = wake
  }

  /** When it has to wake somebody, or null. */
  get nextMs(): number | null {
    return this.atMs
  }

  /** Moves on, stopping at every deadline on the way, those included that are set meanwhile. */
  advance(byMs: number): void {
    const end = this.now + byMs
    while (this.atMs !== null && this.atMs <= end) {
      this.now = Math.max(this.now, this.atMs)
      this.atMs = null
      this.wake()
    }
    this.now = end
  }
}
