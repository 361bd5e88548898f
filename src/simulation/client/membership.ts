// A member of a classic group as the Java client is one (AbstractCoordinator): its state, what it does about every answer
// and error code, and how far a rebalance gets whenever the application polls. The answer to JoinGroup is looked at within
// poll() only, that to SyncGroup by the heartbeat thread too: so a rebalance waits for the slowest poll of all members.

import { type ErrorCode, ErrorCodes, errorName } from '../../protocol/errors.js'
import type { TopicPartition } from '../assignors/types.js'
import type { RequestOf, ResponseOf } from '../exchanges.js'
import { Signal, type Task } from '../task.js'
import type { ClusterView } from './cluster-view.js'
import {
  assignAll,
  type Identity,
  JAVA_VERSIONS,
  joinGroupRequest,
  leaveGroupRequest,
  NOBODY,
  readShare,
  syncGroupRequest,
  type Told,
  topicsOf,
} from './group-requests.js'
import type { ClientLink } from './link.js'
import type { ConsumerSettings } from './settings.js'
import type { ClientSurroundings } from './surroundings.js'

export type MemberState = 'UNJOINED' | 'PREPARING_REBALANCE' | 'COMPLETING_REBALANCE' | 'STABLE'

/** The consumer around it. */
export interface Member {
  told(): Told
  /** Before it joins: commits and revokes, or gives all for lost. */
  prepare(isLost: boolean): Task
  /** It has its share of a new generation. */
  complete(share: readonly TopicPartition[]): Task
}

/** Java waits this much longer than the rebalance timeout for the answer to a JoinGroup. */
const JOIN_GROUP_TIMEOUT_LAPSE_MS = 5000

type Mail =
  | { readonly to: 'JoinGroup'; readonly response: ResponseOf<'JoinGroup'> | null }
  | { readonly to: 'SyncGroup'; readonly response: ResponseOf<'SyncGroup'> | null }

export class Membership {
  state: MemberState = 'UNJOINED'
  identity: Identity = NOBODY
  rejoinNeeded = true
  /** An error that it does not try to mend: poll() throws it. */
  fatal: string | null = null
  /** The topics that the group watches and their partitions at the last assignment; null for a follower. */
  assignmentSnapshot: ReadonlyMap<string, number> | null = null
  /** Raised when something has come that poll() or the heartbeat thread should look at. */
  readonly progressed = new Signal()
  /** Called when heartbeats begin anew. */
  onEnabled: () => void = () => {}
  private rejoinReason = ''
  private needsPrepare = true
  private inFlight = false
  private mail: Mail | null = null
  private share: TopicPartition[] | null = null
  private notBeforeMs = 0
  private readonly around: ClientSurroundings
  private readonly link: ClientLink
  private readonly view: ClusterView
  private readonly settings: ConsumerSettings
  private readonly member: Member

  constructor(
    around: ClientSurroundings,
    link: ClientLink,
    view: ClusterView,
    settings: ConsumerSettings,
    member: Member,
  ) {
    this.around = around
    this.link = link
    this.view = view
    this.settings = settings
    this.member = member
  }

  get isRebalancing(): boolean {
    return this.state === 'PREPARING_REBALANCE' || this.state === 'COMPLETING_REBALANCE'
  }

  requestRejoin(reason: string): void {
    this.rejoinNeeded = true
    this.rejoinReason = reason
    this.progressed.raise()
  }

  /** What it was is over: its partitions are lost, and it joins again at the next poll. */
  reset(reason: string, keepsMemberId: boolean): void {
    this.state = 'UNJOINED'
    this.identity = { ...NOBODY, memberId: keepsMemberId ? this.identity.memberId : '' }
    this.needsPrepare = true
    this.share = null
    this.requestRejoin(reason)
  }

  /** The same for an error that another request has met. */
  resetOnError(api: string, errorCode: ErrorCode): void {
    const reason = `encountered ${errorName(errorCode)} from ${api} response`
    this.reset(reason, errorCode === ErrorCodes.ILLEGAL_GENERATION)
  }

  /** Only dynamic members say that they leave (KIP-345). */
  leave(reason: string, answered: () => void = () => {}): void {
    const { memberId } = this.identity
    const { coordinator } = this.view
    const says = this.settings.groupInstanceId === null && this.state !== 'UNJOINED' && memberId !== ''
    if (says && coordinator !== null) {
      const { proc, journal } = this.around
      journal.mark(proc.nowMs, proc.name, 'left', reason)
      const body = leaveGroupRequest(this.settings, memberId, reason)
      const { requestTimeoutMs: timeoutMs } = this.settings
      const request = { api: 'LeaveGroup', version: JAVA_VERSIONS.LeaveGroup, body, timeoutMs } as const
      this.link.send('coordinator', coordinator, request, answered)
    } else {
      answered()
    }
    this.reset('consumer pro-actively leaving the group', false)
  }

