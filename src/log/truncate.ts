// The beginning of a partition moves: records before it are gone for readers at once, batches that end before it for good
// (Kafka: UnifiedLog.maybeIncrementLogStartOffset).

import { truncateEpochs } from './epochs.js'
import { findBatch, type PartitionLog } from './partition.js'
import { grow, type LogStep } from './state.js'

/** Only ever moves forward, and not beyond the end. */
export function moveStart(step: LogStep, log: PartitionLog, offset: number): void {
  if (offset <= log.startOffset) return
  setStart(log, offset)
  const { topicId, index: partition } = log
  for (const { baseOffset, bytes } of log.batches.splice(0, findBatch(log, offset))) {
    grow(step.log, log, -bytes.length)
    step.decision.records.push({ kind: 'BatchRemoved', topicId, partition, baseOffset })
  }
  step.decision.records.push({ kind: 'StartOffset', topicId, partition, startOffset: offset })
}

/** As it is loaded: a partition without batches begins and ends there. */
export function setStart(log: PartitionLog, offset: number): void {
  log.startOffset = offset
  log.endOffset = Math.max(log.endOffset, offset)
  truncateEpochs(log.epochs, offset)
}
