// The logs that machines have in the store. The values are the machines' records as they are: how they are written down is the
// store's to know (src/store/formats).

import type { GroupRecord } from '../coordinator/types.js'
import type { LogRecord } from '../log/types.js'
import { batchKey } from '../store/formats/batch-format.js'
import { BATCH_LOG, GROUP_LOG_PREFIX } from '../store/formats/formats.js'
import { groupKey } from '../store/formats/group-format.js'
import type { StoredRecord } from '../store/store.js'
import type { Hosted } from './hosting.js'

export function groupRecords<Event>(
  partition: number,
  create: Hosted<Event, GroupRecord>['create'],
): Hosted<Event, GroupRecord> {
  return {
    log: `${GROUP_LOG_PREFIX}${partition}`,
    create,
    toStored: (record) => ({ key: groupKey(record), value: record.value === null ? null : record }),
    fromStored: (stored) => stored.value as GroupRecord,
  }
}

export function logRecords<Event>(create: Hosted<Event, LogRecord>['create']): Hosted<Event, LogRecord> {
  return { log: BATCH_LOG, create, toStored: logStored, fromStored: (stored) => stored.value as LogRecord }
}

function logStored(record: LogRecord): StoredRecord {
  const isGone =
    record.kind === 'BatchRemoved' || (record.kind === 'StartOffset' && record.startOffset === null)
  return { key: batchKey(record), value: isGone ? null : record }
}
