// `cohort watch [GROUP]`: members over time, live. At a terminal a picture that is drawn anew; elsewhere a line for each thing
// that happens. Exit code 0: done, 1: there is nothing to watch any more, 2: wrong usage.

import { Command, InvalidArgumentError } from 'commander'
import { type Duration, toMs } from '../observe/duration.js'
import type { JournalEntry } from '../observe/journal-entry.js'
import { wordsOf } from '../observe/journal-words.js'
import { terminalText } from '../observe/terminal-text.js'
import { watchEntry } from '../observe/watch-entries.js'
import { watchLines } from '../observe/watch-lines.js'
import { nothingWatched, type Watched } from '../observe/watch-state.js'
import type { Io } from './admin/command.js'
import { addJournalOptions, type JournalFlags, JournalSourceError } from './journal-source.js'
import { parse } from './parse.js'
import { endOf, repeat } from './repeat.js'
import { brokerEntries, fileEntries, type SourceOptions } from './watch-source.js'

/** What a test gives in place of the process's own terminal and environment. */
export interface WatchIo extends Io {
  size?(): Size
  readonly env?: Readonly<Record<string, string | undefined>>
}

interface Size {
  readonly columns: number
  readonly rows: number
}

interface Flags extends JournalFlags {
  readonly window: number
  readonly once: boolean
}

const DEFAULT_WINDOW_MS = 60_000
const DRAW_EVERY_MS = 250
/** Of a picture that is drawn once, to be kept or passed on. */
const ONCE_ROWS = 60
const HIDDEN: readonly JournalEntry['type'][] = ['heartbeat', 'asked', 'end-offset']

/** The other screen without a cursor, and back (xterm). */
const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'

export async function watch(argv: readonly string[], io: WatchIo): Promise<number> {
  const given = readFlags(argv, io)
  if (typeof given === 'number') return given
  const { group, flags } = given
  const isLive = flags.journal === undefined && !flags.once
  const watched = nothingWatched({ singlesSinceMs: isLive ? Date.now() : null })
  const ended = endOf(io.signal)
  const options: SourceOptions = {
    follow: !flags.once,
    signal: ended.signal,
    problem: (what) => io.error(`cohort watch: ${terminalText(what)}\n`),
  }
  const entries =
    flags.journal === undefined ? brokerEntries(flags, group, options) : fileEntries(flags.journal, options)
  try {
    if (flags.once) await once(entries, watched, group, flags, io)
    else if (io.isTTY) await live(entries, watched, group, flags, io, ended.signal)
    else for await (const entry of entries) tell(entry, group, io)
    return 0
  } catch (error) {
    if (!(error instanceof JournalSourceError)) throw error
    io.error(`cohort watch: ${terminalText(error.message)}\n`)
    return 1
  } finally {
    ended.release()
  }
}

async function once(
  entries: AsyncIterable<JournalEntry>,
  watched: Watched,
  group: string | null,
  flags: Flags,
  io: WatchIo,
): Promise<void> {
  for await (const entry of entries) watchEntry(watched, entry)
  const { columns } = sizeOf(io)
  const lines = drawn(watched, group, watched.atMs, flags, io, { columns, rows: ONCE_ROWS })
  io.write(`${lines.join('\n')}\n`)
}

/** Drawn as time passes, not as entries come: there may be thousands in a second. */
async function live(
  entries: AsyncIterable<JournalEntry>,
  watched: Watched,
  group: string | null,
  flags: Flags,
  io: WatchIo,
  signal: AbortSignal,
): Promise<void> {
  const drawing = new AbortController()
  const end = () => drawing.abort()
  signal.addEventListener('abort', end, { once: true })
  const lines = () => drawn(watched, group, Math.max(Date.now(), watched.atMs), flags, io, sizeOf(io))
  const reading = (async () => {
    for await (const entry of entries) watchEntry(watched, entry)
  })().finally(end)
  reading.catch(() => {}) // told below
  io.write(ENTER)
  try {
    await repeat(DRAW_EVERY_MS, drawing.signal, () => io.write(redraw(lines())))
  } finally {
    signal.removeEventListener('abort', end)
    io.write(`${LEAVE}${lines().join('\n')}\n`) // the last picture stays
  }
  await reading
}

const redraw = (lines: readonly string[]) => `\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\n')}\x1b[J`

function drawn(
  watched: Watched,
  group: string | null,
  nowMs: number,
  { window: windowMs }: Flags,
  { isTTY, env = process.env }: WatchIo,
  size: Size,
): string[] {
  // no-color.org: any value but none.
  return watchLines(watched, group, { nowMs, windowMs, ...size, hasColour: isTTY && !env.NO_COLOR })
}

function sizeOf(io: WatchIo): Size {
  if (io.size !== undefined) return io.size()
  const { columns = 120, rows = 40 } = process.stdout
  return { columns, rows }
}

function tell(entry: JournalEntry, group: string | null, io: Io): void {
  if (HIDDEN.includes(entry.type) || (group !== null && entry.group !== group)) return
  const whose = entry.group === null ? '' : `${terminalText(entry.group)}: `
  io.write(`${new Date(entry.atMs).toISOString()}  ${whose}${wordsOf(entry)}\n`)
}

function readFlags(argv: readonly string[], io: WatchIo): { group: string | null; flags: Flags } | number {
  const command = addJournalOptions(new Command('cohort watch'))
    .description('Draws the members of a group over time, as it happens; all groups without one.')
    .argument('[group]')
    .option(
      '--window <duration>',
      'how much time the lanes show (default: 60s)',
      milliseconds,
      DEFAULT_WINDOW_MS,
    )
    .option('--once', 'draw what is known, and end', false)
    .addHelpText(
      'after',
      '\nWithout a terminal it prints a line for each thing that happens. NO_COLOR=1 draws without colours.\nExit code 0: done, 1: there is nothing to watch, 2: wrong usage.',
    )
  const parsed = parse(command, argv, io)
  if (!parsed.isRead) return parsed.problem === null ? 0 : misused(io, parsed.problem)
  const flags = command.opts<Flags>()
  if (!/^https?:\/\/[^\s/]/.test(flags.url))
    return misused(io, `--url '${flags.url}' is not like http://127.0.0.1:9192`)
  return { group: command.args[0] ?? null, flags }
}

function misused(io: Io, message: string): 2 {
  io.error(`cohort watch: ${terminalText(message)}; --help shows the options\n`)
  return 2
}

function milliseconds(text: string): number {
  try {
    const ms = toMs((/^\d+$/.test(text) ? Number(text) : text) as Duration)
    if (ms >= 1000) return ms
  } catch {
    // told below
  }
  throw new InvalidArgumentError("It is a second or more, as in '30s', '5m'.")
}
