// Where `cohort watch` learns what happens: a running broker over HTTP, or a journal file that may grow. Lines that are wrong
// are told and passed over.

import { open } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import type { JournalEntry } from '../observe/journal-entry.js'
import { JournalLineError, readLine } from '../observe/journal-line.js'
import { type JournalFlags, JournalSourceError, openJournal } from './journal-source.js'
import { pause } from './repeat.js'

export interface SourceOptions {
  /** false: ends with what is there. */
  readonly follow: boolean
  readonly signal: AbortSignal
  /** A line was passed over. */
  readonly problem: (what: string) => void
}

const LOOK_EVERY_MS = 200
const CHUNK_BYTES = 256 * 1024

/** Of a running broker, one group or all. Rejects with JournalSourceError. */
export async function* brokerEntries(
  flags: JournalFlags,
  group: string | null,
  { follow, signal, problem }: SourceOptions,
): AsyncGenerator<JournalEntry> {
  const lines = new Lines(problem)
  const decoder = new TextDecoder()
  const gone = new JournalSourceError(
    `${flags.url} has ended the connection: the broker was stopped, or is cut off`,
  )
  try {
    const chunks = await openJournal(group === null ? flags : { ...flags, group }, { follow, signal })
    for await (const chunk of chunks) yield* lines.push(decoder.decode(chunk, { stream: true }))
  } catch (error) {
    if (signal.aborted) return
    throw error instanceof JournalSourceError ? error : gone
  }
  if (follow && !signal.aborted) throw gone
}

/** What is in the file, then what is appended to it. Rejects with JournalSourceError. */
export async function* fileEntries(
  path: string,
  { follow, signal, problem }: SourceOptions,
): AsyncGenerator<JournalEntry> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${error.code})`
    throw new JournalSourceError(`--journal ${path}: ${why}`)
  })
  const decoder = new StringDecoder('utf8')
  const lines = new Lines((what) => problem(`${path}, ${what}`))
  const buffer = Buffer.alloc(CHUNK_BYTES)
  let position = 0
  try {
    while (!signal.aborted) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position)
      position += bytesRead
      if (bytesRead > 0) yield* lines.push(decoder.write(buffer.subarray(0, bytesRead)))
      else if (follow) await pause(LOOK_EVERY_MS, signal)
      else return
    }
  } finally {
    await file.close()
  }
}

class Lines {
  count = 0
  private rest = ''
  private readonly problem: (what: string) => void

  constructor(problem: (what: string) => void) {
    this.problem = problem
  }

  *push(text: string): Generator<JournalEntry> {
    const pieces = `${this.rest}${text}`.split('\n')
    this.rest = pieces.pop() ?? ''
    for (const piece of pieces) {
      this.count++
      if (piece.trim() === '') continue
      try {
        yield readLine(piece)
      } catch (error) {
        if (!(error instanceof JournalLineError)) throw error
        this.problem(`line ${this.count}: ${error.message}`)
      }
    }
  }
}
