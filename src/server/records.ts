// The logs that machines have in the store. The values are the machines' records as they are: how they are written down is the
// store's to know (src/store/formats).

import type { GroupRecord } from '../coordinator/types.js'
import type { LogRecord } from '../log/types.js'
import { batchRecord } from '../store/formats/batch-format.js'
import { BATCH_LOG, GROUP_LOG_PREFIX } from '../store/formats/formats.js'
import type { Hosted } from './hosting.js'

export function groupRecords<Event>(
  partition: number,
  create: Hosted<Event, GroupRecord>['create'],
): Hosted<Event, GroupRecord> {
  return {
    log: `${GROUP_LOG_PREFIX}${partition}`,
    create,
    toStored: (record) => record,
    fromStored: (stored) => stored as GroupRecord,
  }
}

export function logRecords<Event>(create: Hosted<Event, LogRecord>['create']): Hosted<Event, LogRecord> {
  return {
    log: BATCH_LOG,
    create,
    toStored: batchRecord,
    fromStored: (stored) => stored.value as LogRecord,
  }
}
