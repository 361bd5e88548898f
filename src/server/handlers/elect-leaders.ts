// ElectLeaders (key 43, KIP-183, KIP-460): the first of a partition's replicas leads it again. Every replica that lives is in sync,
// so what nobody leads has nobody whom an unclean election could choose (Kafka: ReplicationControlManager.electLeaders).

import type { Topic } from '../../metadata/image.js'
import { movedTo, NO_LEADER } from '../../metadata/leaders.js'
import { topicRecords } from '../../metadata/records.js'
import { type ErrorCode, ErrorCodes } from '../../protocol/errors.js'
import type { ElectLeadersRequest, ElectLeadersResponse } from '../../protocol/messages/elect-leaders.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'

type Result = ElectLeadersResponse['replicaElectionResults'][number]
type PartitionResult = Result['partitionResult'][number]
/** Topics as they are after this request, by name. */
type Elected = Map<string, Topic>

const PREFERRED = 0
const UNCLEAN = 1

export function electLeaders(broker: Broker, exchange: Exchange, request: ElectLeadersRequest): void {
  const { electionType, topicPartitions } = request
  const isKnown = electionType === PREFERRED || electionType === UNCLEAN
  const elected: Elected = new Map()
  const asked = topicPartitions ?? everyPartition(broker)
  const replicaElectionResults = asked.map(({ topic, partitions }): Result => {
    const results = partitions.map((partitionId) => {
      if (isKnown) return elect(broker, electionType === PREFERRED, topic, partitionId, elected)
      return answered(partitionId, ErrorCodes.INVALID_REQUEST, `Unknown election type ${electionType}`)
    })
    // Who asks for all is told of those that changed.
    const isTold = ({ errorCode }: PartitionResult) =>
      topicPartitions !== null || errorCode !== ErrorCodes.ELECTION_NOT_NEEDED
    return { topic, partitionResult: results.filter(isTold) }
  })
  const response: ElectLeadersResponse = {
    throttleTimeMs: 0,
    errorCode: isKnown ? ErrorCodes.NONE : ErrorCodes.INVALID_REQUEST,
    replicaElectionResults,
  }
  broker.change(topicRecords([...elected.values()]), exchange, response)
}

function everyPartition({ image }: Broker): NonNullable<ElectLeadersRequest['topicPartitions']> {
  return Array.from(image.topicsByName.values(), ({ name, partitions }) => ({
    topic: name,
    partitions: partitions.map(({ index }) => index),
  }))
}

function elect(
  { image }: Broker,
  isPreferred: boolean,
  name: string,
  index: number,
  elected: Elected,
): PartitionResult {
  const topic = elected.get(name) ?? image.topicsByName.get(name)
  if (topic === undefined) {
    return answered(index, ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION, `No such topic as ${name}`)
  }
  const partition = topic.partitions[index]
  if (partition === undefined) {
    return answered(index, ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION, `No such partition as ${name}-${index}`)
  }
  const { leader, replicas } = partition
  const isLed = isPreferred ? leader === replicas[0] : leader !== NO_LEADER
  if (isLed) {
    const message = 'Leader election not needed for topic partition.'
    return answered(index, ErrorCodes.ELECTION_NOT_NEEDED, message)
  }
  const [preferred = NO_LEADER] = replicas
  if (!isPreferred) {
    const message = 'Eligible topic partition leaders are not available.'
    return answered(index, ErrorCodes.ELIGIBLE_LEADERS_NOT_AVAILABLE, message)
  }
  if (!image.brokers.some(({ nodeId }) => nodeId === preferred)) {
    const message = 'The preferred leader was not available.'
    return answered(index, ErrorCodes.PREFERRED_LEADER_NOT_AVAILABLE, message)
  }
  elected.set(name, movedTo(topic, index, preferred))
  return answered(index, ErrorCodes.NONE, null)
}

function answered(partitionId: number, errorCode: ErrorCode, errorMessage: string | null): PartitionResult {
  return { partitionId, errorCode, errorMessage }
}
