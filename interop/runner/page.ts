// docs/clients.md: its tables, and the data that they are made of in a comment, so that a run of some clients leaves what is
// known of the others.

import { readFileSync, writeFileSync } from 'node:fs'
import { markdown } from './report.js'
import { merge, type Used, usedRows } from './used.js'

export interface Run {
  /** Checks at the head, then the cells of each client; empty ones were not run. */
  readonly rows: readonly string[][]
  readonly reasons: readonly string[]
  readonly used: readonly Used[]
  /** Client -> the administrator's calls that were made. */
  readonly calls: Readonly<Record<string, readonly string[]>>
  /** All checks were run: what was known of these clients before is forgotten. */
  readonly isWhole: boolean
}

interface Data {
  readonly used: readonly Used[]
  readonly checks: Readonly<Record<string, readonly string[]>>
  readonly reasons: Readonly<Record<string, readonly string[]>>
  readonly calls: Run['calls']
}

const NOTHING: Data = { used: [], checks: {}, reasons: {}, calls: {} }
const dataOf = (name: string) => new RegExp(`<!-- ${name} data (.*) -->`)
const between = (name: string) => new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`)

/** `section` is `one` for a cluster of one broker, `several` for more: each has its own tables. */
export function writePage(file: string, section: 'one' | 'several', run: Run): void {
  const page = readFileSync(file, 'utf8')
  const before = { ...NOTHING, ...(JSON.parse(dataOf(section).exec(page)?.[1] ?? '{}') as Partial<Data>) }
  const after = combine(before, run)
  const titles = new Map(after.used.map(({ client, title }) => [client, title]))
  const { head = [], ...clients } = after.checks
  const rows = Object.entries(clients).map(([client, cells]) => [client, titles.get(client) ?? '', ...cells])
  const tables = {
    checks: markdown([['name', 'client', ...head], ...rows]),
    reasons: Object.values(after.reasons)
      .flatMap((lines) => lines.map((line) => `- ${line}`))
      .join('\n'),
    calls: markdown(callRows(after.calls)),
    used: markdown(usedRows(after.used.filter(({ apis }) => Object.keys(apis).length > 0))),
  }
  let text = page.replace(dataOf(section), () => `<!-- ${section} data ${JSON.stringify(after)} -->`)
  for (const [name, table] of Object.entries(tables))
    text = text.replace(between(`${section} ${name}`), (_, a: string, b: string) => `${a}${table}\n${b}`)
  writeFileSync(file, text)
}

function callRows(calls: Run['calls']): string[][] {
  const clients = Object.keys(calls)
  const names = [...new Set(Object.values(calls).flat())]
  const cell = (client: string, call: string) => (calls[client]?.includes(call) ? 'ok' : '')
  return [
    ['call', ...clients],
    ...names.map((call) => [call, ...clients.map((client) => cell(client, call))]),
  ]
}

function combine(before: Data, { rows, reasons, used, calls, isWhole }: Run): Data {
  const [[, ...head] = [], ...clients] = rows
  const known = isWhole ? NOTHING : before
  const names = clients.map(([name]) => name ?? '')
  const of = (name: string) => reasons.filter((each) => each.startsWith(`${name} `))
  const apis = (name: string) => known.used.find(({ client }) => client === name)?.apis ?? {}
  const kept = before.used.filter(({ client }) => !names.includes(client))
  const cells = clients.map(([name = '', ...now]) => {
    const then = known.checks[name] ?? []
    return [name, now.map((cell, i) => cell || (then[i] ?? ''))] as const
  })
  return {
    used: [...kept, ...used.map((each) => ({ ...each, apis: merge(apis(each.client), each.apis) }))],
    checks: { ...before.checks, ...Object.fromEntries(cells), head },
    reasons: { ...before.reasons, ...Object.fromEntries(names.map((name) => [name, of(name)])) },
    calls: { ...before.calls, ...calls },
  }
}
