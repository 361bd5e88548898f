// In which order answers leave that are ready at the same time: by a seed, so that a test sees many orders, each again at
// will. What was ready stays behind for a turn or two, as it might in a busy broker.

import { seededRandom } from '../machine/seeded.js'

/** Which of the items go now, in which order; the others are asked for again in the next turn. */
export type Arrange = <T>(items: readonly T[]) => { readonly now: T[]; readonly later: T[] }

const STAYS_BEHIND = 0.3

export function seededArrangement(seed: number): Arrange {
  const random = seededRandom(seed)
  return (items) => {
    const rest = [...items]
    const now: (typeof rest)[number][] = []
    const later: (typeof rest)[number][] = []
    while (rest.length > 0) {
      const [item] = rest.splice(Math.floor(random() * rest.length), 1) as [(typeof rest)[number]]
      if (random() < STAYS_BEHIND) later.push(item)
      else now.push(item)
    }
    return { now, later }
  }
}
