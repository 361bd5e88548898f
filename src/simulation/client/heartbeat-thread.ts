// The heartbeat thread of the Java client (AbstractCoordinator.HeartbeatThread) and of librdkafka: it keeps the session
// whatever the application does, and leaves the group in its name when that has not polled for max.poll.interval.ms (KIP-62).
// Java's looks around every retry.backoff.ms, so that a heartbeat comes up to 100 ms late and members that were assigned
// together do not stay in step; here that lateness is drawn.

import { ErrorCodes } from '../../protocol/errors.js'
import type { ResponseOf } from '../exchanges.js'
import { Signal, type Task } from '../task.js'
import type { ClusterView } from './cluster-view.js'
import { heartbeatRequest, type Identity, JAVA_VERSIONS } from './group-requests.js'
import type { ClientLink } from './link.js'
import type { Membership } from './membership.js'
import type { ConsumerSettings } from './settings.js'
import type { ClientSurroundings } from './surroundings.js'

export const POLL_TIMEOUT_REASON = 'consumer poll timeout has expired.'

export class HeartbeatThread {
  private enabled = false
  private closed = false
  private nextMs = 0
  private lastAnswerMs = 0
  private lastPollMs = 0
  private readonly wake = new Signal()
  private readonly around: ClientSurroundings
  private readonly link: ClientLink
  private readonly view: ClusterView
  private readonly settings: ConsumerSettings
  private readonly membership: Membership

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
    membership.onEnabled = () => this.enable()
    around.proc.spawn(this.run())
  }

  /** The application has called poll(). */
  polled(): void {
    this.lastPollMs = this.around.proc.nowMs
  }

  close(): void {
    this.closed = true
    this.wake.raise()
  }

  private enable(): void {
    const { nowMs } = this.around.proc
    this.enabled = true
    this.nextMs = this.dueAfter(this.settings.heartbeatIntervalMs)
    this.lastAnswerMs = nowMs
    this.lastPollMs = nowMs
    this.wake.raise()
  }

  private *run(): Task {
    const { proc } = this.around
    while (!this.closed) {
      const { state } = this.membership
      if (state === 'UNJOINED' || state === 'PREPARING_REBALANCE') this.enabled = false
      if (!this.enabled) yield* proc.waitFor(this.wake, Number.POSITIVE_INFINITY)
      else yield* proc.waitFor(this.wake, this.lookAround())
    }
  }

  private dueAfter(ms: number): number {
    const { proc, random } = this.around
    return proc.nowMs + ms + random.between(0, this.settings.retryBackoffMs)
  }

  /** Does what is due; returns when something is due again. */
  private lookAround(): number {
    const { nowMs } = this.around.proc
    const { sessionTimeoutMs, maxPollIntervalMs, retryBackoffMs } = this.settings
    if (this.view.coordinator === null) {
      this.view.lookUp(() => {
        this.lastAnswerMs = this.around.proc.nowMs
        this.membership.progressed.raise()
        this.wake.raise()
      })
      return nowMs + retryBackoffMs
    }
    // compared as they are returned: a difference of fractions may be rounded otherwise than their sum
    const sessionEndsMs = this.lastAnswerMs + sessionTimeoutMs
    const pollIsDueMs = this.lastPollMs + maxPollIntervalMs
    if (nowMs >= sessionEndsMs) {
      this.view.forgetCoordinator()
      return nowMs
    }
    if (nowMs >= pollIsDueMs) {
      this.membership.leave(POLL_TIMEOUT_REASON)
      return nowMs
    }
    if (nowMs >= this.nextMs) this.send(this.view.coordinator)
    return Math.min(this.nextMs, sessionEndsMs, pollIsDueMs)
  }

  private send(coordinator: number): void {
    const { proc } = this.around
    const { settings } = this
    this.nextMs = this.dueAfter(settings.heartbeatIntervalMs)
    const sent = this.membership.identity
    const body = heartbeatRequest(settings, sent)
    const { requestTimeoutMs: timeoutMs } = settings
    const request = { api: 'Heartbeat', version: JAVA_VERSIONS.Heartbeat, body, timeoutMs } as const
    this.link.send('coordinator', coordinator, request, (response) => {
      if (this.answered(sent, response)) this.lastAnswerMs = proc.nowMs
      else this.nextMs = proc.nowMs + settings.retryBackoffMs
      this.wake.raise()
    })
  }

  /** Whether it counts as a sign of life of the coordinator. */
  private answered(sent: Identity, response: ResponseOf<'Heartbeat'> | null): boolean {
    const { membership } = this
    switch (response?.errorCode) {
      case ErrorCodes.NONE:
        return true
      case ErrorCodes.REBALANCE_IN_PROGRESS:
        if (membership.state === 'STABLE') membership.requestRejoin('group is already rebalancing')
        return true
      case ErrorCodes.ILLEGAL_GENERATION:
      case ErrorCodes.UNKNOWN_MEMBER_ID:
      case ErrorCodes.FENCED_INSTANCE_ID:
        if (sent !== membership.identity) return true // of a generation that is over anyway
        // first, because the reset wakes poll(), which must not join in the other's place
        if (response.errorCode === ErrorCodes.FENCED_INSTANCE_ID) membership.fatal = 'FENCED_INSTANCE_ID'
        membership.resetOnError('HEARTBEAT', response.errorCode)
        return false
      default:
        this.view.forgetCoordinator()
        return false
    }
  }
}
