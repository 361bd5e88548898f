// AlterPartitionReassignments (key 45) and ListPartitionReassignments (key 46, KIP-455): which brokers a partition is on. All of
// them have the same records, so a reassignment is done when it is asked for, and none is ever under way
// (Kafka: ReplicationControlManager.alterPartitionReassignments).

import { assignmentError } from '../../metadata/create-topics.js'
import type { Topic } from '../../metadata/image.js'
import { movedTo, NO_LEADER } from '../../metadata/leaders.js'
import { topicRecords } from '../../metadata/records.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '../../protocol/messages/partition-reassignments.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'

type Asked = AlterPartitionReassignmentsRequest['topics'][number]['partitions'][number]
type Result = AlterPartitionReassignmentsResponse['responses'][number]['partitions'][number]

export function alterPartitionReassignments(
  broker: Broker,
  exchange: Exchange,
  request: AlterPartitionReassignmentsRequest,
): void {
  const { topics, allowReplicationFactorChange } = request
  const moved = new Map<string, Topic>()
  const responses = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((asked) => move(broker, name, asked, allowReplicationFactorChange, moved)),
  }))
  const response: AlterPartitionReassignmentsResponse = {
    throttleTimeMs: 0,
    allowReplicationFactorChange,
    errorCode: ErrorCodes.NONE,
    errorMessage: null,
    responses,
  }
  broker.change(topicRecords([...moved.values()]), exchange, response)
}

function move(
  { image }: Broker,
  name: string,
  { partitionIndex, replicas }: Asked,
  mayChangeFactor: boolean,
  moved: Map<string, Topic>,
): Result {
  const answered = (errorCode: ErrorCode, errorMessage: string | null): Result => {
    return { partitionIndex, errorCode, errorMessage }
  }
  const topic = moved.get(name) ?? image.topicsByName.get(name)
  if (topic === undefined) {
    return answered(ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION, `Unable to find a topic named ${name}.`)
  }
  const partition = topic.partitions[partitionIndex]
  if (partition === undefined) {
    const message = `Unable to find partition ${name}:${partitionIndex}.`
    return answered(ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION, message)
  }
  // null takes a reassignment back.
  if (replicas === null) return answered(ErrorCodes.NO_REASSIGNMENT_IN_PROGRESS, null)
  const wrong = assignmentError(image, replicas)
  if (wrong !== null) return answered(ErrorCodes.INVALID_REPLICA_ASSIGNMENT, wrong)
  const [factor, newFactor] = [partition.replicas.length, replicas.length]
  if (!mayChangeFactor && factor !== newFactor) {
    const message = `The replication factor is changed from ${factor} to ${newFactor}`
    return answered(ErrorCodes.INVALID_REPLICATION_FACTOR, message)
  }
  moved.set(name, placedOn(topic, partitionIndex, replicas))
  return answered(ErrorCodes.NONE, null)
}

/** The leader leads on if it has a place there. */
function placedOn(topic: Topic, index: number, replicas: readonly number[]): Topic {
  const partitions = topic.partitions.map((partition) =>
    partition.index === index ? { ...partition, replicas } : partition,
  )
  const placed = { ...topic, partitions }
  const leads = replicas.includes(topic.partitions[index]?.leader ?? NO_LEADER)
  return leads ? placed : movedTo(placed, index, replicas[0] as number)
}

export function listPartitionReassignments(broker: Broker, exchange: Exchange): void {
  broker.tell(exchange, { throttleTimeMs: 0, errorCode: ErrorCodes.NONE, errorMessage: null, topics: [] })
}
