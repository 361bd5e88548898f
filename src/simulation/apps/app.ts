// What an application does with a record: it works on it for a while, and then the work is done and counts. Shared by
// all kinds of consumers. An idempotent application recognises at the end what has been done before, as a unique key in its
// database would.

import type { ClientSurroundings } from '../client/surroundings.js'
import { partitionKey } from '../journal.js'
import type { SimulatedRecord } from '../ledger.js'
import type { Task } from '../task.js'

export interface Work {
  /** How long a record takes. */
  recordMs(record: SimulatedRecord, nowMs: number): number
  readonly idempotent?: boolean
}

/** A running application, to be told to stop. */
export interface App {
  /** SIGTERM: it finishes what it has begun, gives back what it owns and leaves. */
  stop(): void
}

export function* workOn(around: ClientSurroundings, work: Work, record: SimulatedRecord): Task {
  const { proc } = around
  yield* proc.sleep(work.recordMs(record, proc.nowMs))
  finish(around, work, record)
}

export function finish(
  { proc, journal, ledger }: ClientSurroundings,
  work: Work,
  record: SimulatedRecord,
): void {
  const owner = journal.ownerOf(partitionKey(record.topic, record.partition))
  const isOwner = owner === undefined || owner === proc.name
  const isIdempotent = work.idempotent === true
  ledger.processed(record, { who: proc.name, atMs: proc.nowMs, isOwner, isIdempotent })
}
