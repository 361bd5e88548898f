// When what runs out. A member's short timeouts, and the pauses in which they run out, are chosen so that no timer fires
// near the end of a pause, even one that another timer armed: with S and R for the two timeouts, timers that were armed
// before a pause fire (or make others fire) S, 2S, R, 3S, S+R, 2S+R, 2R or 2R+S after it began, at most one window earlier.

import type { Step, Timeouts } from './commands.js'

const SESSION_MS = 2000
const REBALANCE_MS = 5000
/** Of all others: longer than any sequence. */
const LONG_MS = 600_000
/** Between S+R and 2S+R: members are gone and generations are complete, but not all of it is over. */
const PAUSE_MS = 7400
/** After 2R+S: nothing is armed any more. */
const LONG_PAUSE_MS = 12_700
/** How long the requests between two pauses may take, else a timer may have fired too early. */
export const WINDOW_MS = 700

export function timeoutsOf(timeouts: Timeouts): { sessionTimeoutMs: number; rebalanceTimeoutMs: number } {
  const shortSession = timeouts === 'short session' || timeouts === 'both short'
  const shortRebalance = timeouts === 'short rebalance' || timeouts === 'both short'
  return {
    sessionTimeoutMs: shortSession ? SESSION_MS : LONG_MS,
    rebalanceTimeoutMs: shortRebalance ? REBALANCE_MS : LONG_MS,
  }
}

/** A pause after a short one is long, whatever it says: what the first has left over must not fire near its end. */
export function pauseMs(steps: readonly Step[], at: number): number {
  const step = steps[at] as Step
  if (step.do !== 'pause' || step.isLong) return LONG_PAUSE_MS
  const before = steps.findLastIndex((each, i) => i < at && each.do === 'pause')
  return before >= 0 && pauseMs(steps, before) === PAUSE_MS ? LONG_PAUSE_MS : PAUSE_MS
}
