// ListTransactions (key 66, KIP-664): there are none (Kafka: TransactionStateManager.listTransactionStates).

import { ErrorCodes } from '../../protocol/errors.js'
import type { ListTransactionsRequest } from '../../protocol/messages/list-transactions.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'

const STATES = [
  ...['Empty', 'Ongoing', 'PrepareCommit', 'PrepareAbort', 'CompleteCommit', 'CompleteAbort', 'Dead'],
  'PrepareEpochFence',
]

export function listTransactions(
  _broker: Broker,
  exchange: Exchange,
  { stateFilters, transactionalIdPattern }: ListTransactionsRequest,
): void {
  exchange.answer({
    throttleTimeMs: 0,
    errorCode: isExpression(transactionalIdPattern) ? ErrorCodes.NONE : ErrorCodes.INVALID_REGULAR_EXPRESSION,
    unknownStateFilters: stateFilters.filter((state) => !STATES.includes(state)),
    transactionStates: [],
  })
}

function isExpression(pattern: string | null): boolean {
  try {
    return pattern === null || new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
}
