// How far V8 lets the heap of a running broker grow. What it does by itself is made for programs that have the machine to themselves: of
// new objects it keeps room for 48 MB once a few have lasted, and among old ones four times as much garbage as is in use. The figures
// are in docs/performance.md.

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/**
 * Room for new objects grows once, while the command is loaded: by the factor of scripts/build.mjs, to twice 8 MB. V8's own would be
 * twice 16 MB, for which nothing costs less.
 */
const NO_MORE_ROOM_FOR_NEW = '--semi-space-growth-factor=1'
const ENOUGH_ROOM_BYTES = 8 * 1024 * 1024
/** V8's own, where it has not grown by then. */
const ROOM_AS_USUAL = '--semi-space-growth-factor=2'
/** Old objects are gone through when so much more than was in use last has come, in percent. */
const OLD_GROWS_BY = '--heap-growing-percent=60'

/** Whoever gave Node sizes knows better. */
export function limitHeap(nodeOptions: readonly string[]): void {
  if (nodeOptions.some((option) => /semi[-_]space|heap[-_]growing/.test(option))) return
  setFlagsFromString(roomForNewBytes() < ENOUGH_ROOM_BYTES ? ROOM_AS_USUAL : NO_MORE_ROOM_FOR_NEW)
  setFlagsFromString(OLD_GROWS_BY)
}

const roomForNewBytes = () =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0
