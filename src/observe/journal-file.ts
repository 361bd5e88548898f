// A journal written to a file, entry by entry as they come, as fast as the disk takes them and no faster. Reading one is
// journal-reader.ts.

import { closeSync, createWriteStream, fstatSync, openSync, readSync, type WriteStream } from 'node:fs'
import type { Journal } from './journal.js'
import { entryOf, type JournalEntry } from './journal-entry.js'
import { lineOf } from './journal-line.js'

/** Entries that wait for the disk; more are not written, and an entry says how many. */
const MAX_WAITING = 100_000

export interface JournalFile {
  /** Writes what is counted so far and what waits. Resolves when all of it is in the file. Idempotent. */
  close(): Promise<void>
}

/**
 * Appends what the journal has and every entry from now on. `failed` is told once, in one line, when the file cannot be
 * written (any more). `nowMs` is the journal's clock.
 */
export function writeJournal(
  journal: Journal,
  path: string,
  nowMs: () => number,
  failed: (line: string) => void,
): JournalFile {
  const stream = createWriteStream(path, { flags: 'a' })
  const lines = new Lines(stream)
  if (isTorn(path)) stream.write('\n')
  let isBroken = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isBroken) failed(`the journal ${path} cannot be written (${error.code ?? error.message})`)
    isBroken = true
    unsubscribe()
  })
  for (const entry of [journal.started, ...journal.entries().filter((each) => each !== journal.started)])
    lines.write(entry)
  const unsubscribe = journal.subscribe((entry) => lines.write(entry))
  let closed: Promise<void> | undefined
  return {
    close() {
      closed ??= new Promise((resolve) => {
        if (isBroken) return resolve()
        journal.flush(nowMs())
        unsubscribe()
        stream.once('close', () => resolve())
        lines.end(entryOf('ended', nowMs(), {})) // if nothing is told, until then nothing happened
      })
      return closed
    },
  }
}

/** What wrote it before was cut off within a line: ours are not to be glued to that. */
function isTorn(path: string): boolean {
  try {
    const file = openSync(path, 'r')
    try {
      const last = Buffer.alloc(1)
      const { size } = fstatSync(file)
      return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n'
    } finally {
      closeSync(file)
    }
  } catch {
    return false // it is not there yet, or the stream will tell
  }
}

/** A write stream takes whatever it is given; this one gives it no more than it asks for. */
class Lines {
  private readonly stream: WriteStream
  private waiting: JournalEntry[] = []
  private lost = 0
  private isFull = false
  private ending: JournalEntry | null = null

  constructor(stream: WriteStream) {
    this.stream = stream
    stream.on('drain', () => this.proceed())
  }

  write(entry: JournalEntry): void {
    if (this.waiting.length >= MAX_WAITING) this.lost++
    else this.waiting.push(entry)
    if (!this.isFull) this.proceed()
  }

  end(last: JournalEntry): void {
    this.ending = last
    if (!this.isFull) this.proceed()
  }

  private proceed(): void {
    this.isFull = false
    const entries = this.waiting
    let written = 0
    while (written < entries.length && !this.isFull) {
      this.isFull = !this.stream.write(`${lineOf(entries[written] as JournalEntry)}\n`)
      written++
    }
    const last = entries[written - 1]
    this.waiting = entries.slice(written)
    if (this.waiting.length > 0) return
    if (this.lost > 0 && last !== undefined) {
      this.stream.write(`${lineOf(lostEntry(last.atMs, this.lost))}\n`)
      this.lost = 0
    }
    if (this.ending !== null) this.stream.end(`${lineOf(this.ending)}\n`)
  }
}

const lostEntry = (atMs: number, count: number) =>
  entryOf('lost', atMs, { count, cause: 'the disk was slower than the journal' })
