// Lists of names that many entries and members have alike: protocols, topics, partitions. Whoever keeps one is given the list of the
// time before.

export const NO_NAMES: readonly string[] = []

/** A power of two. What falls on the same place drives out what was there. */
const PLACES = 256
/** Longer ones are kept as they come. */
const MAX_NAMES = 32
/** So many characters at the end tell names apart: mostly a number. */
const TELLING_CHARS = 4

const latest: (readonly string[])[] = new Array<readonly string[]>(PLACES).fill(NO_NAMES)

/** These names, or those of an earlier call that are the same: they must not be changed. */
export function knownList(names: readonly string[]): readonly string[] {
  if (names.length === 0) return NO_NAMES
  if (names.length > MAX_NAMES) return names
  const place = placeOf(names)
  const there = latest[place] as readonly string[]
  if (isSame(there, names)) return there
  latest[place] = names
  return names
}

function placeOf(names: readonly string[]): number {
  let hash = 0
  for (const name of names) {
    hash = Math.imul(hash, 31) + name.length
    for (let i = Math.max(0, name.length - TELLING_CHARS); i < name.length; i++)
      hash = Math.imul(hash, 31) + name.charCodeAt(i)
  }
  return (hash ^ (hash >>> 13)) & (PLACES - 1)
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i])
