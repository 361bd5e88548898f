// DescribeLogDirs (key 35): how much each partition takes. There is one directory, and it is memory: its size is what
// cohort.log.max.bytes allows.

import type { Ticket } from '../machine/decision.js'
import { ErrorCodes } from '../protocol/errors.js'
import type {
  DescribeLogDirsRequest,
  DescribeLogDirsResponse,
} from '../protocol/messages/describe-log-dirs.js'
import { type LogStep, logOf } from './state.js'

type DescribedTopic = DescribeLogDirsResponse['results'][number]['topics'][number]

/** null asks for all; a partition that is not there is left out. */
export function describeLogDirs(
  step: LogStep,
  ticket: Ticket,
  { topics: asked }: DescribeLogDirsRequest,
  logDir: string,
): void {
  const { image, nodeId } = step
  const wanted = asked ?? [...image.topicsByName.keys()].map((topic) => ({ topic, partitions: null }))
  const topics = wanted.flatMap(({ topic, partitions }): DescribedTopic[] => {
    const found = image.topicsByName.get(topic)
    if (found === undefined) return []
    const indexes = partitions ?? found.partitions.map(({ index }) => index)
    const described = indexes.flatMap((partitionIndex) => {
      const log = logOf(step, found, partitionIndex)
      const isHere = nodeId === undefined || found.partitions[partitionIndex]?.replicas.includes(nodeId)
      if (log === undefined || !isHere) return []
      return [{ partitionIndex, partitionSize: BigInt(log.sizeBytes), offsetLag: 0n, isFutureKey: false }]
    })
    return described.length === 0 ? [] : [{ name: topic, partitions: described }]
  })
  const totalBytes = BigInt(image.settings.logMaxBytes)
  const usableBytes = totalBytes - BigInt(step.log.sizeBytes)
  const result = { errorCode: ErrorCodes.NONE, logDir, topics, totalBytes, usableBytes, isCordoned: false }
  const response: DescribeLogDirsResponse = {
    throttleTimeMs: 0,
    errorCode: ErrorCodes.NONE,
    results: [result],
  }
  step.decision.replies.push({ ticket, response })
}
