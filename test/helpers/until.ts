// Waiting for a condition in real time: only for tests with real clients.

/** Resolves as soon as `condition` holds; rejects with what was seen instead. */
export async function until(
  what: string,
  condition: () => boolean,
  timeoutMs = 20_000,
  seen = () => '',
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms. ${seen()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
