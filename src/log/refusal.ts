// Why a partition of a Produce request is refused, as its response tells.

import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'

export interface RecordError {
  readonly batchIndex: number
  readonly batchIndexErrorMessage: string
}

export interface BatchRefusal {
  readonly ok: false
  readonly errorCode: ErrorCode
  readonly message: string | null
  readonly recordErrors: readonly RecordError[]
  /** Whether the answer tells where the partition begins: Kafka does where its log has looked at the records. */
  readonly tellsStart: boolean
}

export function refuse(errorCode: ErrorCode, message: string | null = null, tellsStart = true): BatchRefusal {
  return { ok: false, errorCode, message, recordErrors: [], tellsStart }
}

const SHOWN_ERRORS = 3

/** Some records are not as they must be: each says why, and none is kept (KIP-467). */
export function refuseRecords(errors: readonly RecordError[], areTimestamps: boolean): BatchRefusal {
  const shown = errors
    .slice(0, SHOWN_ERRORS)
    .map(({ batchIndex, batchIndexErrorMessage }) => {
      return `RecordError(batchIndex=${batchIndex}, message='${batchIndexErrorMessage}')`
    })
    .join(', ')
  return {
    ok: false,
    errorCode: areTimestamps ? ErrorCodes.INVALID_TIMESTAMP : ErrorCodes.INVALID_RECORD,
    message: areTimestamps
      ? 'One or more records have been rejected due to invalid timestamp'
      : `One or more records have been rejected due to ${errors.length} record errors in total, and only showing the first three errors at most: [${shown}]`,
    recordErrors: errors,
    tellsStart: true,
  }
}
