// Which API in which versions each client was seen to use.

import type { ApiName } from '../../src/protocol/api-names.js'
import { Apis } from '../../src/protocol/apis.js'
import { HELPER } from './bench.js'
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
