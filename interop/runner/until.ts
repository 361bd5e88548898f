// Waiting for conditions: every wait has a limit, and says what was seen instead.

const LOOK_EVERY_MS = 10
export const LIMIT_MS = 30_000

/** A check did not see what it must: the message says what it saw instead. */
export class Failed extends Error {}

/** Resolves as soon as `condition` holds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  seen: () => string | Promise<string> = () => '',
  limitMs = LIMIT_MS,
): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Failed(`${what}: not within ${limitMs} ms. ${await seen()}`.trim())
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

export function expect(what: string, expected: unknown, seen: unknown): void {
  const [left, right] = [JSON.stringify(expected), JSON.stringify(seen)]
  if (left !== right) throw new Failed(`${what}: expected ${left}, saw ${right}`)
}
