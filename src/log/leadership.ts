// Which node answers for a partition: its leader, for consumers also who follows it (KIP-392). Another says so, and newer clients
// are told who leads and where that is (KIP-951; Kafka: Partition.getLocalLog, KafkaApis.getCurrentLeader).

import type { BrokerNode, ClusterImage, Topic } from '../metadata/image.js'
import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import { leaderEpochError } from './epochs.js'
import type { LogStep } from './state.js'
import { topicSettings } from './topic-settings.js'

/** Of an epoch that a client does not know. */
const UNKNOWN = -1

/** Who may answer: only the leader, or any replica. */
export type Answering = 'leader' | 'replica'

/** Why the node that is asked cannot answer for a partition that exists, or NONE. `knownEpoch`: of its leader, as the client knows it. */
export function leaderError(
  { nodeId }: LogStep,
  topic: Topic | undefined,
  index: number,
  knownEpoch = UNKNOWN,
  answering: Answering = 'leader',
): ErrorCode {
  const partition = topic?.partitions[index]
  if (nodeId === undefined || partition === undefined) {
    return leaderEpochError(knownEpoch, partition?.leaderEpoch ?? 0)
  }
  const { leader, leaderEpoch, replicas } = partition
  if (!replicas.includes(nodeId)) return ErrorCodes.NOT_LEADER_OR_FOLLOWER
  const epochError = leaderEpochError(knownEpoch, leaderEpoch)
  if (epochError !== ErrorCodes.NONE) return epochError
  const answers = leader === nodeId || answering === 'replica'
  return answers ? ErrorCodes.NONE : ErrorCodes.NOT_LEADER_OR_FOLLOWER
}

/** Fewer replicas live than acks -1 asks for, of as many as there are at all (Kafka: Partition.appendRecordsToLeader). */
export function lacksReplicas({ nodeId, image }: LogStep, topic: Topic, index: number): boolean {
  const replicas = topic.partitions[index]?.replicas ?? []
  const { minInsyncReplicas } = topicSettings(topic, image.settings)
  if (nodeId === undefined || minInsyncReplicas <= 1) return false
  const living = replicas.filter((id) => image.brokers.some((broker) => broker.nodeId === id))
  return living.length < Math.min(minInsyncReplicas, replicas.length)
}

interface AnsweredPartition {
  readonly errorCode: number
  currentLeader: { leaderId: number; leaderEpoch: number }
}

/** Those that refused partitions should be asked of; each partition is told its leader. */
export class LeaderHints {
  readonly endpoints: BrokerNode[] = []
  private readonly image: ClusterImage

  constructor(image: ClusterImage) {
    this.image = image
  }

  tell(answer: AnsweredPartition, topic: Topic | undefined, index: number): void {
    const partition = topic?.partitions[index]
    if (partition === undefined) return
    const { leader: leaderId, leaderEpoch } = partition
    answer.currentLeader = { leaderId, leaderEpoch }
    if (this.endpoints.some(({ nodeId }) => nodeId === leaderId)) return
    const node = this.image.brokers.find(({ nodeId }) => nodeId === leaderId)
    if (node !== undefined) this.endpoints.push({ ...node })
  }
}
