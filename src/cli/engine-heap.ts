// How far V8 lets the old objects of a running broker grow. What it does by itself is made for programs that have the machine to
// themselves: up to four times as much garbage as is in use. The figures are in docs/performance.md.

import { setFlagsFromString } from 'node:v8'

/** Old objects are gone through when so much more than was in use last has come, in percent. */
const OLD_GROWS_BY = '--heap-growing-percent=60'

/** Whoever gave Node sizes knows better. */
export function limitHeap(nodeOptions: readonly string[]): void {
  if (nodeOptions.some((option) => /semi[-_]space|heap[-_]growing/.test(option))) return
  setFlagsFromString(OLD_GROWS_BY)
}
