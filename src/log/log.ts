// The partitions as one machine: routes each event, and keeps what exists by topic id. Which topics and partitions there
// are is the image's to say; a partition's log comes into being when it is first written or read.

import type { Machine } from '../machine/decision.js'
import type { Context } from '../metadata/image.js'
import type { Compression } from '../protocol/records/compression.js'
import { deleteRecords } from './delete-records.js'
import { describeLogDirs } from './describe-log-dirs.js'
import { describeProducers } from './describe-producers.js'
import { dropFetch, fetch, fetchTimerFired, recheckFetches, refuseFetches, wakeFetches } from './fetch.js'
import { listOffsets } from './list-offsets.js'
import { offsetForLeaderEpoch } from './offset-for-leader-epoch.js'
import { restoreBatch } from './partition.js'
import { produce } from './produce.js'
import { clean } from './retention.js'
import { ensureLog, grow, type LogState, type LogStep } from './state.js'
import { setStart } from './truncate.js'
import type { FetchTimer, LogDecision, LogEvent, LogLifecycle, LogRecord } from './types.js'

export interface LogMachine extends Machine<LogEvent, Context, LogRecord, FetchTimer, never, never> {
  readonly state: LogState
}

/** `compression` is asked when a record must be found by time within a batch. */
export function createLog({ compression }: { compression: Compression }): LogMachine {
  const log: LogState = {
    topics: new Map(),
    parked: new Map(),
    waiting: new Map(),
    sessions: new Map(),
    compression,
    sizeBytes: 0,
    sizeByTopic: new Map(),
  }
  return {
    state: log,
    replay: (record) => replay(log, record),
    step(event, { nowMs, image }) {
      const decision: LogDecision = { records: [], replies: [], timers: [], calls: [], events: [] }
      const nodeId = 'nodeId' in event ? event.nodeId : undefined
      route({ log, nodeId, nowMs, image, decision }, event)
      return decision
    },
  }
}

function route(step: LogStep, event: LogEvent | LogLifecycle): void {
  switch (event.type) {
    case 'Produce':
      return produce(step, event.ticket, event.request, event.ownsBytes ?? false)
    case 'Fetch':
      return fetch(step, event.ticket, event.request)
    case 'ListOffsets':
      return listOffsets(step, event.ticket, event.request)
    case 'DeleteRecords':
      return deleteRecords(step, event.ticket, event.request)
    case 'OffsetForLeaderEpoch':
      return offsetForLeaderEpoch(step, event.ticket, event.request)
    case 'DescribeProducers':
      return describeProducers(step, event.ticket, event.request)
    case 'DescribeLogDirs':
      return describeLogDirs(step, event.ticket, event.request, event.logDir)
    case 'dropTicket':
      return dropFetch(step, event.dropped)
    case 'leadersMoved':
      for (const { topicId, index } of event.partitions) recheckFetches(step, topicId, index)
      return
    case 'nodeStopped':
      step.log.sessions.delete(event.nodeId)
      return
    case 'topicsDeleted':
      return topicsDeleted(step, event.topics)
    case 'clean':
      return clean(step, event.nowMs)
    case 'timer':
      return fetchTimerFired(step, event.key)
    case 'loaded':
      return
    case 'unload':
      return refuseFetches(step)
  }
}

function replay(log: LogState, record: LogRecord): void {
  if (record.kind === 'Batch') {
    const partition = ensureLog(log, record.topicId, record.partition)
    grow(log, partition, restoreBatch(partition, record.bytes).bytes.length)
  } else if (record.kind === 'StartOffset' && record.startOffset !== null) {
    setStart(ensureLog(log, record.topicId, record.partition), record.startOffset)
  }
}

function topicsDeleted(step: LogStep, topics: readonly { id: string }[]): void {
  for (const { id } of topics) {
    const partitions = step.log.topics.get(id)
    if (partitions === undefined) continue
    step.log.topics.delete(id)
    for (const partition of partitions.values()) {
      const { topicId, index, batches } = partition
      for (const { baseOffset } of batches) {
        step.decision.records.push({ kind: 'BatchRemoved', topicId, partition: index, baseOffset })
      }
      if (partition.startOffset > 0) {
        step.decision.records.push({ kind: 'StartOffset', topicId, partition: index, startOffset: null })
      }
      grow(step.log, partition, -partition.sizeBytes)
      wakeFetches(step, partition, Number.POSITIVE_INFINITY)
    }
    step.log.sizeByTopic.delete(id)
  }
}
