// What a client knows of the cluster: which node coordinates its group, how many partitions topics have and who leads them.
// Asked of some node; metadata is asked for again when it is old or was wrong.

import { ErrorCodes } from '../../protocol/errors.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import { FIND_COORDINATOR_VERSION, METADATA_VERSION } from '../exchanges.js'
import { type Task, wait } from '../task.js'
import type { ClientLink } from './link.js'
import type { ConsumerSettings } from './settings.js'
import type { ClientSurroundings } from './surroundings.js'

export class ClusterView {
  /** null: not known, or no longer trusted. */
  coordinator: number | null = null
  /** Topic -> leader of each partition. */
  leaders: ReadonlyMap<string, readonly number[]> = new Map()
  private refreshedMs = Number.NEGATIVE_INFINITY
  private readonly around: ClientSurroundings
  private readonly link: ClientLink
  private readonly settings: ConsumerSettings
  private readonly lookers: (() => void)[] = []

  constructor(around: ClientSurroundings, link: ClientLink, settings: ConsumerSettings) {
    this.around = around
    this.link = link
    this.settings = settings
  }

  /** Until it is found, in the background; `onFound` is called once it is. */
  lookUp(onFound: () => void): void {
    this.lookers.push(onFound)
    if (this.lookers.length > 1) return
    this.around.proc.spawn(this.findCoordinator())
  }

  *untilCoordinator(): Task {
    while (this.coordinator === null) yield* wait<void>((resume) => this.lookUp(resume))
  }

  private *findCoordinator(): Task {
    const { groupId, requestTimeoutMs: timeoutMs, retryBackoffMs } = this.settings
    const body = { key: '', keyType: 0, coordinatorKeys: [groupId] }
    const request = { api: 'FindCoordinator', version: FIND_COORDINATOR_VERSION, body, timeoutMs } as const
    while (this.coordinator === null) {
      const response = yield* this.link.ask('other', this.anyNode(), request)
      const found = response?.coordinators[0]
      if (found?.errorCode === ErrorCodes.NONE) this.coordinator = found.nodeId
      else yield* this.around.proc.sleep(retryBackoffMs)
    }
    for (const found of this.lookers.splice(0)) found()
  }

  /** It is somewhere else, or out of reach: what waits for it comes to nothing (Java: markCoordinatorUnknown). */
  forgetCoordinator(): void {
    if (this.coordinator === null) return
    const nodeId = this.coordinator
    this.coordinator = null
    this.link.drop('coordinator', nodeId)
  }

  get isStale(): boolean {
    return this.around.proc.nowMs - this.refreshedMs >= this.settings.metadataMaxAgeMs
  }

  /** Will be refreshed before it is next used. */
  distrust(): void {
    this.refreshedMs = Number.NEGATIVE_INFINITY
  }

  /** Refreshed if it is old, or does not have these topics. */
  *ensureKnown(topics: readonly string[]): Task {
    while (this.isStale || topics.some((topic) => !this.leaders.has(topic))) {
      if (yield* this.refresh(topics)) return
    }
  }

  *refresh(topics: readonly string[]): Task<boolean> {
    const { requestTimeoutMs: timeoutMs, retryBackoffMs } = this.settings
    const body = {
      topics: topics.map((name) => ({ name, topicId: ZERO_UUID })),
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    }
    const request = { api: 'Metadata', version: METADATA_VERSION, body, timeoutMs } as const
    const response = yield* this.link.ask('other', this.anyNode(), request)
    if (response === null) {
      yield* this.around.proc.sleep(retryBackoffMs)
      return false
    }
    this.refreshedMs = this.around.proc.nowMs
    this.leaders = new Map(
      response.topics
        .filter(({ errorCode }) => errorCode === ErrorCodes.NONE)
        .map(({ name, partitions }) => [name ?? '', partitions.map(({ leaderId }) => leaderId)]),
    )
    return true
  }

  partitionCounts(): Map<string, number> {
    return new Map([...this.leaders].map(([topic, leaders]) => [topic, leaders.length]))
  }

  leaderOf(topic: string, partition: number): number | undefined {
    return this.leaders.get(topic)?.[partition]
  }

  private anyNode(): number {
    const { bootstrap, random } = this.around
    return bootstrap[random.below(bootstrap.length)] as number
  }
}
