// The state of the log and the step in progress, as every file of this room sees them.

import type { Ticket } from '../machine/decision.js'
import type { ClusterImage, Topic } from '../metadata/image.js'
import type { FetchRequest } from '../protocol/messages/fetch.js'
import type { Compression } from '../protocol/records/compression.js'
import type { FetchContext, FetchSessions } from './fetch-sessions.js'
import { newPartitionLog, type PartitionLog } from './partition.js'
import type { FetchTimer, LogDecision } from './types.js'

export interface ParkedFetch {
  readonly ticket: Ticket
  readonly request: FetchRequest
  readonly context: FetchContext
  readonly timer: FetchTimer
  readonly partitions: readonly PartitionLog[]
  readonly nodeId: number | undefined
  /** What has come since it was parked, at most. */
  arrivedBytes: number
}

export interface LogState {
  /** Topic id -> partition index -> its log. */
  readonly topics: Map<string, Map<number, PartitionLog>>
  readonly parked: Map<Ticket, ParkedFetch>
  readonly waiting: Map<PartitionLog, Set<ParkedFetch>>
  readonly compression: Compression
  /** Node -> its own. */
  readonly sessions: Map<number | undefined, FetchSessions>
  /** Of all batches kept. */
  sizeBytes: number
  /** Of those of one topic, by its id. */
  readonly sizeByTopic: Map<string, number>
}

/** Batches of a partition have come, or gone: all that counts bytes is told. */
export function grow(log: LogState, partition: PartitionLog, bytes: number): void {
  const { topicId } = partition
  partition.sizeBytes += bytes
  log.sizeBytes += bytes
  log.sizeByTopic.set(topicId, (log.sizeByTopic.get(topicId) ?? 0) + bytes)
}

export interface LogStep {
  readonly log: LogState
  /** The node that is asked; undefined within the process. */
  readonly nodeId: number | undefined
  readonly nowMs: number
  readonly image: ClusterImage
  readonly decision: LogDecision
}

export function ensureLog(log: LogState, topicId: string, index: number): PartitionLog {
  let partitions = log.topics.get(topicId)
  if (partitions === undefined) {
    partitions = new Map()
    log.topics.set(topicId, partitions)
  }
  let partition = partitions.get(index)
  if (partition === undefined) {
    partition = newPartitionLog(topicId, index)
    partitions.set(index, partition)
  }
  return partition
}

/** The log of a partition that the cluster has, else undefined. */
export function logOf(step: LogStep, topic: Topic | undefined, index: number): PartitionLog | undefined {
  if (topic?.partitions[index] === undefined) return undefined
  return ensureLog(step.log, topic.id, index)
}
