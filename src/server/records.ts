// Under which key each record of a machine stands in the store. The values are kept as they are: encoding belongs to
// the store that needs it.

import type { GroupRecord } from '../coordinator/types.js'
import type { LogRecord } from '../log/types.js'
import type { StoredRecord } from '../store/store.js'
import type { Hosted } from './hosting.js'

const SEPARATOR = '\u0000'

export function groupRecords<Event>(
  partition: number,
  create: Hosted<Event, GroupRecord>['create'],
): Hosted<Event, GroupRecord> {
  return {
    log: `__consumer_offsets-${partition}`,
    create,
    toStored: (record) => ({ key: groupKey(record), value: record.value === null ? null : record }),
    fromStored: (stored) => stored.value as GroupRecord,
  }
}

function groupKey(record: GroupRecord): string {
  return record.kind === 'GroupMetadata'
    ? `group${SEPARATOR}${record.groupId}`
    : `offset${SEPARATOR}${record.groupId}${SEPARATOR}${record.topic}${SEPARATOR}${record.partition}`
}

export function logRecords<Event>(create: Hosted<Event, LogRecord>['create']): Hosted<Event, LogRecord> {
  return { log: 'partitions', create, toStored: logStored, fromStored: (stored) => stored.value as LogRecord }
}

function logStored(record: LogRecord): StoredRecord {
  const partition = `${record.topicId}${SEPARATOR}${record.partition}${SEPARATOR}`
  if (record.kind === 'StartOffset') {
    return { key: `${partition}start`, value: record.startOffset === null ? null : record }
  }
  return { key: `${partition}${record.baseOffset}`, value: record.kind === 'Batch' ? record : null }
}
