// Timers and the time since the start as the process has them, taken when this is loaded: a test that fakes them afterwards fakes its
// application's, not the broker's and not its own waits.

export const { setTimeout, clearTimeout, setImmediate } = globalThis
/** Steady, ms with fractions. */
export const sinceStartMs: () => number = performance.now.bind(performance)
export const startedAtMs: number = performance.timeOrigin
/** The longest delay of a timer; a longer one would fire at once. */
export const MAX_DELAY_MS = 0x7fffffff
