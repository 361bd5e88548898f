// Which API in which versions each client was seen to use; docs/clients.md keeps it.

import { readFileSync, writeFileSync } from 'node:fs'
import type { ApiName } from '../../src/protocol/api-names.js'
import { Apis } from '../../src/protocol/apis.js'
import { HELPER } from './bench.js'
import { markdown } from './report.js'
import type { Request } from './target.js'

export interface Used {
  readonly client: string
  readonly title: string
  /** API -> versions, ascending. */
  readonly apis: Readonly<Record<string, readonly number[]>>
}

/** Programs of another client are told by their client ids. */
export function usedBy(requests: readonly Request[]): Record<string, number[]> {
  const all: Record<string, number[]> = {}
  for (const { api, version, clientId } of requests) {
    if (clientId === HELPER) continue
    const versions = all[api] ?? []
    if (!versions.includes(version)) all[api] = [...versions, version].sort((a, b) => a - b)
  }
  return all
}

export function merge(a: Used['apis'], b: Used['apis']): Record<string, number[]> {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return Object.fromEntries(
    names.map((name) => [name, [...new Set([...(a[name] ?? []), ...(b[name] ?? [])])].sort((x, y) => x - y)]),
  )
}

/** API by API in the order of their keys, a column for each client. */
export function usedRows(used: readonly Used[]): string[][] {
  const seen = new Set(used.flatMap(({ apis }) => Object.keys(apis)))
  const names = [...seen].sort((a, b) => keyOf(a) - keyOf(b))
  const cell = (versions: readonly number[] = []) => versions.map((version) => `v${version}`).join(' ')
  const rows = names.map((name) => [`${keyOf(name)} ${name}`, ...used.map(({ apis }) => cell(apis[name]))])
  return [['API', ...used.map(({ client }) => client)], ...rows]
}

const keyOf = (name: string) =>
  Object.hasOwn(Apis, name) ? Apis[name as ApiName].key : Number.MAX_SAFE_INTEGER

const DATA = /<!-- data (.*) -->/
const between = (name: string) => new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`)

/** Writes the tables into the page; clients that were not run keep what the page says of them. */
export function writePage(
  file: string,
  used: readonly Used[],
  checks: Readonly<Record<string, string[]>>,
): void {
  const page = readFileSync(file, 'utf8')
  const before = JSON.parse(DATA.exec(page)?.[1] ?? '{"used":[],"checks":{}}') as {
    used: Used[]
    checks: Record<string, string[]>
  }
  const known = new Map(before.used.map((each) => [each.client, each]))
  for (const each of used)
    known.set(each.client, { ...each, apis: merge(known.get(each.client)?.apis ?? {}, each.apis) })
  const cells = Object.entries(checks).map(([client, now]) => {
    const then = before.checks[client] ?? []
    return [client, now.map((cell, i) => cell || (then[i] ?? ''))]
  })
  const all = { used: [...known.values()], checks: { ...before.checks, ...Object.fromEntries(cells) } }
  const titles = all.used.map(({ client, title }) => [client, title, ...(all.checks[client] ?? [])])
  const head = ['name', 'client', ...(before.checks.head ?? checks.head ?? [])]
  writeFileSync(
    file,
    page
      .replace(DATA, `<!-- data ${JSON.stringify(all)} -->`)
      .replace(between('checks'), (_, a: string, b: string) => `${a}${markdown([head, ...titles])}\n${b}`)
      .replace(between('used'), (_, a: string, b: string) => `${a}${markdown(usedRows(all.used))}\n${b}`),
  )
}
