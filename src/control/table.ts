// The one table of what can be asked over HTTP.

import type { Operation } from './operation.js'
import { brokerOperations } from './operations/brokers.js'
import { clockOperations, faultOperations } from './operations/faults.js'
import { groupOperations } from './operations/groups.js'
import { historyOperations } from './operations/history.js'
import { nodeOperations } from './operations/nodes.js'
import { topicOperations } from './operations/topics.js'

export const OPERATIONS: readonly Operation[] = [
  ...brokerOperations,
  ...topicOperations,
  ...groupOperations,
  ...nodeOperations,
  ...faultOperations,
  ...clockOperations,
  ...historyOperations,
]
