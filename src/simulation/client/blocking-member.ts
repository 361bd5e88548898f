// A member of a group as clients without a heartbeat thread are one (kafkajs, ruby-kafka): it speaks to the coordinator only
// where its program says so, waits for the answer there, and learns of a rebalance by an error that its loop catches.

import { type ErrorCode, ErrorCodes, errorName } from '../../protocol/errors.js'
import type { TopicPartition } from '../assignors/types.js'
import type { ResponseOf } from '../exchanges.js'
import type { Task } from '../task.js'
import type { ClusterView } from './cluster-view.js'
import type { Offsets } from './committer.js'
import {
  assignAll,
  type GroupVersions,
  heartbeatRequest,
  type Identity,
  joinGroupRequest,
  leaveGroupRequest,
  NOBODY,
  offsetCommitRequest,
  readShare,
  syncGroupRequest,
  topicsOf,
} from './group-requests.js'
import type { ClientLink } from './link.js'
import type { ConsumerSettings } from './settings.js'
import type { ClientSurroundings } from './surroundings.js'

/** Thrown where the program spoke to the coordinator: it must join again. null: the connection was lost. */
export class MustRejoin extends Error {
  readonly errorCode: ErrorCode | null

  constructor(errorCode: ErrorCode | null) {
    super(errorCode === null ? 'connection lost' : errorName(errorCode))
    this.errorCode = errorCode
  }
}

/** Not to be mended by joining again. */
export class GaveUp extends Error {}

const JOIN_GROUP_TIMEOUT_LAPSE_MS = 5000
const HOPELESS: readonly ErrorCode[] = [
  ErrorCodes.INCONSISTENT_GROUP_PROTOCOL,
  ErrorCodes.INVALID_SESSION_TIMEOUT,
  ErrorCodes.GROUP_MAX_SIZE_REACHED,
  ErrorCodes.FENCED_INSTANCE_ID,
]

export class BlockingMember {
  private identity: Identity = NOBODY
  private lastHeartbeatMs = 0
  private readonly around: ClientSurroundings
  private readonly link: ClientLink
  private readonly view: ClusterView
  private readonly settings: ConsumerSettings
  private readonly versions: GroupVersions

  constructor(
    around: ClientSurroundings,
    link: ClientLink,
    view: ClusterView,
    settings: ConsumerSettings,
    versions: GroupVersions,
  ) {
    this.around = around
    this.link = link
    this.view = view
    this.settings = settings
    this.versions = versions
  }

  /** Until it has its share of a generation. */
  *join(): Task<TopicPartition[]> {
    for (;;) {
      yield* this.view.untilCoordinator()
      try {
        const joined = yield* this.joinGroup()
        if (joined !== null) return yield* this.syncGroup(joined)
      } catch (error) {
        if (!(error instanceof MustRejoin)) throw error
        this.note(error.errorCode)
        yield* this.around.proc.sleep(this.settings.retryBackoffMs)
      }
    }
  }

  /** null: it has an id now, and must ask again with it. */
  private *joinGroup(): Task<ResponseOf<'JoinGroup'> | null> {
    const { settings, versions, identity } = this
    const { proc, journal } = this.around
    journal.mark(proc.nowMs, proc.name, 'joining')
    const told = { topics: settings.topics, owned: [], generation: -1, last: [], lastGeneration: -1 }
    const body = joinGroupRequest(settings, identity.memberId, null, told)
    const patience = settings.maxPollIntervalMs + JOIN_GROUP_TIMEOUT_LAPSE_MS
    const timeoutMs = Math.max(settings.requestTimeoutMs, patience)
    const request = { api: 'JoinGroup', version: versions.JoinGroup, body, timeoutMs } as const
    const response = yield* this.link.ask('coordinator', this.view.coordinator as number, request)
    if (response !== null) journal.named(response.memberId, proc.name)
    if (response?.errorCode === ErrorCodes.MEMBER_ID_REQUIRED) {
      this.identity = { ...NOBODY, memberId: response.memberId }
      return null
    }
    return succeeded(response)
  }

