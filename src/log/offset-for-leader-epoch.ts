// OffsetForLeaderEpoch (key 23): where the newest epoch ends that is not above the one asked for
// (Kafka: Partition.lastOffsetForLeaderEpoch).

import type { Ticket } from '../machine/decision.js'
import { ErrorCodes } from '../protocol/errors.js'
import type {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from '../protocol/messages/offset-for-leader-epoch.js'
import { epochEnd } from './epochs.js'
import { leaderError } from './leadership.js'
import { type LogStep, logOf } from './state.js'

type Asked = OffsetForLeaderEpochRequest['topics'][number]['partitions'][number]
type Answer = OffsetForLeaderEpochResponse['topics'][number]['partitions'][number]

export function offsetForLeaderEpoch(
  step: LogStep,
  ticket: Ticket,
  request: OffsetForLeaderEpochRequest,
): void {
  const response: OffsetForLeaderEpochResponse = {
    throttleTimeMs: 0,
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((asked) => answer(step, topic, asked)),
    })),
  }
  step.decision.replies.push({ ticket, response })
}

function answer(step: LogStep, name: string, asked: Asked): Answer {
  const { partition, currentLeaderEpoch } = asked
  const topic = step.image.topicsByName.get(name)
  const log = logOf(step, topic, partition)
  const nothing = { partition, leaderEpoch: -1, endOffset: -1n }
  if (log === undefined) return { ...nothing, errorCode: ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION }
  const leaderEpoch = topic?.partitions[partition]?.leaderEpoch ?? 0
  const errorCode = leaderError(step, topic, partition, currentLeaderEpoch)
  if (errorCode !== ErrorCodes.NONE) return { ...nothing, errorCode }
  const { epoch, endOffset } = epochEnd(log.epochs, leaderEpoch, log.endOffset, asked.leaderEpoch)
  return { errorCode, partition, leaderEpoch: epoch, endOffset: BigInt(endOffset) }
}
