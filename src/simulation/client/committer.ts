// Committing offsets as the Java client does: what may be tried again is tried again, what says that the generation is over
// makes it rejoin, and nothing is sent by a member that is not in a stable generation.

import { type ErrorCode, ErrorCodes, errorName } from '../../protocol/errors.js'
import type { TopicPartition } from '../assignors/types.js'
import { type Task, wait } from '../task.js'
import type { ClusterView } from './cluster-view.js'
import { type Identity, JAVA_VERSIONS, offsetCommitRequest } from './group-requests.js'
import type { ClientLink } from './link.js'
import type { Membership } from './membership.js'
import type { ConsumerSettings } from './settings.js'
import type { ClientSurroundings } from './surroundings.js'

/** 'rebalance': to be tried again when the rebalance is over; 'failed': it is no member any more (CommitFailedException). */
export type CommitResult = 'ok' | 'rebalance' | 'failed'

export type Offsets = readonly (TopicPartition & { offset: number })[]

export class Committer {
  private readonly around: ClientSurroundings
  private readonly link: ClientLink
  private readonly view: ClusterView
  private readonly settings: ConsumerSettings
  private readonly membership: Membership
  private nextAutoCommitMs = 0

  constructor(
    around: ClientSurroundings,
    link: ClientLink,
    view: ClusterView,
    settings: ConsumerSettings,
    membership: Membership,
  ) {
    this.around = around
    this.link = link
    this.view = view
    this.settings = settings
    this.membership = membership
  }

  *sync(offsets: Offsets): Task<CommitResult> {
    if (offsets.length === 0) return 'ok'
    for (;;) {
      const { membership } = this
      if (membership.state !== 'STABLE')
        return this.refused(membership.isRebalancing ? 'rebalance' : 'failed')
      if (this.view.coordinator === null) {
        yield* this.view.untilCoordinator()
        continue
      }
      const result = yield* wait<CommitResult | null>((resume) => this.send(offsets, resume))
      if (result === 'ok') return 'ok'
      if (result !== null) return this.refused(result)
      yield* this.around.proc.sleep(this.settings.retryBackoffMs)
    }
  }

  /** enable.auto.commit: every auto.commit.interval.ms, without waiting for the answer. */
  auto(consumed: () => Offsets): void {
    const { nowMs } = this.around.proc
    if (!this.settings.enableAutoCommit || nowMs < this.nextAutoCommitMs) return
    if (this.membership.state !== 'STABLE' || this.view.coordinator === null) return
    this.restartAuto()
    const offsets = consumed()
    if (offsets.length === 0) return
    this.send(offsets, (result) => {
      if (result === null) this.nextAutoCommitMs = this.around.proc.nowMs + this.settings.retryBackoffMs
      else if (result !== 'ok') this.refused(result)
    })
  }

  /** A new assignment begins a new interval. */
  restartAuto(): void {
    this.nextAutoCommitMs = this.around.proc.nowMs + this.settings.autoCommitIntervalMs
  }

  private refused(result: CommitResult): CommitResult {
    const { proc, journal } = this.around
    journal.mark(proc.nowMs, proc.name, 'commit refused', result)
    return result
  }

  /** `done` gets null for what may be tried again. */
  private send(offsets: Offsets, done: (result: CommitResult | null) => void): void {
    const sent = this.membership.identity
    const body = offsetCommitRequest(this.settings, sent, offsets)
    const { requestTimeoutMs: timeoutMs } = this.settings
    const request = { api: 'OffsetCommit', version: JAVA_VERSIONS.OffsetCommit, body, timeoutMs } as const
    this.around.journal.commits++
    this.link.send('coordinator', this.view.coordinator as number, request, (response) => {
      const codes = response?.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))
      done(this.judge(sent, codes?.find((code) => code !== ErrorCodes.NONE) ?? (codes && ErrorCodes.NONE)))
    })
  }

  /** undefined: the connection was lost. */
  private judge(sent: Identity, errorCode: ErrorCode | undefined): CommitResult | null {
    const { membership } = this
    const isCurrent = sent === membership.identity
    switch (errorCode) {
      case ErrorCodes.NONE:
        return 'ok'
      case ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS:
        return null
      case undefined:
      case ErrorCodes.COORDINATOR_NOT_AVAILABLE:
      case ErrorCodes.NOT_COORDINATOR:
        this.view.forgetCoordinator()
        return null
      case ErrorCodes.REBALANCE_IN_PROGRESS:
        if (isCurrent) membership.requestRejoin('offset commit failed since group is already rebalancing')
        return 'rebalance'
      case ErrorCodes.UNKNOWN_MEMBER_ID:
      case ErrorCodes.ILLEGAL_GENERATION:
        if (isCurrent) membership.resetOnError('OFFSET_COMMIT', errorCode)
        return 'failed'
      default:
        if (isCurrent) membership.fatal = errorName(errorCode)
        return 'failed'
    }
  }
}
