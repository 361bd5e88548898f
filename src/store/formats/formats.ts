// Which format each log has.

import { batchFormat } from './batch-format.js'
import { groupFormat } from './group-format.js'
import { jsonFormat } from './json-format.js'
import type { LogFormat } from './log-format.js'

/** One for each partition of __consumer_offsets. */
export const GROUP_LOG_PREFIX = '__consumer_offsets-'
/** All batches of the broker. */
export const BATCH_LOG = 'partitions'

export function formatOf(log: string): LogFormat {
  if (log.startsWith(GROUP_LOG_PREFIX)) return groupFormat
  return log === BATCH_LOG ? batchFormat : jsonFormat
}
