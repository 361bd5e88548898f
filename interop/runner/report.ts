// What is printed: a line for each check as it ends, the table client x check, what was skipped and why, the sum.

import { CHECKS, type CheckName, type Client } from '../client.js'

export interface Outcome {
  readonly client: string
  readonly check: CheckName
  readonly result: 'passed' | 'failed' | 'skipped'
  /** What went wrong, or why it was skipped. */
  readonly why: string
  readonly seconds: number
}

const MARKS = { passed: 'ok', failed: 'FAILED', skipped: '-' } as const

export function line({ client, check, result, why, seconds }: Outcome): string {
  const head = `${client.padEnd(28)} ${check.padEnd(10)} ${MARKS[result].padEnd(7)}`
  return result === 'skipped'
    ? `${head} ${why}`
    : `${head} ${seconds.toFixed(1)} s${why === '' ? '' : `  ${why}`}`
}

/** Cells of the table, the head first. */
export function table(clients: readonly Client[], outcomes: readonly Outcome[]): string[][] {
  const cell = (client: string, check: CheckName) => {
    const found = outcomes.find((each) => each.client === client && each.check === check)
    return found === undefined ? '' : MARKS[found.result]
  }
  return [
    ['client', ...CHECKS],
    ...clients.map(({ name }) => [name, ...CHECKS.map((check) => cell(name, check))]),
  ]
}

export function columns(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function markdown(rows: readonly string[][]): string {
  const [head = [], ...body] = rows
  return [head, head.map(() => '---'), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** Skips of one client with one reason are one line. */
export function skips(outcomes: readonly Outcome[]): string[] {
  const all = new Map<string, string[]>()
  for (const { client, check, result, why } of outcomes) {
    if (result !== 'skipped') continue
    const key = `${client}\t${why}`
    all.set(key, [...(all.get(key) ?? []), check])
  }
  return Array.from(all, ([key, checks]) => {
    const [client, why] = key.split('\t')
    return `${client}: ${checks.length === CHECKS.length ? 'all' : checks.join(', ')}: ${why}`
  })
}

export function sum(outcomes: readonly Outcome[]): string {
  const count = (result: Outcome['result']) => outcomes.filter((each) => each.result === result).length
  return `interop: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`
}
