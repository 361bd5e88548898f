// Which leader epoch wrote from which offset on (KIP-101, KIP-320; Kafka: LeaderEpochFileCache): how a client finds out that what it
// has read is not what is kept.

import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'

export interface EpochStart {
  readonly epoch: number
  readonly startOffset: number
}

export interface EpochEnd {
  readonly epoch: number
  readonly endOffset: number
}

export const UNDEFINED_EPOCH = -1
const UNDEFINED: EpochEnd = { epoch: UNDEFINED_EPOCH, endOffset: -1 }

/** A batch of this epoch stands at `offset`. */
export function recordEpoch(epochs: EpochStart[], epoch: number, offset: number): void {
  const last = epochs.at(-1)
  if (last === undefined || epoch > last.epoch) epochs.push({ epoch, startOffset: offset })
}

/** The partition now begins at `startOffset`: of the epochs before it the newest begins there. */
export function truncateEpochs(epochs: EpochStart[], startOffset: number): void {
  const kept = epochs.findIndex((entry) => entry.startOffset > startOffset)
  const before = epochs.splice(0, kept < 0 ? epochs.length : kept).at(-1)
  if (before !== undefined) epochs.unshift({ epoch: before.epoch, startOffset })
}

/** The end of the newest epoch that is not above `asked`; undefined is { -1, -1 }. The leader's own epoch reaches to the end. */
export function epochEnd(
  epochs: readonly EpochStart[],
  leaderEpoch: number,
  logEndOffset: number,
  asked: number,
): EpochEnd {
  if (asked === UNDEFINED_EPOCH || asked > leaderEpoch) return UNDEFINED
  if (asked === leaderEpoch) return { epoch: asked, endOffset: logEndOffset }
  const higher = epochs.find(({ epoch }) => epoch > asked)
  const endOffset = higher?.startOffset ?? logEndOffset
  const floor = epochs.findLast(({ epoch }) => epoch <= asked)
  return { epoch: floor?.epoch ?? asked, endOffset }
}

/** A client that knows an older leader is fenced, one that knows a newer must wait for us (KIP-320). */
export function leaderEpochError(known: number, current: number): ErrorCode {
  if (known === UNDEFINED_EPOCH || known === current) return ErrorCodes.NONE
  return known < current ? ErrorCodes.FENCED_LEADER_EPOCH : ErrorCodes.UNKNOWN_LEADER_EPOCH
}
