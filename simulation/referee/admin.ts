// What tools are told of a group and do to it: its state and members as they are, and nothing of a group that is not Empty goes.

import { type ErrorCode, ErrorCodes, errorName } from '../../src/protocol/errors.js'
import type { DeleteGroupsResponse } from '../../src/protocol/messages/delete-groups.js'
import type { DescribeGroupsResponse } from '../../src/protocol/messages/describe-groups.js'
import { type EventOf, type Look, named } from './look.js'
import type { Offsets } from './offsets.js'
import type { Group } from './shadow.js'

export function compareCode(
  look: Look,
  group: Group | undefined,
  got: ErrorCode | undefined,
  due: ErrorCode,
): void {
  if (got === due) return
  const where = group === undefined ? 'a group that is not there' : named(group)
  const told = `${got === undefined ? 'nothing' : errorName(got)}, not ${errorName(due)}`
  look.fail(`${look.event.type} tells a member how its group stands`, `${where}: ${told}`)
}

export function judgeDescribe(look: Look, group: Group | undefined, event: EventOf<'DescribeGroups'>): void {
  const response = look.replies.get(event.ticket) as DescribeGroupsResponse | undefined
  const told = response?.groups[0]
  const members = told?.members.map(({ memberId }) => memberId).sort()
  const there = group === undefined ? [] : [...group.seats.keys()].sort()
  if (group?.state !== 'Stable' && told?.members.some(({ memberMetadata }) => memberMetadata.length > 0)) {
    look.fail('subscriptions are shown when the group is Stable', group === undefined ? '' : named(group))
  }
  if (told?.groupState === (group?.state ?? 'Dead') && members?.join() === there.join()) return
  look.fail('DescribeGroups tells the state and the members', `${told?.groupState} ${members}, not ${there}`)
}

export function judgeDeleteGroups(
  look: Look,
  group: Group | undefined,
  offsets: Offsets,
  event: EventOf<'DeleteGroups'>,
): void {
  const response = look.replies.get(event.ticket) as DeleteGroupsResponse | undefined
  const missing = group === undefined ? ErrorCodes.GROUP_ID_NOT_FOUND : ErrorCodes.NONE
  const due = group === undefined || group.state === 'Empty' ? missing : ErrorCodes.NON_EMPTY_GROUP
  compareCode(look, group, response?.results[0]?.errorCode, due)
  const left = offsets.get(event.request.groupsNames[0] ?? '')?.size ?? 0
  const removed = look.decision.records.filter(({ kind }) => kind === 'OffsetCommit').length
  const isWhole = due !== ErrorCodes.NONE || removed === left
  if (!isWhole) look.fail('a group goes with its offsets', `${removed} of ${left} are removed`)
}
