// What is remembered of idempotent producers per partition: epoch and the last five batches, enough to tell a retry from
// a new batch and a gap from the next one (KIP-98, KIP-360; Kafka: ProducerStateManager, ProducerAppendInfo).

import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { BatchHeader } from '../protocol/records/header.js'

/** A producer has at most five requests in flight; any of them may be sent again. */
const REMEMBERED_BATCHES = 5
/** The producer that was idle the longest is forgotten beyond this many per partition. */
const MAX_PRODUCERS = 10_000
const MAX_SEQUENCE = 0x7fffffff

interface WrittenBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly baseOffset: number
  readonly maxTimestampMs: bigint
}

interface ProducerState {
  epoch: number
  /** Oldest first. */
  batches: WrittenBatch[]
}

export type Producers = Map<bigint, ProducerState>

export type SequenceVerdict =
  | { readonly kind: 'append' }
  | { readonly kind: 'duplicate'; readonly baseOffset: number; readonly maxTimestampMs: bigint }
  | { readonly kind: 'error'; readonly errorCode: ErrorCode }

const APPEND: SequenceVerdict = { kind: 'append' }

/** Whether a batch comes next, came already, or must not come. A producer that is not known may begin anywhere. */
export function checkSequence(producers: Producers, header: BatchHeader): SequenceVerdict {
  if (header.producerId < 0n) return APPEND
  const state = producers.get(header.producerId)
  if (state === undefined) return APPEND
  if (header.producerEpoch < state.epoch) {
    return { kind: 'error', errorCode: ErrorCodes.INVALID_PRODUCER_EPOCH }
  }
  const { baseSequence } = header
  const outOfOrder: SequenceVerdict = {
    kind: 'error',
    errorCode: ErrorCodes.OUT_OF_ORDER_SEQUENCE_NUMBER,
  }
  if (header.producerEpoch > state.epoch) return baseSequence === 0 ? APPEND : outOfOrder
  const lastSequence = lastSequenceOf(header)
  const written = state.batches.find(
    (batch) => batch.firstSequence === baseSequence && batch.lastSequence === lastSequence,
  )
  if (written !== undefined) return { kind: 'duplicate', ...written }
  const last = state.batches.at(-1)
  return last === undefined || baseSequence === after(last.lastSequence) ? APPEND : outOfOrder
}

/** Remembers a batch that was appended. */
export function recordBatch(producers: Producers, header: BatchHeader, baseOffset: number): void {
  const { producerId, producerEpoch, baseSequence, maxTimestampMs } = header
  if (producerId < 0n) return
  let state = producers.get(producerId)
  if (state === undefined || state.epoch !== producerEpoch) state = { epoch: producerEpoch, batches: [] }
  const lastSequence = lastSequenceOf(header)
  state.batches.push({ firstSequence: baseSequence, lastSequence, baseOffset, maxTimestampMs })
  if (state.batches.length > REMEMBERED_BATCHES) state.batches.shift()
  producers.delete(producerId) // so that the last one to write comes last
  producers.set(producerId, state)
  if (producers.size > MAX_PRODUCERS) producers.delete(producers.keys().next().value as bigint)
}

/** Sequences wrap to 0 after 2^31 - 1. */
function lastSequenceOf({ baseSequence, lastOffsetDelta }: BatchHeader): number {
  return (baseSequence + lastOffsetDelta) % (MAX_SEQUENCE + 1)
}

function after(sequence: number): number {
  return sequence === MAX_SEQUENCE ? 0 : sequence + 1
}
