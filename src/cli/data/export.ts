// `cohort export`: groups and committed offsets of a data directory as JSON lines, in the form of fixtures (docs/fixtures.md).

import { Command } from 'commander'
import type { GroupRecord } from '../../coordinator/types.js'
import { GROUP_LOG_PREFIX } from '../../store/formats/formats.js'
import { ALL_LOGS, openReader } from '../../store/reader.js'
import { groupEntry } from '../../testkit/fixture-dump.js'
import type { FixtureEntry } from '../../testkit/fixture-entries.js'
import { json } from '../admin/json.js'
import type { Io } from '../io.js'
import { type DataFlags, perform, told, withDataDir } from './command.js'

export function exportGroups(argv: readonly string[], io: Io): Promise<number> {
  const command = withDataDir(new Command('cohort export')).description(
    'Writes the groups and committed offsets of a data directory as JSON lines, for cohort import or --fixtures.',
  )
  return perform<DataFlags>(command, argv, io, async ({ dataDir }) => {
    const reader = await openReader(dataDir)
    try {
      let damaged = 0
      const groups: FixtureEntry[] = []
      for (const { log, record, damage } of reader.entries()) {
        if (log !== ALL_LOGS && !log.startsWith(GROUP_LOG_PREFIX)) continue
        if (damage !== null) damaged += told(io, command, damage, 1)
        const entry = record === null ? null : toEntry(record as GroupRecord)
        if (entry?.type === 'offset') io.write(json(entry, 0))
        else if (entry !== null) groups.push(entry)
      }
      // Offsets come first: to a group with members nobody commits from outside.
      for (const group of groups) io.write(json(group, 0))
      return damaged === 0 ? 0 : 1
    } finally {
      await reader.close()
    }
  })
}

/** null: it says nothing. */
function toEntry(record: GroupRecord): FixtureEntry | null {
  if (record.value === null) return null
  if (record.kind === 'OffsetCommit') {
    const { groupId: group, topic, partition, value } = record
    const { offset, metadata } = value
    if (offset < 0n) return null
    return { type: 'offset', group, topic, partition, offset, ...(metadata === '' ? {} : { metadata }) }
  }
  const { protocolType, protocol, generation, leader, members } = record.value
  if (protocolType === '') return null // its offsets say that it is there
  return groupEntry({
    groupId: record.groupId,
    protocolType,
    protocolName: protocol,
    generation,
    leaderId: leader,
    members: members.map((member) => ({
      memberId: member.memberId,
      instanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      isLeader: member.memberId === leader,
      sessionTimeoutMs: member.sessionTimeoutMs,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      protocols: protocol === null ? [] : [protocol],
      metadata: member.subscription,
      assignment: member.assignment,
    })),
  })
}
