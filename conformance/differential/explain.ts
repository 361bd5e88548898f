// Every exchange of a sequence from both sides, with a ! where they differ.

import type { Sides } from './compare.js'
import type { Plays, Shown } from './settle.js'

export function explain(sides: Sides, plays: Plays, [a, b]: readonly [Shown, Shown]): string {
  const exchanges = plays[0].exchanges.map(({ what }, i) => entry(sides, what, a.answers[i], b.answers[i]))
  return [...exchanges, entry(sides, 'afterwards', a.state, b.state)].join('\n')
}

function entry(sides: Sides, what: string, a: unknown, b: unknown): string {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)]
  if (x === y) return `  ${what}\n      both: ${x}`
  const width = Math.max(...sides.map(({ name }) => name.length))
  const lines = [x, y].map((text, i) => `      ${sides[i]?.name.padEnd(width)}: ${text}`)
  return [`! ${what}`, ...lines].join('\n')
}
