// `cohort replay FILE`: a journal once more, entry by entry in words with the time since its beginning; at a keystroke, in
// its own time or faster, or as a sequence diagram. Exit code 0: done, 2: wrong usage, or no journal.

import { createInterface } from 'node:readline'
import { Command, InvalidArgumentError } from 'commander'
import { type Duration, fromMs, toMs } from '../observe/duration.js'
import type { JournalEntry } from '../observe/journal-entry.js'
import { type ReadJournal, readJournal } from '../observe/journal-reader.js'
import { wordsOf } from '../observe/journal-words.js'
import { sequenceDiagram } from '../observe/mermaid.js'
import { terminalText } from '../observe/terminal-text.js'
import type { Io } from './admin/command.js'
import { parse } from './parse.js'

/** With --step somebody must be there to press Enter. */
export interface ReplayIo extends Io {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
}

interface Flags {
  readonly group?: string
  readonly from?: Moment
  readonly to?: Moment
  readonly step: boolean
  readonly speed?: number
  readonly mermaid: boolean
}

/** Since the first entry, or a time of day. */
type Moment = { readonly sinceMs: number } | { readonly atMs: number }

/** Told in one line; exit code 2. */
class Refused extends Error {}

export async function replay(argv: readonly string[], io: ReplayIo): Promise<number> {
  try {
    const read = readFlags(argv, io)
    return read === null ? 0 : await play(read.path, read.flags, io)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    io.error(`cohort replay: ${terminalText(error.message)}\n`)
    return 2
  }
}

async function play(path: string, flags: Flags, io: ReplayIo): Promise<number> {
  if (flags.step && io.stdin.isTTY !== true)
    throw new Refused(
      '--step waits for Enter at a terminal, and standard input is none; --speed plays by itself',
    )
  const journal = await open(path)
  for (const problem of journal.problems) io.error(`cohort replay: ${path}, ${terminalText(problem)}\n`)
  const startMs = journal.entries[0]?.atMs ?? 0
  const entries = chosen(journal.entries, flags, startMs)
  if (flags.mermaid) io.write(sequenceDiagram(entries, { startMs }))
  else if (flags.step) await stepwise(entries, startMs, io)
  else if (flags.speed !== undefined) await timed(entries, startMs, flags.speed, io)
  else for (const entry of entries) io.write(`${lineOf(entry, startMs)}\n`)
  return 0
}

async function open(path: string): Promise<ReadJournal> {
  const journal = await readJournal(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : `cannot be read (${error.code})`
    throw new Refused(`${path}: ${why}`)
  })
  if (journal.entries.length > 0) return journal
  throw new Refused(`${path}: no entry of a journal is in it (cohort --journal FILE writes one)`)
}

function chosen(
  entries: readonly JournalEntry[],
  { group, from, to }: Flags,
  startMs: number,
): JournalEntry[] {
  const at = (moment: Moment) => ('atMs' in moment ? moment.atMs : startMs + moment.sinceMs)
  const earliestMs = from === undefined ? Number.NEGATIVE_INFINITY : at(from)
  const latestMs = to === undefined ? Number.POSITIVE_INFINITY : at(to)
  // What belongs to no group (connections, ends of logs) is shown only with all of them.
  return entries.filter(
    (entry) =>
      (group === undefined || entry.group === group) && entry.atMs >= earliestMs && entry.atMs <= latestMs,
  )
}

const TIME_WIDTH = 14

function lineOf(entry: JournalEntry, startMs: number): string {
  const after = `+${fromMs(entry.atMs - startMs)}`.padStart(TIME_WIDTH)
  const group = entry.group === null ? '' : `${terminalText(entry.group)}: `
  return `${after}  ${group}${wordsOf(entry)}`
}

async function stepwise(entries: readonly JournalEntry[], startMs: number, io: ReplayIo): Promise<void> {
  io.write('Enter shows the next entry, q ends.\n')
  let next = 0
  const lines = createInterface({ input: io.stdin })
  try {
    for await (const line of lines) {
      if (line.trim() === 'q') return
      const entry = entries[next++]
      if (entry === undefined) return
      io.write(`${lineOf(entry, startMs)}\n`)
      if (next === entries.length) return
    }
  } finally {
    lines.close()
  }
}

/** Nobody waits longer between two entries, however much time lay between them. */
const LONGEST_PAUSE_MS = 10_000

async function timed(
  entries: readonly JournalEntry[],
  startMs: number,
  speed: number,
  io: ReplayIo,
): Promise<void> {
  let beforeMs = entries[0]?.atMs ?? 0
  for (const entry of entries) {
    if (io.signal?.aborted === true) return
    await pause(Math.min((entry.atMs - beforeMs) / speed, LONGEST_PAUSE_MS), io.signal)
    beforeMs = entry.atMs
    io.write(`${lineOf(entry, startMs)}\n`)
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms < 1) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
  })
}

function readFlags(argv: readonly string[], io: Io): { path: string; flags: Flags } | null {
  const command = new Command('cohort replay')
    .description('Tells a journal once more, entry by entry.')
    .argument('<file>', 'a journal, as cohort --journal FILE writes it')
    .option('--group <id>', 'only this group')
    .option('--from <when>', "from here on: '90s' after the first entry, or a time in ISO 8601", moment)
    .option('--to <when>', 'up to here', moment)
    .option('--step', 'one entry at each Enter', false)
    .option('--speed <n>', 'in its own time (1), or so many times as fast', positive)
    .option('--mermaid', 'print a Mermaid sequence diagram instead', false)
  const parsed = parse(command, argv, io)
  if (!parsed.isRead) {
    if (parsed.problem === null) return null
    throw new Refused(`${parsed.problem}; --help shows the options`)
  }
  const flags = command.opts<Flags>()
  if ([flags.step, flags.speed !== undefined, flags.mermaid].filter(Boolean).length > 1)
    throw new Refused('--step, --speed and --mermaid exclude each other')
  return { path: command.args[0] as string, flags }
}

function moment(text: string): Moment {
  try {
    return { sinceMs: toMs((/^\d+$/.test(text) ? Number(text) : text) as Duration) }
  } catch {
    const atMs = Date.parse(text)
    if (Number.isNaN(atMs))
      throw new InvalidArgumentError("It is a time after the beginning, as in '90s', or one in ISO 8601.")
    return { atMs }
  }
}

function positive(text: string): number {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('It is a number above 0.')
  return Number(text)
}
