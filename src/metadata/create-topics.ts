// CreateTopics (key 19) as a decision over the image: checks in the order of Kafka's controller, in its words
// (Kafka: ReplicationControlManager.createTopics). A topic that is refused does not hinder the others.

import type { IdSource } from '../machine/id-source.js'
import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { CreateTopicsRequest } from '../protocol/messages/create-topics.js'
import { assignedPartition, spreadPartitions } from './changes.js'
import type { ClusterImage, Partition, Topic } from './image.js'
import { collidingTopic, topicNameError } from './names.js'
import { topicConfigError } from './topic-configs.js'

export type CreatableTopic = CreateTopicsRequest['topics'][number]

export interface Refusal {
  readonly errorCode: ErrorCode
  readonly message: string
}

export type TopicDecision =
  | { readonly ok: true; readonly topic: Topic; readonly cappedFrom: number | null }
  | { readonly ok: false; readonly refusal: Refusal }

const DEFAULT = -1
/** The log of Kafka's controllers, which nobody may take the name of. */
const METADATA_TOPIC = '__cluster_metadata'

/** Of all topics that one request makes, or of what it adds to them (Kafka: MAX_PARTITIONS_PER_BATCH). */
export const MAX_PARTITIONS_PER_REQUEST = 10_000

/** Of a cluster whose brokers have all been stopped. */
export const ALL_FENCED = 'Unable to replicate the partition 1 time(s): All brokers are currently fenced.'

/** Why these topics are refused together, before any of them is looked at; null when they are not. */
export function tooManyPartitions(image: ClusterImage, topics: readonly CreatableTopic[]): Refusal | null {
  let total = 0
  for (const { numPartitions, assignments } of topics) {
    if (assignments.length > 0) total += assignments.length
    else total += numPartitions === DEFAULT ? image.settings.numPartitions : Math.max(numPartitions, 0)
  }
  if (total <= MAX_PARTITIONS_PER_REQUEST) return null
  return {
    errorCode: ErrorCodes.POLICY_VIOLATION,
    message: 'Excessively large number of partitions per request.',
  }
}

