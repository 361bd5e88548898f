// CreatePartitions (key 37, KIP-195) as a decision over the image: a topic can only grow
// (Kafka: ReplicationControlManager.createPartitions).

import { ErrorCodes } from '../protocol/errors.js'
import type { CreatePartitionsRequest } from '../protocol/messages/create-partitions.js'
import { assignedPartition, spreadPartitions } from './changes.js'
import { ALL_FENCED, assignmentError, MAX_PARTITIONS_PER_REQUEST, type Refusal } from './create-topics.js'
import type { ClusterImage, Topic } from './image.js'

type GrowingTopic = CreatePartitionsRequest['topics'][number]

export type GrowthDecision =
  | { readonly ok: true; readonly topic: Topic }
  | { readonly ok: false; readonly refusal: Refusal | { readonly errorCode: number; readonly message: null } }

/** Why these topics are refused together; null when they are not. */
export function tooMuchGrowth(image: ClusterImage, topics: readonly GrowingTopic[]): Refusal | null {
  let added = 0
  for (const { name, count } of topics) {
    const topic = image.topicsByName.get(name)
    if (topic !== undefined) added += Math.max(count - topic.partitions.length, 0)
  }
  if (added <= MAX_PARTITIONS_PER_REQUEST) return null
  return {
    errorCode: ErrorCodes.POLICY_VIOLATION,
    message: 'Excessively large number of additional partitions per request.',
  }
}

export function decideGrowth(
  image: ClusterImage,
  { name, count, assignments }: GrowingTopic,
): GrowthDecision {
  const topic = image.topicsByName.get(name)
  if (topic === undefined) {
    return { ok: false, refusal: { errorCode: ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION, message: null } }
  }
  const { partitions } = topic
  const have = partitions.length
  if (count === have) return refuse(ErrorCodes.INVALID_PARTITIONS, `Topic already has ${have} partition(s).`)
  if (count < have) {
    const message = `The topic ${name} currently has ${have} partition(s); ${count} would not be an increase.`
    return refuse(ErrorCodes.INVALID_PARTITIONS, message)
  }
  const added = count - have
  if (assignments === null) {
    const { brokers } = image
    if (brokers.length === 0) return refuse(ErrorCodes.INVALID_REPLICATION_FACTOR, ALL_FENCED)
    const factor = Math.min(partitions[0]?.replicas.length ?? 1, brokers.length)
    const last = brokers.findIndex(({ nodeId }) => nodeId === partitions.at(-1)?.replicas[0])
    const grown = spreadPartitions(brokers, have, added, factor, last + 1)
    return { ok: true, topic: { ...topic, partitions: [...partitions, ...grown] } }
  }
  if (assignments.length !== added) {
    const message = `Attempted to add ${added} additional partition(s), but only ${assignments.length} assignment(s) were specified.`
    return refuse(ErrorCodes.INVALID_REPLICA_ASSIGNMENT, message)
  }
  const error = assignments
    .map(({ brokerIds }) => assignmentError(image, brokerIds, partitions[0]?.replicas.length))
    .find((found) => found !== null)
  if (error) return refuse(ErrorCodes.INVALID_REPLICA_ASSIGNMENT, error)
  const grown = assignments.map(({ brokerIds }, i) => assignedPartition(have + i, brokerIds))
  return { ok: true, topic: { ...topic, partitions: [...partitions, ...grown] } }
}

function refuse(errorCode: number, message: string): GrowthDecision {
  return { ok: false, refusal: { errorCode, message } }
}
