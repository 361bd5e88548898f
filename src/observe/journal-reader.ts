// A journal read from its file. What is torn or wrong in it is reported by its line and passed over.

import { createReadStream } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import type { EntryOf, JournalEntry } from './journal-entry.js'
import { JournalLineError, readLine } from './journal-line.js'

/** A line with the assignment of a hundred thousand partitions is shorter. */
const MAX_LINE_CHARS = 16 * 1024 * 1024
/** Of a longer file the newest are read. */
const MAX_ENTRIES_READ = 1_000_000
/** Lines told of one file; further ones are only counted. */
const MAX_PROBLEMS = 100

export interface ReadJournal {
  /** Of the newest run in the file; null: none was found, and Kafka's defaults are taken for the broker's settings. */
  readonly started: EntryOf<'started'> | null
  /** Oldest first. */
  readonly entries: readonly JournalEntry[]
  /** Where an entry stands in the file, from 1. */
  lineOf(entry: JournalEntry): number | null
  /** What was passed over, one line each: 'line 7: it is torn: its end is missing'. */
  readonly problems: readonly string[]
}

/** Rejects with the system's error when the file cannot be read. */
export function readJournal(path: string): Promise<ReadJournal> {
  return readJournalFrom(createReadStream(path))
}

/** Of a file, or as a broker serves it over HTTP. */
export async function readJournalFrom(chunks: AsyncIterable<Uint8Array>): Promise<ReadJournal> {
  const reader = new Reading()
  const decoder = new StringDecoder('utf8')
  for await (const chunk of chunks) reader.push(decoder.write(Buffer.from(chunk)))
  return reader.end(decoder.end())
}

class Reading {
  private readonly lines = new Map<JournalEntry, number>()
  private readonly problems: string[] = []
  private skipped = 0
  private line = 0
  private rest = ''
  private isTooLong = false
  private started: EntryOf<'started'> | null = null

  push(text: string): void {
    const pieces = text.split('\n')
    pieces[0] = this.rest + pieces[0]
    this.rest = pieces.pop() as string
    for (const piece of pieces) this.take(piece)
    if (this.rest.length <= MAX_LINE_CHARS) return
    this.isTooLong = true
    this.rest = ''
  }

  end(text: string): ReadJournal {
    this.push(text)
    if (this.rest !== '' || this.isTooLong) this.take(this.rest)
    if (this.skipped > 0) this.problems.push(`and ${this.skipped} more lines were passed over`)
    const { lines, problems, started } = this
    return { started, entries: [...lines.keys()], problems, lineOf: (entry) => lines.get(entry) ?? null }
  }

  private take(text: string): void {
    this.line++
    const isTooLong = this.isTooLong
    this.isTooLong = false
    if (isTooLong) return this.problem(`it is longer than ${MAX_LINE_CHARS} characters`)
    if (text.trim() === '') return
    try {
      this.add(readLine(text))
    } catch (error) {
      if (!(error instanceof JournalLineError)) throw error
      this.problem(error.message)
    }
  }

  private add(entry: JournalEntry): void {
    if (this.line === 1 && entry.type !== 'started')
      this.problem('a journal begins with an entry of type started; this is the middle of one')
    if (entry.type === 'started') this.started = entry
    this.lines.set(entry, this.line)
    if (this.lines.size <= MAX_ENTRIES_READ) return
    for (const oldest of this.lines.keys()) {
      this.lines.delete(oldest)
      return
    }
  }

  private problem(what: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(`line ${this.line}: ${what}`)
    else this.skipped++
  }
}
