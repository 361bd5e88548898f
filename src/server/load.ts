// What the store has of a machine is replayed into it: at once where the store answers at once.

import type { Store, StoredRecord } from '../store/store.js'
import type { AnyMachine, Hosted } from './hosting.js'

/** undefined: it is loaded. Ends early when it is no longer wanted. */
export function replayStored<Event, Rec>(
  machine: AnyMachine<Event, Rec>,
  hosted: Hosted<Event, Rec>,
  store: Store,
  isWanted: () => boolean,
): Promise<void> | undefined {
  const records = store.load(hosted.log)
  if (Symbol.asyncIterator in records) return replayAsync(machine, hosted, records, isWanted)
  for (const record of records) machine.replay(hosted.fromStored(record))
  return undefined
}

async function replayAsync<Event, Rec>(
  machine: AnyMachine<Event, Rec>,
  hosted: Hosted<Event, Rec>,
  records: AsyncIterable<StoredRecord>,
  isWanted: () => boolean,
): Promise<void> {
  for await (const record of records) {
    if (!isWanted()) return
    machine.replay(hosted.fromStored(record))
  }
}
