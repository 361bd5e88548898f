// One line that tells how far a run is, where somebody looks.

import type { Progress } from './runner.js'

export function showProgress(): Progress {
  let failed = 0
  return ({ outcome, id }, done, of) => {
    if (outcome === 'failed') failed++
    if (!process.stderr.isTTY) return
    const width = Math.max(20, (process.stderr.columns ?? 80) - 1)
    const line = `${done} of ${of}, ${failed} failed  ${id}`.slice(0, width).padEnd(width)
    process.stderr.write(done === of ? `\r${' '.repeat(width)}\r` : `\r${line}`)
  }
}
