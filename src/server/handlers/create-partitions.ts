// CreatePartitions (key 37): carries out what src/metadata/create-partitions.ts decides.

import { decideGrowth, tooMuchGrowth } from '../../metadata/create-partitions.js'
import type { Topic } from '../../metadata/image.js'
import { topicRecords } from '../../metadata/records.js'
import { ErrorCodes } from '../../protocol/errors.js'
import type {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '../../protocol/messages/create-partitions.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'
import { repeated } from './repeated.js'

type Result = CreatePartitionsResponse['results'][number]

export function createPartitions(broker: Broker, exchange: Exchange, request: CreatePartitionsRequest): void {
  const tooMuch = tooMuchGrowth(broker.image, request.topics)
  if (tooMuch !== null) {
    const { errorCode, message: errorMessage } = tooMuch
    const results = request.topics.map(({ name }) => ({ name, errorCode, errorMessage }))
    return broker.tell(exchange, { throttleTimeMs: 0, results })
  }
  const twice = repeated(request.topics.map(({ name }) => name))
  const grown: Topic[] = []
  const results = request.topics
    .filter(({ name }) => !twice.has(name))
    .map((asked): Result => {
      const decision = decideGrowth(broker.image, asked)
      if (decision.ok) grown.push(decision.topic)
      return decision.ok
        ? { name: asked.name, errorCode: ErrorCodes.NONE, errorMessage: null }
        : { name: asked.name, errorCode: decision.refusal.errorCode, errorMessage: decision.refusal.message }
    })
  for (const name of twice) {
    results.push({ name, errorCode: ErrorCodes.INVALID_REQUEST, errorMessage: 'Duplicate topic name.' })
  }
  broker.change(request.validateOnly ? [] : topicRecords(grown), exchange, { throttleTimeMs: 0, results })
}
