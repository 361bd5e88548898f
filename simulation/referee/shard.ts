// The rules of one shard: every step of its machine, held against the shadows of its groups. A machine that is loaded again
// begins with what the store had; what its predecessor was about is over.

import type { GroupRecord, ShardDecision } from '../../src/coordinator/types.js'
import type { Ticket } from '../../src/machine/decision.js'
import type { Context } from '../../src/metadata/image.js'
import { DEFAULT_SETTINGS } from '../../src/metadata/settings.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import type { JoinGroupResponse } from '../../src/protocol/messages/join-group.js'
import type { LeaveGroupResponse } from '../../src/protocol/messages/leave-group.js'
import type { OffsetCommitResponse } from '../../src/protocol/messages/offset-commit.js'
import { copyOf } from '../values.js'
import { compareCode, judgeDeleteGroups, judgeDescribe } from './admin.js'
import type { Fail } from './broken.js'
import { happen, joinPhaseGoesOn } from './events.js'
import { answerJoins, answerSyncs, checkJoined, judgeJoin, judgeSync } from './joins.js'
import { changesState, codeOf, type EventOf, isTimer, type Look, named, type SeenEvent } from './look.js'
import { apply, judgeCommit, judgeDelete, judgeExpiry, judgeFetch, type Offsets } from './offsets.js'
import { alive, emptyGroup, type Group, restoredGroup, waits } from './shadow.js'
import { heartbeatVerdict, leaveVerdicts } from './verdicts.js'

const NOBODY: Ticket = { apiVersion: 0, clientId: null, clientHost: '' }
/** Deadlines are whole milliseconds; what fires at the same moment fires one after the other. */
const SLACK_MS = 3

export class ShardRules {
  readonly groups = new Map<string, Group>()
  private readonly offsets: Offsets = new Map()
  private readonly fail: Fail

  constructor(fail: Fail) {
    this.fail = fail
  }

  /** `downSinceMs`: nobody could reach it since then. */
  loaded(records: readonly GroupRecord[], { nowMs, image }: Context, downSinceMs?: number): void {
    for (const record of records) {
      const { groupId } = record
      if (record.kind === 'OffsetCommit') {
        apply(this.offsets, record)
        if (!this.groups.has(groupId)) this.groups.set(groupId, emptyGroup(groupId, nowMs))
      } else if (record.value !== null) {
        this.groups.set(groupId, restoredGroup(groupId, record.value, nowMs))
      }
    }
    if (downSinceMs === undefined || !image.settings.expireSessionsAtStart) return
    for (const { seats } of this.groups.values()) {
      for (const seat of seats.values()) {
        if (downSinceMs + seat.sessionMs <= nowMs) seat.notBeforeMs = seat.notAfterMs = nowMs
      }
    }
  }

  stepped(event: SeenEvent, context: Context, decision: ShardDecision): void {
    const { nowMs } = context
    const replies = new Map(decision.replies.map(({ ticket, response }) => [ticket, response]))
    const look: Look = { event, nowMs, context, decision, replies, fail: this.fail }
    const groupId = groupOf(event)
    const before = this.groups.get(groupId)
    this.judge(look, before)
    this.created(look, groupId)
    for (const each of decision.events) {
      const group = 'groupId' in each ? this.groups.get(each.groupId) : undefined
      if (group !== undefined) happen(look, group, each)
    }
    const group = this.groups.get(groupId)
    const goesOn = isTimer(look, 'join') && !changesState(look, groupId)
    if (group !== undefined && goesOn) joinPhaseGoesOn(look, group)
    if (group !== undefined) this.answers(look, group)
    for (const record of decision.records) this.recorded(record)
    if (group === undefined || !this.groups.has(groupId)) return
    this.checkRecord(group)
    // who finds no room in a join phase is removed from it, and it goes on, as in Kafka
    if (context.image.settings.groupMaxSize === DEFAULT_SETTINGS.groupMaxSize) this.checkWaiting(group)
  }

  /** But for its initial delay, a join phase is over when nobody is awaited. */
  private checkWaiting(group: Group): void {
    const { phase, pending, seats } = group
    if (phase === null || phase.isInitial || pending.size > 0) return
    for (const { join } of seats.values()) if (join === null) return
    this.fail(
      'a join phase ends when all have rejoined, or at the rebalance timeout',
      `${named(group)} waits on`,
    )
  }

  private judge(look: Look, group: Group | undefined): void {
    const { event, replies, nowMs } = look
    switch (event.type) {
      case 'JoinGroup':
        return judgeJoin(look, group, event)
      case 'SyncGroup':
        return judgeSync(look, group, event)
      case 'Heartbeat': {
        const verdict = heartbeatVerdict(group, event.request)
        compareCode(look, group, codeOf(replies.get(event.ticket)), verdict)
        const seat = group?.seats.get(event.request.memberId)
        const isHeard = verdict === ErrorCodes.NONE || verdict === ErrorCodes.REBALANCE_IN_PROGRESS
        if (seat !== undefined && isHeard) alive(seat, nowMs)
        return
      }
      case 'LeaveGroup':
        return this.judgeLeave(look, group, event)
      case 'OffsetCommit':
        return judgeCommit(look, group, event)
      case 'OffsetFetch':
        return judgeFetch(look, this.offsets, event)
      case 'OffsetDelete':
        return judgeDelete(look, group, this.offsets, event)
      case 'DescribeGroups':
        return judgeDescribe(look, group, event)
      case 'DeleteGroups':
        return judgeDeleteGroups(look, group, this.offsets, event)
      case 'timer':
        if (event.key.kind === 'expiration') judgeExpiry(look, this.groups, this.offsets)
        if (event.key.kind === 'session') group?.pending.delete(event.key.memberId)
    }
  }

