// A journal for somebody outside the process: what is kept, then what happens, as JSON lines, single heartbeats and requests
// under way too. Who reads too slowly loses entries, and is told how many.

import type { EntryOf, JournalEntry } from './journal-entry.js'
import { entryOf } from './journal-entry.js'
import { lineOf } from './journal-line.js'
import type { EntryFilter, JournalListener, SubscribeOptions } from './journal-log.js'

/** What a feed needs of a Journal. */
export interface Feedable {
  entries(filter?: EntryFilter): readonly JournalEntry[]
  waiting(group: string): readonly EntryOf<'asked'>[]
  subscribe(listener: JournalListener, options?: SubscribeOptions): () => void
}

export interface FeedOptions {
  /** Only of this one; what is of no group, but for the beginning, is left out then. */
  readonly group?: string
  /** false: it ends with what is kept. */
  readonly follow?: boolean
}

/** Entries that wait for a reader. */
const MAX_WAITING = 50_000

/** Ends when the reader cancels it, or with what is kept. */
export function journalFeed(
  journal: Feedable,
  { group, follow = true }: FeedOptions = {},
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const isWanted = (entry: JournalEntry) =>
    group === undefined || entry.group === group || entry.type === 'started'
  let lost = 0
  let unsubscribe = () => {}
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (entry: JournalEntry) => controller.enqueue(encoder.encode(`${lineOf(entry)}\n`))
      const kept = journal.entries().filter(isWanted)
      for (const entry of kept) send(entry)
      const groups = new Set(kept.flatMap((entry) => entry.group ?? []))
      for (const each of groups) for (const asked of journal.waiting(each)) send(asked)
      if (!follow) return controller.close()
      const full = (controller.desiredSize ?? 0) - MAX_WAITING // what is kept does not count
      unsubscribe = journal.subscribe(
        (entry) => {
          if (!isWanted(entry)) return
          if ((controller.desiredSize ?? 0) <= full) {
            lost++
            return
          }
          if (lost > 0)
            send(entryOf('lost', entry.atMs, { count: lost, cause: 'who reads this is too slow' }))
          lost = 0
          send(entry)
        },
        { singles: true },
      )
    },
    cancel() {
      unsubscribe()
    },
  })
}