/** `earlier`: topics made by the same request. */
export function decideTopic(
  image: ClusterImage,
  ids: IdSource,
  asked: CreatableTopic,
  earlier: readonly Topic[],
): TopicDecision {
  const { name } = asked
  if (name === METADATA_TOPIC) {
    return refuse(ErrorCodes.INVALID_REQUEST, `Creation of internal topic ${name} is prohibited.`)
  }
  const names = [...image.topicsByName.keys(), ...earlier.map((topic) => topic.name)]
  const nameError = topicNameError(name)
  if (nameError !== null) return refuse(ErrorCodes.INVALID_TOPIC_EXCEPTION, nameError)
  if (names.includes(name)) return refuse(ErrorCodes.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`)
  const colliding = collidingTopic(name, names)
  if (colliding !== null) {
    const message = `Topic '${name}' collides with existing topic: ${colliding}`
    return refuse(ErrorCodes.INVALID_TOPIC_EXCEPTION, message)
  }
  for (const config of asked.configs) {
    const error = topicConfigError(config.name, config.value)
    if (error !== null) return refuse(ErrorCodes.INVALID_CONFIG, error)
  }
  const placed = asked.assignments.length > 0 ? placeByHand(image, asked) : place(image, asked, names.length)
  if (!placed.ok) return placed
  const configs = new Map(asked.configs.map((config) => [config.name, config.value]))
  const { partitions, cappedFrom } = placed
  return { ok: true, cappedFrom, topic: { name, id: ids.topicId(), internal: false, partitions, configs } }
}

type Placement =
  | { readonly ok: true; readonly partitions: Partition[]; readonly cappedFrom: number | null }
  | { readonly ok: false; readonly refusal: Refusal }

/** `start`: where in the round of brokers the first partition is led, so that topics of one partition have different leaders. */
function place(
  image: ClusterImage,
  { numPartitions, replicationFactor }: CreatableTopic,
  start: number,
): Placement {
  const { settings, brokers } = image
  if (replicationFactor === 0 || replicationFactor < DEFAULT) {
    const message = 'Replication factor must be larger than 0, or -1 to use the default value.'
    return refuse(ErrorCodes.INVALID_REPLICATION_FACTOR, message)
  }
  if (numPartitions === 0 || numPartitions < DEFAULT) {
    const message = 'Number of partitions was set to an invalid non-positive value.'
    return refuse(ErrorCodes.INVALID_PARTITIONS, message)
  }
  if (brokers.length === 0) {
    return refuse(ErrorCodes.INVALID_REPLICATION_FACTOR, ALL_FENCED)
  }
  const wanted = replicationFactor === DEFAULT ? settings.defaultReplicationFactor : replicationFactor
  if (wanted > brokers.length && settings.strictReplicationFactor) {
    const message = `Unable to replicate the partition ${wanted} time(s): The target replication factor of ${wanted} cannot be reached because only ${brokers.length} broker(s) are registered or some brokers have all their log directories cordoned.`
    return refuse(ErrorCodes.INVALID_REPLICATION_FACTOR, message)
  }
  const count = numPartitions === DEFAULT ? settings.numPartitions : numPartitions
  const factor = Math.min(wanted, brokers.length)
  return {
    ok: true,
    partitions: spreadPartitions(brokers, 0, count, factor, start),
    cappedFrom: factor < wanted ? wanted : null,
  }
}

function placeByHand(image: ClusterImage, asked: CreatableTopic): Placement {
  const given = 'A manual partition assignment was specified, but'
  if (asked.replicationFactor !== DEFAULT) {
    return refuse(ErrorCodes.INVALID_REQUEST, `${given} replication factor was not set to -1.`)
  }
  if (asked.numPartitions !== DEFAULT) {
    return refuse(ErrorCodes.INVALID_REQUEST, `${given} numPartitions was not set to -1.`)
  }
  const assignments = [...asked.assignments].sort((a, b) => a.partitionIndex - b.partitionIndex)
  const partitions: Partition[] = []
  const twice = assignments.find(
    ({ partitionIndex }, i) => assignments[i - 1]?.partitionIndex === partitionIndex,
  )
  if (twice !== undefined) {
    const message = `Found multiple manual partition assignments for partition ${twice.partitionIndex}`
    return refuse(ErrorCodes.INVALID_REPLICA_ASSIGNMENT, message)
  }
  for (const [i, { partitionIndex, brokerIds }] of assignments.entries()) {
    const error =
      partitionIndex === i
        ? assignmentError(image, brokerIds, assignments[0]?.brokerIds.length)
        : 'partitions should be a consecutive 0-based integer sequence'
    if (error !== null) return refuse(ErrorCodes.INVALID_REPLICA_ASSIGNMENT, error)
    partitions.push(assignedPartition(i, brokerIds))
  }
  return { ok: true, partitions, cappedFrom: null }
}

/** What is wrong with the replicas chosen for a partition, in Kafka's words, or null. `factor`: of the partitions before it. */
export function assignmentError(
  { brokers }: ClusterImage,
  brokerIds: readonly number[],
  factor = brokerIds.length,
): string | null {
  const manual = 'The manual partition assignment includes'
  if (brokerIds.length === 0) return `${manual} an empty replica list.`
  for (const [i, id] of brokerIds.entries()) {
    if (!brokers.some(({ nodeId }) => nodeId === id))
      return `${manual} broker ${id}, but no such broker is registered.`
    if (brokerIds.indexOf(id) !== i) return `${manual} the broker ${id} more than once.`
  }
  if (brokerIds.length !== factor) {
    return `${manual} a partition with ${brokerIds.length} replica(s), but this is not consistent with previous partitions, which have ${factor} replica(s).`
  }
  return null
}

function refuse(errorCode: ErrorCode, message: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { errorCode, message } }
}
