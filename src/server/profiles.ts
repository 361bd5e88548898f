// Which broker we pass for: the versions that it advertises, of those that we handle, and its settings. Versions are what
// the brokers themselves answer to ApiVersions.

import type { ApiName } from '../protocol/api-names.js'
import { Apis } from '../protocol/apis.js'
import { ConfigError, suggestion } from './config/errors.js'
import { type Row, TABLE } from './dispatch.js'
import { KAFKA_3_9, KAFKA_4_4, type MetadataVersion } from './metadata-version.js'

/** First and last version, or false: not at all. */
export type ApiRanges = Readonly<Partial<Record<ApiName, readonly [number, number] | false>>>

export interface Profile {
  /** Weaker than every other source. */
  readonly settings: Readonly<Record<string, string>>
  readonly apiVersions: ApiRanges
  readonly metadataVersion: MetadataVersion
}

export type ProfileName = 'fast' | 'kafka-3.9' | 'kafka-4.4'

const KAFKA_SETTINGS = { 'group.initial.rebalance.delay.ms': '3000' }

/** @internal */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  /** All that we handle, and nobody waits without need. */
  fast: { settings: {}, apiVersions: {}, metadataVersion: KAFKA_4_4 },
  'kafka-3.9': {
    settings: KAFKA_SETTINGS,
    apiVersions: {
      ...{ Produce: [0, 11], Fetch: [0, 17], ListOffsets: [0, 9], Metadata: [0, 12] },
      ...{ OffsetCommit: [0, 9], OffsetFetch: [0, 9], DescribeGroups: [0, 5], ApiVersions: [0, 4] },
      ...{ DeleteGroups: [0, 2], DescribeCluster: [0, 1], DescribeLogDirs: [0, 4] },
      ...{ AlterPartitionReassignments: [0, 0], ListTransactions: [0, 1], ListConfigResources: [0, 0] },
    },
    metadataVersion: KAFKA_3_9,
  },
  'kafka-4.4': {
    settings: KAFKA_SETTINGS,
    apiVersions: {
      ...{ Fetch: [4, 18], ListOffsets: [1, 11] },
      ...{ OffsetCommit: [2, 10], OffsetFetch: [1, 10], OffsetForLeaderEpoch: [2, 4] },
      ...{ CreateTopics: [2, 7], DeleteTopics: [1, 6], DescribeConfigs: [1, 4] },
      ...{ DescribeAcls: [1, 3], CreateAcls: [1, 3], DeleteAcls: [1, 3] },
      ...{ AlterReplicaLogDirs: [1, 2], DescribeLogDirs: [1, 5] },
    },
    metadataVersion: KAFKA_4_4,
  },
}

/** @internal What is handled, cut to these ranges. Throws ConfigError for an API or a version that we do not have. */
export function rowsWithin(ranges: ApiRanges, where: string): readonly Row[] {
  const cut = new Map<string, readonly [number, number] | false>()
  for (const [name, range] of Object.entries(ranges)) {
    const row = TABLE.find(({ api }) => api.name === name)
    if (row === undefined)
      throw new ConfigError(`${where}.${name}: there is no such API${suggestion(name, Object.keys(Apis))}`)
    if (range === undefined) continue
    if (range !== false && !isWithin(range, row))
      throw new ConfigError(
        `${where}.${name} is ${JSON.stringify(range)}, but must be [first, last] within ${row.first} and ${row.last}, or false`,
      )
    cut.set(name, range)
  }
  return TABLE.flatMap((row) => {
    const range = cut.get(row.api.name)
    if (range === undefined) return [row]
    return range === false ? [] : [{ ...row, first: range[0], last: range[1] }]
  })
}

function isWithin(range: readonly [number, number], { first, last }: Row): boolean {
  if (!Array.isArray(range) || range.length !== 2 || !range.every(Number.isInteger)) return false
  return range[0] >= first && range[0] <= range[1] && range[1] <= last
}
