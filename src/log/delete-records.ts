// DeleteRecords (key 21, KIP-107): a client moves the beginning of partitions; -1 means to their end
// (Kafka: Partition.deleteRecordsOnLeader).

import type { Ticket } from '../machine/decision.js'
import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { DeleteRecordsRequest, DeleteRecordsResponse } from '../protocol/messages/delete-records.js'
import { leaderError } from './leadership.js'
import { type LogStep, logOf } from './state.js'
import { topicSettings } from './topic-settings.js'
import { moveStart } from './truncate.js'

const HIGH_WATERMARK = -1n

type Asked = DeleteRecordsRequest['topics'][number]['partitions'][number]
type Answer = DeleteRecordsResponse['topics'][number]['partitions'][number]

export function deleteRecords(step: LogStep, ticket: Ticket, request: DeleteRecordsRequest): void {
  const response: DeleteRecordsResponse = {
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((asked) => deleteFrom(step, name, asked)),
    })),
  }
  step.decision.replies.push({ ticket, response })
}

function deleteFrom(step: LogStep, name: string, { partitionIndex, offset }: Asked): Answer {
  const refused = (errorCode: ErrorCode): Answer => ({ partitionIndex, lowWatermark: -1n, errorCode })
  const topic = step.image.topicsByName.get(name)
  const log = logOf(step, topic, partitionIndex)
  if (topic === undefined || log === undefined) return refused(ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION)
  if (topic.internal) return refused(ErrorCodes.INVALID_TOPIC_EXCEPTION)
  const errorCode = leaderError(step, topic, partitionIndex)
  if (errorCode !== ErrorCodes.NONE) return refused(errorCode)
  if (!topicSettings(topic, step.image.settings).deletes) return refused(ErrorCodes.POLICY_VIOLATION)
  const end = offset === HIGH_WATERMARK ? BigInt(log.endOffset) : offset
  if (end < 0n || end > BigInt(log.endOffset)) return refused(ErrorCodes.OFFSET_OUT_OF_RANGE)
  moveStart(step, log, Number(end))
  return { partitionIndex, lowWatermark: BigInt(log.startOffset), errorCode: ErrorCodes.NONE }
}
