// A sequence that differs made as short as it stays different: fast-check says what is simpler, and several are tried side
// by side.

import { type Command, steps as shrinkable } from './commands.js'

export interface Effort {
  readonly withinMs: number
  readonly atOnce: number
}

/** `differs` plays a sequence. Ends at one of which nothing smaller differs, or when the time is up. */
export async function shrink(
  commands: readonly Command[],
  differs: (commands: readonly Command[]) => Promise<boolean>,
  { withinMs, atOnce }: Effort,
): Promise<readonly Command[]> {
  const deadline = performance.now() + withinMs
  let least = commands
  while (performance.now() < deadline) {
    const found = await firstOf(smaller(least), differs, atOnce, deadline)
    if (found === null) break
    least = found
  }
  return least
}

/** What is left out first, then what is simpler. There are very many, so they are made as they are asked for. */
function* smaller(commands: readonly Command[]): Generator<readonly Command[]> {
  for (let size = Math.ceil(commands.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < commands.length; at += size) yield commands.toSpliced(at, size)
  for (const [i, each] of commands.entries()) if (each.do === 'damaged') yield commands.with(i, each.request)
  for (const { value } of shrinkable.shrink([...commands], undefined)) yield value
}

/** The first that passes, in their order; null when none does before the deadline. */
async function firstOf<T>(
  candidates: Iterable<T>,
  passes: (candidate: T) => Promise<boolean>,
  atOnce: number,
  deadline: number,
): Promise<T | null> {
  const tryAll = async (batch: readonly T[]) => {
    const passed = await Promise.all(batch.map(passes))
    return batch.find((_, i) => passed[i]) ?? null
  }
  let batch: T[] = []
  for (const candidate of candidates) {
    batch.push(candidate)
    if (batch.length < atOnce) continue
    const found = await tryAll(batch)
    if (found !== null || performance.now() > deadline) return found
    batch = []
  }
  return tryAll(batch)
}
