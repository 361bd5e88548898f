// Becoming the only member of a group, and leaving it. In versions of JoinGroup without MEMBER_ID_REQUIRED (KIP-394): how a member came
// into its group is no part of what is measured afterwards.

import { Apis } from '../../src/protocol/apis.js'
import { writeAssignment, writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import type { Wire } from './wire.js'

export interface Member {
  readonly groupId: string
  readonly memberId: string
  readonly generationId: number
}

export const CLIENT = 'bench'
const TOPIC = 'bench'
const JOIN_VERSION = 3
const SYNC_VERSION = 3
const LEAVE_VERSION = 3
/** Longer than any scenario. */
export const SESSION_TIMEOUT_MS = 300_000

const SUBSCRIPTION = writeSubscription({ topics: [TOPIC] })
const ASSIGNMENT = writeAssignment({ assignedPartitions: [{ topic: TOPIC, partitions: [0] }] })

export async function joinAlone(wire: Wire, groupId: string): Promise<Member> {
  const join = {
    ...{
      groupId,
      memberId: '',
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      rebalanceTimeoutMs: SESSION_TIMEOUT_MS,
    },
    ...{ protocolType: 'consumer', protocols: [{ name: 'range', metadata: SUBSCRIPTION }] },
  }
  const frame = await wire.ask(encodeRequest(Apis.JoinGroup, JOIN_VERSION, 0, CLIENT, join))
  const joined = decodeResponse(Apis.JoinGroup, JOIN_VERSION, frame).body
  expectNone(wire, 'JoinGroup', joined.errorCode)
  const member = { groupId, memberId: joined.memberId, generationId: joined.generationId }
  const assignments = [{ memberId: joined.memberId, assignment: ASSIGNMENT }]
  const sync = encodeRequest(Apis.SyncGroup, SYNC_VERSION, 0, CLIENT, { ...member, assignments })
  const synced = decodeResponse(Apis.SyncGroup, SYNC_VERSION, await wire.ask(sync)).body
  expectNone(wire, 'SyncGroup', synced.errorCode)
  if (!synced.assignment.equals(ASSIGNMENT)) {
    throw new Error(`${wire.where.name}: SyncGroup brought another assignment than was handed in`)
  }
  return member
}

/** One after another; members of one group that stand next to each other leave together. */
export async function leave(wire: Wire, members: readonly Member[]): Promise<void> {
  for (let i = 0; i < members.length; ) {
    const { groupId } = members[i] as Member
    const leaving = members.slice(i).findIndex((member) => member.groupId !== groupId)
    const together = members.slice(i, leaving < 0 ? members.length : i + leaving)
    i += together.length
    const body = { groupId, members: together.map(({ memberId }) => ({ memberId })) }
    const frame = await wire.ask(encodeRequest(Apis.LeaveGroup, LEAVE_VERSION, 0, CLIENT, body))
    const answered = decodeResponse(Apis.LeaveGroup, LEAVE_VERSION, frame).body
    expectNone(wire, 'LeaveGroup', answered.errorCode)
    for (const { errorCode } of answered.members) expectNone(wire, 'LeaveGroup', errorCode)
  }
}

/** Throws for any other error code. */
export function expectNone({ where }: Wire, what: string, errorCode: number): void {
  if (errorCode !== ErrorCodes.NONE) {
    throw new Error(`${where.name}: ${what} was answered ${errorName(errorCode)}`)
  }
}
