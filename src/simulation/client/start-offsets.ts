// Where a consumer begins in a partition that it has just been given: at the committed offset, else by auto.offset.reset.

import { ErrorCodes } from '../../protocol/errors.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import type { TopicPartition } from '../assignors/types.js'
import { LIST_OFFSETS_VERSION, OFFSET_FETCH_VERSION, type RequestOf } from '../exchanges.js'
import { partitionKey } from '../journal.js'
import type { Task } from '../task.js'
import type { ClusterView } from './cluster-view.js'
import type { ClientLink } from './link.js'
import type { ConsumerSettings } from './settings.js'

const LATEST = -1n
const EARLIEST = -2n

/** Partition key -> committed offset, of those that have one; null: to be tried again. */
export function* committedOffsets(
  link: ClientLink,
  view: ClusterView,
  settings: ConsumerSettings,
  partitions: readonly TopicPartition[],
): Task<Map<string, number> | null> {
  const { groupId, requestTimeoutMs: timeoutMs } = settings
  if (view.coordinator === null) return null
  const topics = [...new Set(partitions.map(({ topic }) => topic))].map((name) => ({
    name,
    topicId: ZERO_UUID,
    partitionIndexes: partitions.filter(({ topic }) => topic === name).map(({ partition }) => partition),
  }))
  const group = { groupId, memberId: null, memberEpoch: -1, topics }
  const body: RequestOf<'OffsetFetch'> = { groupId: '', topics: [], groups: [group], requireStable: false }
  const request = { api: 'OffsetFetch', version: OFFSET_FETCH_VERSION, body, timeoutMs } as const
  const response = yield* link.ask('coordinator', view.coordinator, request)
  const answer = response?.groups[0]
  if (answer === undefined || answer.errorCode !== ErrorCodes.NONE) {
    const isLoading = answer?.errorCode === ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS
    if (!isLoading) view.forgetCoordinator()
    return null
  }
  const offsets = new Map<string, number>()
  for (const topic of answer.topics) {
    for (const { partitionIndex, committedOffset } of topic.partitions) {
      if (committedOffset >= 0n)
        offsets.set(partitionKey(topic.name, partitionIndex), Number(committedOffset))
    }
  }
  return offsets
}

/** The end of the partition that auto.offset.reset names; null: to be tried again. */
export function* resetOffset(
  link: ClientLink,
  view: ClusterView,
  settings: ConsumerSettings,
  { topic, partition }: TopicPartition,
): Task<number | null> {
  const nodeId = view.leaderOf(topic, partition)
  if (nodeId === undefined) return null
  const timestamp = settings.autoOffsetReset === 'earliest' ? EARLIEST : LATEST
  const asked = { partitionIndex: partition, currentLeaderEpoch: -1, timestamp, maxNumOffsets: 1 }
  const { requestTimeoutMs: timeoutMs } = settings
  const body = { replicaId: -1, isolationLevel: 0, topics: [{ name: topic, partitions: [asked] }], timeoutMs }
  const request = { api: 'ListOffsets', version: LIST_OFFSETS_VERSION, body, timeoutMs } as const
  const response = yield* link.ask('other', nodeId, request)
  const answer = response?.topics[0]?.partitions[0]
  if (answer === undefined || answer.errorCode !== ErrorCodes.NONE) {
    view.distrust()
    return null
  }
  return Number(answer.offset)
}
