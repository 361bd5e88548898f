// Something again and again, until Ctrl+C or whatever else the signal stands for.

/** At once, and so long after each time is through. Resolves at the signal, between two times. */
export async function repeat(
  everyMs: number,
  signal: AbortSignal | undefined,
  work: () => Promise<void> | void,
): Promise<void> {
  const ended = endOf(signal)
  try {
    while (!ended.signal.aborted) {
      await work()
      await pause(everyMs, ended.signal)
    }
  } finally {
    ended.release()
  }
}

/** Aborted by `signal`, and by the first Ctrl+C; a second one ends the process as usual. */
export function endOf(signal: AbortSignal | undefined): { readonly signal: AbortSignal; release(): void } {
  const ending = new AbortController()
  const end = () => ending.abort()
  if (signal?.aborted === true) end()
  process.once('SIGINT', end)
  signal?.addEventListener('abort', end, { once: true })
  return {
    signal: ending.signal,
    release: () => {
      process.off('SIGINT', end)
      signal?.removeEventListener('abort', end)
    },
  }
}

/** Resolves early at the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
