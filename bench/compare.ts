// npm run bench -- compare A.json B.json: how each figure of A has changed in B. A change is marked when it is outside of both spreads: each
// median is less than all rounds of the other run, or more than all.

import { type Figure, type Report, sameFigure } from './figures.js'
import { median, range } from './table.js'

export interface Change {
  readonly before: Figure
  readonly after: Figure
  /** Median after by median before. */
  readonly ratio: number
  readonly isOutside: boolean
}

/** Of what both have measured. */
export function changes(a: readonly Figure[], b: readonly Figure[]): Change[] {
  return a.flatMap((before) => {
    const after = b.find((figure) => sameFigure(figure, before))
    if (after === undefined || before.values.length === 0 || after.values.length === 0) return []
    return [
      {
        ...{ before, after },
        ratio: median(after.values) / median(before.values),
        isOutside: isApart(before.values, after.values),
      },
    ]
  })
}

/** One round tells no spread. */
function isApart(a: readonly number[], b: readonly number[]): boolean {
  if (a.length === 1 || b.length === 1) return false
  return isOutside(median(a), b) && isOutside(median(b), a)
}

const isOutside = (value: number, spread: readonly number[]) =>
  value < Math.min(...spread) || value > Math.max(...spread)

export function comparison(a: Report, b: Report): string[][] {
  const rows = changes(a.figures, b.figures).map(({ before, after, ratio, isOutside }) => [
    before.scenario,
    before.part,
    before.server,
    before.measure,
    range(before.values, digitsOf(before)),
    range(after.values, digitsOf(before)),
    ratio.toFixed(2),
    isOutside ? 'outside of both spreads' : '',
  ])
  return [['', '', '', '', `before (${a.version})`, `after (${b.version})`, 'ratio', ''], ...rows]
}

const digitsOf = ({ values }: Figure) => (median(values) < 100 ? 2 : 0)
