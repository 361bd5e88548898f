// `cohort import`: groups and committed offsets from JSON lines, as cohort export and cohort.dump() write them, into a data directory
// that nobody uses. What is there of the same group and partition is replaced.

import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { GroupMetadataRecord } from '../../coordinator/group-record.js'
import { offsetRecord } from '../../coordinator/offset-record.js'
import type { GroupRecord } from '../../coordinator/types.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import { ConfigError } from '../../server/config/errors.js'
import { partitionFor } from '../../server/group-hash.js'
import { groupRecords } from '../../server/records.js'
import { openLmdbStore } from '../../store/lmdb.js'
import { type FixtureEntry, readFixtures } from '../../testkit/fixture-entries.js'
import { toGroupMetadata } from '../../testkit/fixture-file.js'
import type { Io } from '../io.js'
import { type DataFlags, perform, withDataDir } from './command.js'

interface Flags extends DataFlags {
  readonly offsetsPartitions?: number
}

const PARTITIONS_SETTING = 'offsets.topic.num.partitions'
const DEFAULT_PARTITIONS = 50
const NO_EXPIRY = -1n
const RECORDS_PER_COMMIT = 10_000

export function importGroups(argv: readonly string[], io: Io): Promise<number> {
  const command = withDataDir(new Command('cohort import'))
    .description(
      'Reads groups and committed offsets from JSON lines into a data directory that no broker uses.',
    )
    .argument('<file>', '- for the standard input')
    .option(
      '--offsets-partitions <number>',
      `${PARTITIONS_SETTING} of a new directory (default: ${DEFAULT_PARTITIONS})`,
      partitions,
    )
  return perform<Flags>(command, argv, io, async ({ dataDir, offsetsPartitions }, [file = '-']) => {
    const lines = readFixtures(await textOf(file, io), file === '-' ? 'stdin' : file)
    const given = offsetsPartitions === undefined ? {} : { [PARTITIONS_SETTING]: String(offsetsPartitions) }
    const store = await openLmdbStore({ dir: dataDir, madeWith: given })
    try {
      const count = Number(store.madeWith.get(PARTITIONS_SETTING) ?? DEFAULT_PARTITIONS)
      await store.keep({ [PARTITIONS_SETTING]: String(count) })
      const nowMs = Date.now()
      const entries = lines.map(({ entry }) => entry)
      const records = entries.flatMap((entry) => toRecord(entry, nowMs) ?? [])
      for (let i = 0; i < records.length; i += RECORDS_PER_COMMIT) {
        await Promise.all(records.slice(i, i + RECORDS_PER_COMMIT).map((record) => append(record, count)))
      }
      io.write(`${summary(entries)}\n`)
      return 0

      function append(record: GroupRecord, partitionCount: number) {
        const { log, toStored } = groupRecords(partitionFor(record.groupId, partitionCount), nobody)
        return store.append(log, [toStored(record)])
      }
    } finally {
      await store.close()
    }
  })
}

const nobody = () => {
  throw new Error('nothing is hosted here')
}

/** null: topics and records are not of groups. */
function toRecord(entry: FixtureEntry, nowMs: number): GroupRecord | null {
  if (entry.type === 'group') {
    return new GroupMetadataRecord(entry.group, toGroupMetadata(entry, nowMs))
  }
  if (entry.type !== 'offset') return null
  const { group: groupId, topic, partition, offset, metadata = '' } = entry
  const value = {
    ...{ offset, metadata, leaderEpoch: -1, commitTimestampMs: BigInt(nowMs) },
    ...{ expireTimestampMs: NO_EXPIRY, topicId: ZERO_UUID },
  }
  return offsetRecord(groupId, topic, partition, value)
}

function summary(entries: readonly FixtureEntry[]): string {
  const count = (type: string) => entries.filter((entry) => entry.type === type).length
  const others = entries.length - count('group') - count('offset')
  const passed = others === 0 ? '' : `; ${others} topics and records are not imported`
  return `${count('group')} groups and ${count('offset')} offsets imported${passed}`
}

async function textOf(file: string, io: Io): Promise<string> {
  if (file === '-') {
    const chunks: Buffer[] = []
    for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk))
    return Buffer.concat(chunks).toString()
  }
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function partitions(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1) return count
  throw new InvalidArgumentError('It is a whole number from 1 on.')
}