  private judgeLeave(look: Look, group: Group | undefined, event: EventOf<'LeaveGroup'>): void {
    const verdicts = leaveVerdicts(group, event)
    const response = look.replies.get(event.ticket) as LeaveGroupResponse | undefined
    const isSingle = event.ticket.apiVersion <= 2
    const told = isSingle ? [response?.errorCode] : response?.members.map(({ errorCode }) => errorCode)
    for (const [i, due] of verdicts.entries()) compareCode(look, group, told?.[i], due)
    const leaving = isSingle ? [event.request] : event.request.members
    const removed = look.decision.events.filter(({ type }) => type === 'member-removed').length
    let left = 0
    for (const [i, { memberId }] of leaving.entries()) {
      if (verdicts[i] !== ErrorCodes.NONE || group?.pending.delete(memberId)) continue
      left++
    }
    if (left !== removed) look.fail('who leaves is gone', `${left} are told so, ${removed} are removed`)
  }

  /** A group comes into being with its first member or its first commit, even if nothing of that is kept; as in Kafka. */
  private created({ decision, nowMs, event, replies }: Look, groupId: string): void {
    if (this.groups.has(groupId)) return
    const isMade = decision.records.some((record) => record.groupId === groupId && record.value !== null)
    const response = replies.get(event.type === 'OffsetCommit' ? event.ticket : NOBODY)
    const codes = ((response as OffsetCommitResponse | undefined)?.topics ?? []).flatMap(({ partitions }) =>
      partitions.map(({ errorCode }) => errorCode),
    )
    if (isMade || codes.includes(ErrorCodes.OFFSET_METADATA_TOO_LARGE))
      this.groups.set(groupId, emptyGroup(groupId, nowMs))
  }

  private answers(look: Look, group: Group): void {
    const { event, replies } = look
    const waited = event.type === 'JoinGroup' && ownWaits(group, event.ticket)
    answerJoins(look, group)
    answerSyncs(look, group)
    if (event.type !== 'JoinGroup' || waited) return
    const own = replies.get(event.ticket) as JoinGroupResponse | undefined
    const seat = group.seats.get(own?.memberId ?? '')
    if (own?.errorCode !== ErrorCodes.NONE) return
    if (seat === undefined) look.fail('who is let in is a member', `${named(group)}: ${own.memberId}`)
    else checkJoined(look, group, seat, own, event.request.memberId === '')
  }

  private recorded(record: GroupRecord): void {
    const { groupId } = record
    if (record.kind === 'OffsetCommit') return apply(this.offsets, record)
    const group = this.groups.get(groupId)
    if (record.value === null) this.groups.delete(groupId)
    else if (group !== undefined) group.record = copyOf(record.value)
  }

  /** What a restart would bring back is what members were told. */
  private checkRecord(group: Group): void {
    const { state, record, generation, seats, leader, protocolName, assignment } = group
    if (state !== 'Stable' && (state !== 'Empty' || generation === 0)) return
    const kept = record?.members ?? []
    const isSame =
      record?.generation === generation &&
      record.leader === leader &&
      record.protocol === protocolName &&
      kept.length === seats.size &&
      kept.every((each) => {
        const given = assignment.get(each.memberId) ?? Buffer.alloc(0)
        return seats.has(each.memberId) && given.equals(each.assignment)
      })
    if (!isSame) this.fail('what is kept of a group is what its members were told', named(group))
  }

  /** Everything that was due has happened. */
  check(nowMs: number): void {
    for (const group of this.groups.values()) {
      for (const seat of group.seats.values()) {
        if (waits(seat) && !seat.isNew) continue
        if (nowMs <= seat.notAfterMs + SLACK_MS) continue
        this.fail('a member that is silent for its session is removed', `${named(group)}: ${seat.id}`)
      }
      this.checkPhases(group, nowMs)
    }
  }

  private checkPhases(group: Group, nowMs: number): void {
    const { phase, seats, syncOwed, state, syncSinceMs, syncLimitMs } = group
    const waiting = [...seats.values()].some(({ join }) => join !== null)
    if (phase !== null && waiting && nowMs > phase.sinceMs + phase.limitMs + SLACK_MS) {
      this.fail('a join phase ends at the rebalance timeout at the latest', named(group))
    }
    const owed = [...syncOwed].filter((id) => seats.has(id))
    const inSync = state === 'CompletingRebalance' || state === 'Stable'
    if (inSync && owed.length > 0 && nowMs > syncSinceMs + syncLimitMs + SLACK_MS) {
      this.fail('who does not sync within the rebalance timeout is removed', `${named(group)}: ${owed}`)
    }
  }
}

const ownWaits = (group: Group, ticket: object) =>
  [...group.seats.values()].some(({ join }) => join === ticket)

function groupOf(event: SeenEvent): string {
  switch (event.type) {
    case 'timer':
      return event.key.kind === 'expiration' ? '' : event.key.groupId
    case 'DescribeGroups':
      return event.request.groups[0] ?? ''
    case 'DeleteGroups':
      return event.request.groupsNames[0] ?? ''
    case 'ListGroups':
    case 'InspectAll':
    case 'topicsDeleted':
    case 'loaded':
      return ''
    case 'Inspect':
      return event.request
    default:
      return event.request.groupId
  }
}