  /** As far as it gets without waiting for an answer. */
  *progress(): Task {
    while (this.fatal === null) {
      if (this.share !== null && !this.inFlight) {
        const { share } = this
        this.share = null
        this.needsPrepare = true
        yield* this.member.complete(share)
        continue
      }
      if (this.mail !== null) {
        yield* this.read(this.mail)
        continue
      }
      if (!this.rejoinNeeded || this.inFlight) return
      if (this.view.coordinator === null) return this.view.lookUp(() => this.progressed.raise())
      if (this.around.proc.nowMs < this.notBeforeMs) return this.wakeLater()
      if (this.needsPrepare) {
        this.needsPrepare = false
        const { generationId, memberId } = this.identity
        yield* this.member.prepare(generationId === -1 || memberId === '')
        continue
      }
      this.sendJoin()
    }
  }

  private wakeLater(): void {
    const { proc, network } = this.around
    network.queue.at(this.notBeforeMs, () => proc.run(() => this.progressed.raise()))
  }

  private sendJoin(): void {
    const { proc, journal } = this.around
    const { settings, identity, view } = this
    this.state = 'PREPARING_REBALANCE'
    this.inFlight = true
    journal.mark(proc.nowMs, proc.name, 'joining', this.rejoinReason)
    const body = joinGroupRequest(settings, identity.memberId, this.rejoinReason, this.member.told())
    const patience = settings.maxPollIntervalMs + JOIN_GROUP_TIMEOUT_LAPSE_MS
    const timeoutMs = Math.max(settings.requestTimeoutMs, patience)
    const request = { api: 'JoinGroup', version: JAVA_VERSIONS.JoinGroup, body, timeoutMs } as const
    this.link.send('coordinator', view.coordinator as number, request, (response) => {
      this.mail = { to: 'JoinGroup', response }
      this.progressed.raise()
    })
  }

  private *read(mail: Mail): Task {
    this.mail = null
    if (mail.to === 'SyncGroup') return this.syncFailed(mail.response?.errorCode ?? null)
    const { response } = mail
    if (response === null) return this.failed(null, 'JoinGroup')
    this.around.journal.named(response.memberId, this.around.proc.name)
    if (response.errorCode === ErrorCodes.MEMBER_ID_REQUIRED) {
      this.inFlight = false
      this.identity = { ...NOBODY, memberId: response.memberId }
      return this.requestRejoin(`need to re-join with the given member-id: ${response.memberId}`)
    }
    if (response.errorCode !== ErrorCodes.NONE) return this.failed(response.errorCode, 'JoinGroup')
    const { generationId, memberId, protocolName } = response
    this.state = 'COMPLETING_REBALANCE'
    this.identity = { generationId, memberId, protocolName }
    this.onEnabled()
    if (response.leader !== memberId) {
      this.assignmentSnapshot = null
      return this.sendSync([])
    }
    yield* this.view.ensureKnown(topicsOf(response))
    this.assignmentSnapshot = this.view.partitionCounts()
    this.sendSync(response.skipAssignment ? [] : assignAll(response, this.assignmentSnapshot))
  }

  private sendSync(assignments: RequestOf<'SyncGroup'>['assignments']): void {
    if (this.view.coordinator === null) return this.failed(null, 'SyncGroup')
    const { settings, identity } = this
    const body = syncGroupRequest(settings, identity, assignments, JAVA_VERSIONS.SyncGroup)
    const { requestTimeoutMs: timeoutMs } = settings
    const request = { api: 'SyncGroup', version: JAVA_VERSIONS.SyncGroup, body, timeoutMs } as const
    this.link.send('coordinator', this.view.coordinator, request, (response) => {
      if (response?.errorCode === ErrorCodes.NONE) this.synced(response)
      else this.mail = { to: 'SyncGroup', response }
      this.progressed.raise()
    })
  }

  private synced({ assignment }: ResponseOf<'SyncGroup'>): void {
    this.inFlight = false
    // reset by the heartbeat thread meanwhile: it joins again
    if (this.state !== 'COMPLETING_REBALANCE') return
    this.state = 'STABLE'
    this.rejoinNeeded = false
    this.rejoinReason = ''
    this.share = readShare(assignment)
  }

  private syncFailed(errorCode: ErrorCode | null): void {
    this.failed(errorCode, 'SyncGroup')
  }

  /** null: the connection was lost. */
  private failed(errorCode: ErrorCode | null, api: 'JoinGroup' | 'SyncGroup'): void {
    this.inFlight = false
    const name = errorCode === null ? 'DisconnectException' : errorName(errorCode)
    this.requestRejoin(`rebalance failed due to ${name}`)
    switch (errorCode) {
      case ErrorCodes.UNKNOWN_MEMBER_ID:
      case ErrorCodes.ILLEGAL_GENERATION:
        return this.resetOnError(api, errorCode)
      case ErrorCodes.REBALANCE_IN_PROGRESS:
        return
      case null:
      case ErrorCodes.COORDINATOR_NOT_AVAILABLE:
      case ErrorCodes.NOT_COORDINATOR:
        this.view.forgetCoordinator()
        break
      case ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS:
        break
      default:
        this.fatal = name
        return
    }
    this.notBeforeMs = this.around.proc.nowMs + this.settings.retryBackoffMs
  }
}