  private *syncGroup(joined: ResponseOf<'JoinGroup'>): Task<TopicPartition[]> {
    const { proc, journal } = this.around
    const { generationId, memberId, protocolName, leader } = joined
    this.identity = { generationId, memberId, protocolName }
    const topics = leader === memberId ? topicsOf(joined) : this.settings.topics
    while (!(yield* this.view.refresh(topics)));
    const assignments = leader === memberId ? assignAll(joined, this.view.partitionCounts()) : []
    const version = this.versions.SyncGroup
    const body = syncGroupRequest(this.settings, this.identity, assignments, version)
    const timeoutMs = Math.max(this.settings.requestTimeoutMs, this.settings.maxPollIntervalMs)
    const request = { api: 'SyncGroup', version, body, timeoutMs } as const
    if (this.view.coordinator === null) throw new MustRejoin(null)
    const response = succeeded(yield* this.link.ask('coordinator', this.view.coordinator, request))
    this.lastHeartbeatMs = proc.nowMs
    journal.mark(proc.nowMs, proc.name, 'synced', `${generationId}`)
    return readShare(response.assignment)
  }

  /** Sends one if the interval has passed since the last. Throws MustRejoin. */
  *heartbeatIfDue(): Task {
    const { proc } = this.around
    if (proc.nowMs >= this.lastHeartbeatMs + this.settings.heartbeatIntervalMs) yield* this.heartbeat()
  }

  /** Throws MustRejoin. */
  *heartbeat(): Task {
    const { proc } = this.around
    const body = heartbeatRequest(this.settings, this.identity)
    const { requestTimeoutMs: timeoutMs } = this.settings
    const request = { api: 'Heartbeat', version: this.versions.Heartbeat, body, timeoutMs } as const
    if (this.view.coordinator === null) throw new MustRejoin(null)
    succeeded(yield* this.link.ask('coordinator', this.view.coordinator, request))
    this.lastHeartbeatMs = proc.nowMs
  }

  /** Throws MustRejoin. */
  *commit(offsets: Offsets): Task {
    if (offsets.length === 0) return
    const { proc, journal } = this.around
    const body = offsetCommitRequest(this.settings, this.identity, offsets)
    const { requestTimeoutMs: timeoutMs } = this.settings
    const request = { api: 'OffsetCommit', version: this.versions.OffsetCommit, body, timeoutMs } as const
    if (this.view.coordinator === null) throw new MustRejoin(null)
    journal.commits++
    const response = yield* this.link.ask('coordinator', this.view.coordinator, request)
    const codes = response?.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))
    const errorCode = codes === undefined ? null : codes.find((code) => code !== ErrorCodes.NONE)
    if (errorCode === undefined) return
    journal.mark(proc.nowMs, proc.name, 'commit refused', errorCode === null ? 'lost' : errorName(errorCode))
    throw new MustRejoin(errorCode)
  }

  *leave(): Task {
    const { proc, journal } = this.around
    const { memberId } = this.identity
    if (memberId === '' || this.view.coordinator === null) return
    journal.mark(proc.nowMs, proc.name, 'left')
    const body = leaveGroupRequest(this.settings, memberId, null)
    const { requestTimeoutMs: timeoutMs } = this.settings
    const request = { api: 'LeaveGroup', version: this.versions.LeaveGroup, body, timeoutMs } as const
    yield* this.link.ask('coordinator', this.view.coordinator, request)
  }

  /** What an error says of who it is and where its coordinator is. */
  note(errorCode: ErrorCode | null): void {
    if (errorCode === ErrorCodes.UNKNOWN_MEMBER_ID) this.identity = NOBODY
    if (errorCode !== null && HOPELESS.includes(errorCode)) throw new GaveUp(errorName(errorCode))
    const moved = errorCode === null || errorCode === ErrorCodes.NOT_COORDINATOR
    if (moved || errorCode === ErrorCodes.COORDINATOR_NOT_AVAILABLE) this.view.forgetCoordinator()
  }
}

function succeeded<R extends { errorCode: ErrorCode }>(response: R | null): R {
  if (response === null) throw new MustRejoin(null)
  if (response.errorCode !== ErrorCodes.NONE) throw new MustRejoin(response.errorCode)
  return response
}
