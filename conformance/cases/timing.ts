// How long something took.

/** How long it took to be answered, in ms. */
export async function timed<T>(answer: Promise<T>): Promise<{ value: T; ms: number }> {
  const begunAt = performance.now()
  const value = await answer
  return { value, ms: performance.now() - begunAt }
}

export const within = (ms: number, least: number, most: number) => ms >= least && ms <= most
