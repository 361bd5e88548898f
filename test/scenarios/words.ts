// Decisions in words.

import type { GroupRecord, GroupTimer } from '../../src/coordinator/types.js'
import { DISARM, type TimerChange } from '../../src/machine/decision.js'
import { errorName } from '../../src/protocol/errors.js'

/** Counted member ids as who#number. */
export function shortIds(text: string): string {
  return text.replace(/-00000000-0000-4000-8000-0*([0-9a-f]+)/g, '#$1')
}

interface Told {
  readonly errorCode?: number
  readonly generationId?: number
  readonly memberId?: string
  readonly leader?: string
  readonly protocolName?: string | null
  readonly skipAssignment?: boolean
  readonly assignment?: Buffer
  readonly members?: readonly { memberId: string; errorCode?: number }[]
  readonly topics?: readonly {
    name: string
    partitions: readonly { partitionIndex: number; errorCode: number }[]
  }[]
}

export function describeReply(api: string, answer: object): string {
  const told = answer as Told
  const error = told.errorCode === undefined ? '' : errorName(told.errorCode)
  switch (api) {
    case 'JoinGroup': {
      if (told.errorCode !== 0)
        return `JoinGroup ${error}${told.memberId ? `, member id ${told.memberId}` : ''}`
      const members = (told.members ?? []).map(({ memberId }) => memberId).join(', ')
      const skip = told.skipAssignment ? ', skip the assignment' : ''
      return `JoinGroup as ${told.memberId}: generation ${told.generationId}, protocol ${told.protocolName}, leader ${told.leader}${members && `, members ${members}`}${skip}`
    }
    case 'SyncGroup':
      return told.errorCode === 0 ? `SyncGroup, assigned '${told.assignment}'` : `SyncGroup ${error}`
    case 'LeaveGroup':
      return `LeaveGroup ${(told.members ?? []).map(({ errorCode }) => errorName(errorCode ?? 0)).join(', ')}`
    case 'OffsetCommit': {
      const partitions = (told.topics ?? []).flatMap(({ name, partitions: list }) => {
        return list.map(
          ({ partitionIndex, errorCode }) => `${name}-${partitionIndex} ${errorName(errorCode)}`,
        )
      })
      return `OffsetCommit ${partitions.join(', ')}`
    }
    default:
      return `${api} ${error}`
  }
}

export function describeRecord(record: GroupRecord): string {
  const { value } = record
  if (record.kind === 'OffsetCommit') {
    const what = `record: offset of ${record.topic}-${record.partition}`
    return value === null ? `${what} removed` : `${what} is ${(value as { offset: bigint }).offset}`
  }
  if (record.value === null) return 'record: the group is gone'
  const { generation, protocol, leader, members } = record.value
  const list = members.map(({ memberId, assignment }) => `${memberId} has '${assignment}'`).join(', ')
  return `record: group in generation ${generation}${protocol === null ? '' : `, protocol ${protocol}, leader ${leader}`}, ${list || 'no members'}`
}

/** The periodic check for expired offsets is always there and left out. */
export function describeTimer({ key, deadlineMs }: TimerChange<GroupTimer>, nowMs: number): string[] {
  if (key.kind === 'expiration') return []
  const name = key.kind === 'session' ? `session timer of ${key.memberId}` : `${key.kind} timer`
  return [deadlineMs === DISARM ? `${name} off` : `${name} in ${(deadlineMs - nowMs) / 1000} s`]
}
