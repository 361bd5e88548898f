// cleanup.policy=compact, simply: of the records of a key the newest stays, at its offset (Kafka: Cleaner; there segment by
// segment behind the active one, here batch by batch behind the newest). Batches of transactions are left as they are.

import { ProtocolError } from '../protocol/errors.js'
import { encodeBatch, readBatchHeader, recordsSection } from '../protocol/records/batch.js'
import {
  BATCH_HEADER_BYTES,
  BATCH_OVERHEAD_BYTES,
  COMPRESSION_MASK,
  CONTROL_FLAG,
  TRANSACTIONAL_FLAG,
} from '../protocol/records/header.js'
import { type DeltaRecord, readDeltaRecords, writeDeltaRecords } from '../protocol/records/record.js'
import type { Batch, PartitionLog } from './partition.js'
import { grow, type LogStep } from './state.js'
import type { TopicSettings } from './topic-settings.js'

interface OpenBatch {
  readonly batch: Batch
  readonly records: readonly DeltaRecord[]
}

/** Nothing where nothing was written since the last time. */
export function compact(step: LogStep, log: PartitionLog, settings: TopicSettings, nowMs: number): void {
  const youngest = nowMs - settings.minCompactionLagMs
  const clean = log.batches.findIndex(({ maxTimestampMs }) => Number(maxTimestampMs) > youngest)
  const old = log.batches.slice(0, clean < 0 ? undefined : clean)
  const end = old.at(-1)?.lastOffset ?? -1
  if (end < log.cleanOffset) return
  const opened = old.flatMap((batch) => openBatch(step, batch) ?? [])
  const newest = newestByKey(opened)
  const kept = new Map<Batch, Batch | null>()
  for (const { batch, records } of opened) {
    if (batch === log.batches.at(-1)) continue
    // A tombstone is kept until everybody can have seen it.
    const isSettled = nowMs - Number(batch.maxTimestampMs) > settings.deleteRetentionMs
    const staying = records.filter(({ key, value, offsetDelta }) => {
      if (key === null) return false
      const isNewest = newest.get(keyText(key)) === batch.baseOffset + offsetDelta
      return isNewest && !(value === null && isSettled)
    })
    if (staying.length < records.length) kept.set(batch, rebuilt(step, batch, staying))
  }
  replaceBatches(step, log, kept)
  log.cleanOffset = end + 1
}

const keyText = (key: Buffer) => key.toString('latin1')

function newestByKey(opened: readonly OpenBatch[]): Map<string, number> {
  const newest = new Map<string, number>()
  for (const { batch, records } of opened) {
    for (const { key, offsetDelta } of records) {
      if (key !== null) newest.set(keyText(key), batch.baseOffset + offsetDelta)
    }
  }
  return newest
}

/** undefined: of a transaction, or it cannot be opened. */
function openBatch({ log }: LogStep, batch: Batch): OpenBatch | undefined {
  const header = readBatchHeader(batch.bytes)
  if (header.attributes & (CONTROL_FLAG | TRANSACTIONAL_FLAG)) return undefined
  try {
    const section = recordsSection(batch.bytes, header, log.compression)
    return { batch, records: readDeltaRecords(section, header.recordCount) }
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

/** With fewer records, at their offsets; null without any. */
function rebuilt({ log }: LogStep, batch: Batch, records: readonly DeltaRecord[]): Batch | null {
  if (records.length === 0) return null
  const header = readBatchHeader(batch.bytes)
  const section = log.compression.compress(header.attributes & COMPRESSION_MASK, writeDeltaRecords(records))
  const lengthBytes = BATCH_HEADER_BYTES - BATCH_OVERHEAD_BYTES + section.length
  const bytes = encodeBatch({ ...header, lengthBytes, recordCount: records.length }, section)
  return { ...batch, bytes }
}

function replaceBatches(step: LogStep, log: PartitionLog, by: ReadonlyMap<Batch, Batch | null>): void {
  if (by.size === 0) return
  const { topicId, index: partition } = log
  const batches = log.batches.splice(0)
  for (const batch of batches) {
    const kept = by.get(batch)
    if (kept === undefined) {
      log.batches.push(batch)
      continue
    }
    const { baseOffset } = batch
    grow(step.log, log, (kept?.bytes.length ?? 0) - batch.bytes.length)
    if (kept === null) {
      step.decision.records.push({ kind: 'BatchRemoved', topicId, partition, baseOffset })
    } else {
      log.batches.push(kept)
      step.decision.records.push({ kind: 'Batch', topicId, partition, baseOffset, bytes: kept.bytes })
    }
  }
}
