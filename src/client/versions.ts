// Which version of an API is used with a broker: the newest that both know (KIP-35), within what this client can work with.

import type { ApiName } from '../protocol/api-names.js'
import { Apis } from '../protocol/apis.js'
import { ErrorCodes } from '../protocol/errors.js'
import { parseVersions, type Versions } from '../protocol/versions.js'
import { AdminError, answered, type Peer } from './errors.js'

/** API key -> the first and the last version that the broker advertises. */
export type Advertised = ReadonlyMap<number, Versions>

/** Where not every version will do. */
const WORKABLE: Partial<Record<ApiName, Versions>> = {
  ListOffsets: { first: 1, last: Number.POSITIVE_INFINITY }, // v0 knows segments only, not offsets by time
  OffsetFetch: { first: 2, last: 9 }, // before v2 one must know the topics; from v10 on they are ids, also those of deleted ones
  OffsetCommit: { first: 1, last: 9 }, // v0 may be kept elsewhere (ZooKeeper); from v10 on topics are ids
}

/** Throws AdminError when the broker refused to tell. */
export function advertisedIn(
  answer: {
    readonly errorCode: number
    readonly apiKeys: readonly { apiKey: number; minVersion: number; maxVersion: number }[]
  },
  peer: Peer,
): Advertised {
  if (answer.errorCode !== ErrorCodes.NONE) throw answered(answer.errorCode, 'ApiVersions', peer)
  return new Map(
    answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [
      apiKey,
      { first: minVersion, last: maxVersion },
    ]),
  )
}

/** Throws AdminError when there is no common version. */
export function usableVersion(api: ApiName, advertised: Advertised, peer: Peer): number {
  const known = parseVersions(Apis[api].request.versions)
  const workable = WORKABLE[api] ?? known
  const first = Math.max(known.first, workable.first)
  const last = Math.min(known.last, workable.last)
  const theirs = advertised.get(Apis[api].key)
  const version = Math.min(last, theirs?.last ?? -1)
  if (theirs !== undefined && version >= Math.max(first, theirs.first)) return version
  const means =
    theirs === undefined
      ? `this broker has no ${api}`
      : `of ${api} this broker has versions ${theirs.first} to ${theirs.last}, and ${first} to ${last} are needed`
  throw new AdminError(means, 'UNSUPPORTED_VERSION', api, peer)
}
