// What a deadline hangs on. A machine makes a key and names it in its decisions; what is in it belongs to whoever carries them out
// (src/server/timers.ts), who so needs no table to find the deadline of a key.

/** Not among those that are armed. */
export const NOWHERE = -1

/** Compared by identity, and armed in one place only. A machine may add what it wants to know when it fires. */
export class TimerKey {
  /** @internal When it fires, in the time of who armed it. */
  deadline = 0
  /** @internal For when it is filed: never later than `deadline`. */
  filed = 0
  /** @internal Its place among those that are armed, by `filed`. */
  place = NOWHERE
  /** @internal Breaks ties: deadlines of the same moment fire in the order of their arming. */
  order = 0
  /** @internal What `order` was when it was filed. */
  filedOrder = 0
  /** @internal */
  fire: (key: TimerKey) => void = nothing
}

function nothing(): void {}
