// The journal over HTTP, as JSON lines like those of a file: what is kept, and with `follow` every entry from now on.

import type { Journal } from '../observe/journal.js'
import type { JournalEntry } from '../observe/journal-entry.js'
import { lineOf } from '../observe/journal-line.js'
import { flag, optional, text } from '../testkit/fields.js'

export const journalFields = {
  group: optional(text),
  follow: optional(flag),
  singles: optional(flag),
} as const

export interface JournalQuery {
  /** Only its entries, and the first one. */
  readonly group?: string
  /** Goes on until the connection is closed. */
  readonly follow?: boolean
  /** With single heartbeats, and requests as they come. */
  readonly singles?: boolean
}

/** Bytes that wait for a reader; a slower one is let go. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024

export function journalStream(
  journal: Journal,
  nowMs: number,
  { group, follow = false, singles = false }: JournalQuery,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let end = () => {}
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (entry: JournalEntry) => controller.enqueue(encoder.encode(`${lineOf(entry)}\n`))
        if (!follow) journal.flush(nowMs) // what is only counted so far
        write(journal.started)
        for (const entry of journal.entries(group === undefined ? {} : { group }))
          if (entry !== journal.started) write(entry)
        if (singles) for (const asked of journal.waiting(group)) write(asked)
        if (!follow) return controller.close()
        const unsubscribe = journal.subscribe(
          (entry) => {
            if (group !== undefined && entry.group !== group) return
            write(entry)
            if ((controller.desiredSize ?? 0) > 0) return
            end()
            controller.error(new Error('the reader is too slow'))
          },
          { singles },
        )
        end = () => {
          unsubscribe()
          end = () => {}
        }
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING_BYTES }),
  )
}
