// What goes without being asked for: what is older than retention.ms, beyond retention.bytes, or beyond the limits of memory
// (Kafka: UnifiedLog.deleteOldSegments; there by segments, here by batches). Time is a batch's newest timestamp: one
// without times goes only by size.

import type { Topic } from '../metadata/image.js'
import { compact } from './compact.js'
import type { Batch, PartitionLog } from './partition.js'
import type { LogStep } from './state.js'
import { type TopicSettings, topicSettings } from './topic-settings.js'
import { moveStart } from './truncate.js'

/** Where a limit of memory is hit, this part of it is made free at once, so that not every batch hits it again. */
const FREED_PART = 1 / 16

/** Looks over all partitions, as often as log.retention.check.interval.ms says. */
export function clean(step: LogStep, nowMs: number): void {
  for (const [topicId, partitions] of step.log.topics) {
    const topic = step.image.topicsById.get(topicId)
    if (topic === undefined) continue
    const settings = topicSettings(topic, step.image.settings)
    for (const log of partitions.values()) {
      if (settings.deletes) expire(step, log, settings, nowMs)
      if (settings.compacts) compact(step, log, settings, nowMs)
    }
  }
}

function expire(step: LogStep, log: PartitionLog, settings: TopicSettings, nowMs: number): void {
  const { retentionMs, retentionBytes } = settings
  let leftBytes = log.sizeBytes
  let start = log.startOffset
  for (const batch of log.batches) {
    const isOld =
      retentionMs >= 0 && batch.maxTimestampMs >= 0n && nowMs - Number(batch.maxTimestampMs) > retentionMs
    const isTooMuch = retentionBytes >= 0 && leftBytes - batch.bytes.length >= retentionBytes
    if (!isOld && !isTooMuch) break
    leftBytes -= batch.bytes.length
    start = batch.lastOffset + 1
  }
  moveStart(step, log, start)
}

/** After an append: keeps all records, and those of the topic, within cohort.log.max.bytes and cohort.topic.max.bytes. */
export function keepWithinMemory(step: LogStep, topic: Topic): void {
  const { log, image } = step
  const { logMaxBytes, topicMaxBytes } = image.settings
  const topicBytes = log.sizeByTopic.get(topic.id) ?? 0
  if (topicBytes > topicMaxBytes) {
    free(step, [...(log.topics.get(topic.id)?.values() ?? [])], topicBytes - topicMaxBytes * (1 - FREED_PART))
  }
  if (log.sizeBytes > logMaxBytes) {
    const all = [...log.topics.values()].flatMap((partitions) => [...partitions.values()])
    free(step, all, log.sizeBytes - logMaxBytes * (1 - FREED_PART))
  }
}

/** The oldest of the largest partitions goes first; the newest batch of each stays. */
function free(step: LogStep, partitions: PartitionLog[], bytes: number): void {
  let left = bytes
  partitions.sort((a, b) => b.sizeBytes - a.sizeBytes)
  for (const log of partitions) {
    if (left <= 0) return
    let last: Batch | undefined
    for (const batch of log.batches.slice(0, -1)) {
      if (left <= 0) break
      left -= batch.bytes.length
      last = batch
    }
    if (last !== undefined) moveStart(step, log, last.lastOffset + 1)
  }
}
