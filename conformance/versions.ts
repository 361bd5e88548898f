// What a broker advertises, and which version of it is used where a case does not care.

import type { ApiName } from '../src/protocol/api-names.js'
import { Apis } from '../src/protocol/apis.js'
import { Skipped } from './case.js'

/** API key -> the first and the last version that are advertised. */
export type Versions = ReadonlyMap<number, readonly [number, number]>

/** Where the newest version asks for more, or answers otherwise, than a case that does not care can know. */
const PLAIN: Partial<Record<ApiName, number>> = {
  OffsetCommit: 9, // 10 goes by topic id
  OffsetFetch: 9,
  DescribeGroups: 5, // 6 tells a missing group as an error
  Metadata: 12,
}

export function advertises(versions: Versions, api: ApiName, version: number): boolean {
  const range = versions.get(Apis[api].key)
  return range !== undefined && version >= range[0] && version <= range[1]
}

/** The newest version that both know. Throws Skipped when there is none. */
export function usual(versions: Versions, api: ApiName): number {
  const range = versions.get(Apis[api].key)
  if (range === undefined) throw new Skipped(`${api} is not advertised`)
  const known = Number(/\d+$/.exec(Apis[api].request.versions)?.[0])
  const version = Math.min(PLAIN[api] ?? known, range[1])
  if (version < range[0]) throw new Skipped(`of ${api} only versions ${range.join('-')} are advertised`)
  return version
}

/** The oldest version: what a broker is most likely to have right. Throws Skipped when there is none. */
export function oldest(versions: Versions, api: ApiName): number {
  const range = versions.get(Apis[api].key)
  if (range === undefined) throw new Skipped(`${api} is not advertised`)
  return range[0]
}
