// What a run prints: each difference with the lines that play it again, and one line that counts.

import type { Entry } from './campaign.js'
import type { Outcome } from './compare.js'
import type { Options } from './options.js'

/** The whole sequence, when it is one of the seed's, and the commands it was shrunk to. */
export function difference(
  { index, commands, verdict }: Entry,
  { brokers, oracle, seed, pauses }: Options,
): string {
  const run = `npm run differential -- --brokers ${brokers.host}:${brokers.port} --oracle ${oracle.host}:${oracle.port}`
  const again = [`${run} --replay '${JSON.stringify(commands)}'`]
  if (index !== null) again.unshift(`${run} --seed ${seed} --only ${index}${pauses ? '' : ' --no-pauses'}`)
  const title = index === null ? 'they differ' : `sequence ${index} differs`
  return `\n${title} in step ${verdict.steps}:\n${verdict.text}\n\n  again: ${again.join('\n     or: ')}`
}

export function summary(entries: readonly Entry[], title: string, elapsedMs: number): string {
  const count = (outcome: Outcome) => entries.filter(({ verdict }) => verdict.outcome === outcome).length
  const sum = (of: 'steps' | 'pauses' | 'damaged' | 'closed') =>
    entries.reduce((total, { verdict }) => total + verdict[of], 0)
  const late = count('late') > 0 ? `, ${count('late')} too slow to tell` : ''
  return [
    `\n${title}: ${entries.length} sequences, ${sum('steps')} steps`,
    `(${sum('damaged')} damaged requests, ${sum('closed')} of them answered by closing; ${sum('pauses')} pauses)`,
    `in ${(elapsedMs / 1000).toFixed(1)} s: ${count('same')} the same,`,
    `${count('open')} the same until Kafka leaves a choice open, ${count('different')} different${late}`,
  ].join(' ')
}
