// What is printed: a line for each check as it ends, the table client x check, what was skipped and why, the sum.

import { CHECKS, type CheckName, type Client } from '../client.js'

export interface Outcome {
  readonly client: string
  readonly check: CheckName
  readonly result: 'passed' | 'failed' | 'skipped'
  /** What went wrong, or why it was skipped. */
  readonly why: string
  /** What it means that it passed, where that is not what it means for others. */
  readonly remark?: string | undefined
  readonly seconds: number
}

const MARKS = { passed: 'ok', failed: 'FAILED', skipped: '-' } as const

export const mark = ({ result, remark }: Outcome) =>
  result === 'passed' && remark !== undefined ? 'ok *' : MARKS[result]

export function line(outcome: Outcome): string {
  const { client, check, result, why, remark, seconds } = outcome
  const head = `${client.padEnd(28)} ${check.padEnd(10)} ${mark(outcome).padEnd(7)}`
  if (result === 'skipped') return `${head} ${why}`
  return [`${head} ${seconds.toFixed(1)} s`, why, remark].filter((part) => part).join('  ')
}

/** Cells of the table, the head first. */
export function table(
  clients: readonly Client[],
  outcomes: readonly Outcome[],
  checks: readonly CheckName[],
): string[][] {
  const cell = (client: string, check: CheckName) => {
    const found = outcomes.find((each) => each.client === client && each.check === check)
    return found === undefined ? '' : mark(found)
  }
  return [
    ['client', ...checks],
    ...clients.map(({ name }) => [name, ...checks.map((check) => cell(name, check))]),
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

/** Why one client's checks were skipped, or what their passing means; checks with one reason are one line. */
export function reasons(outcomes: readonly Outcome[]): string[] {
  const all = new Map<string, string[]>()
  for (const { client, check, result, why, remark } of outcomes) {
    const reason = result === 'skipped' ? why : remark
    if (reason === undefined) continue
    const key = `${client}\t${result === 'skipped' ? '-' : '*'}\t${reason}`
    all.set(key, [...(all.get(key) ?? []), check])
  }
  return Array.from(all, ([key, checks]) => {
    const [client, sign, reason] = key.split('\t')
    return `${client} ${sign} ${checks.length >= CHECKS.length ? 'all' : checks.join(', ')}: ${reason}`
  })
}

/** Which calls each administrator made. */
export function callsOf(outcomes: readonly Outcome[]): Record<string, string[]> {
  const made = outcomes.filter(({ check, result }) => check === 'admin' && result === 'passed')
  return Object.fromEntries(made.map(({ client, why }) => [client, why.split(' ')]))
}

export function sum(outcomes: readonly Outcome[]): string {
  const count = (result: Outcome['result']) => outcomes.filter((each) => each.result === result).length
  return `interop: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`
}
