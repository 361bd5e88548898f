// How far V8 lets the heap of a running broker grow. What it does by itself is made for programs that have the machine to themselves: of
// new objects it keeps room for 48 MB once a few have lasted, and among old ones four times as much garbage as is in use. The figures
// are in docs/performance.md.

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/**
 * Room for new objects, both halves: V8's own would be twice that, for which nothing costs less. V8 has no limit that could be set by now. But it
 * asks by which factor the room is to grow, so it is told what leads there, and then that it is not to grow. It is looked at again and
 * again because V8 makes the room small when there is little to do, and would leave it so.
 */
const ROOM_FOR_NEW_BYTES = 16 * 1024 * 1024
const LOOK_EVERY_MS = 1000
/** Old objects are gone through when so much more than was in use last has come, in percent. */
const OLD_GROWS_BY = '--heap-growing-percent=60'

/** While the command runs. Whoever gave Node sizes knows better. */
export function limitHeap(nodeOptions: readonly string[]): void {
  if (nodeOptions.some((option) => /semi[-_]space|heap[-_]growing/.test(option))) return
  setFlagsFromString(OLD_GROWS_BY)
  let told = 0
  const limitRoom = () => {
    const factor = Math.max(1, Math.floor(ROOM_FOR_NEW_BYTES / Math.max(1, roomForNewBytes())))
    if (factor !== told) setFlagsFromString(`--semi-space-growth-factor=${factor}`)
    told = factor
  }
  limitRoom()
  setInterval(limitRoom, LOOK_EVERY_MS).unref()
}

const roomForNewBytes = () =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0
