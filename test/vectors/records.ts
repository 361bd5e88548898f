// `records` lines.

import type { Verdict } from './check.js'

export function checkRecords(_text: string): Verdict {
  return { verdict: 'skipped', reason: 'records' }
}
