// What one partition gives to a fetch: whole batches from the one that holds the offset, within its own limit and what the
// request has left. The first batch of a response goes out whatever its size, or a reader would be stuck (KIP-74).

import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { FetchRequest, FetchResponse } from '../protocol/messages/fetch.js'
import { type Batch, findBatch, type PartitionLog } from './partition.js'

type AskedPartition = FetchRequest['topics'][number]['partitions'][number]
type FetchedPartition = FetchResponse['responses'][number]['partitions'][number]

export interface ReadBudget {
  leftBytes: number
  /** No batch has been taken for this response yet. */
  isEmpty: boolean
}

const NO_RECORDS = Buffer.alloc(0)

/** `log` undefined: the partition does not exist, which `unknown` tells. */
export function readPartition(
  log: PartitionLog | undefined,
  asked: AskedPartition,
  leaderEpoch: number,
  unknown: ErrorCode,
  budget: ReadBudget,
): FetchedPartition {
  const { partition, currentLeaderEpoch, partitionMaxBytes } = asked
  if (log === undefined) return failed(partition, unknown)
  const epochError = leaderEpochError(currentLeaderEpoch, leaderEpoch)
  if (epochError !== ErrorCodes.NONE) return failed(partition, epochError)
  const offset = Number(asked.fetchOffset)
  if (offset < log.startOffset || offset > log.endOffset) {
    return failed(partition, ErrorCodes.OFFSET_OUT_OF_RANGE)
  }
  const end = BigInt(log.endOffset)
  return {
    ...failed(partition, ErrorCodes.NONE),
    highWatermark: end,
    lastStableOffset: end,
    logStartOffset: BigInt(log.startOffset),
    abortedTransactions: null,
    records: take(log, offset, partitionMaxBytes, budget),
  }
}

/** A client that knows an older leader is fenced, one that knows a newer must wait for us (KIP-320). */
export function leaderEpochError(known: number, current: number): ErrorCode {
  if (known === -1 || known === current) return ErrorCodes.NONE
  return known < current ? ErrorCodes.FENCED_LEADER_EPOCH : ErrorCodes.UNKNOWN_LEADER_EPOCH
}

function take(log: PartitionLog, offset: number, maxBytes: number, budget: ReadBudget): Buffer {
  const limitBytes = Math.min(maxBytes, budget.leftBytes)
  const taken: Buffer[] = []
  let bytes = 0
  for (let i = findBatch(log, offset); i < log.batches.length; i++) {
    const batch = log.batches[i] as Batch
    if (bytes + batch.bytes.length > limitBytes && !budget.isEmpty) break
    taken.push(batch.bytes)
    bytes += batch.bytes.length
    budget.isEmpty = false
  }
  budget.leftBytes -= bytes
  if (taken.length === 0) return NO_RECORDS
  return taken.length === 1 ? (taken[0] as Buffer) : Buffer.concat(taken, bytes)
}

function failed(partitionIndex: number, errorCode: ErrorCode): FetchedPartition {
  return {
    partitionIndex,
    errorCode,
    highWatermark: -1n,
    lastStableOffset: -1n,
    logStartOffset: -1n,
    divergingEpoch: { epoch: -1, endOffset: -1n },
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
    snapshotId: { endOffset: -1n, epoch: -1 },
    abortedTransactions: null,
    preferredReadReplica: -1,
    records: NO_RECORDS,
  }
}
