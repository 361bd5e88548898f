// A journal in a file: every entry there and back, torn and wrong lines, appending, a disk that fails.

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startCohort } from '../../src/index.js'
import { Journal } from '../../src/observe/journal.js'
import { type EntryOf, entryOf, type JournalEntry, startedEntry } from '../../src/observe/journal-entry.js'
import { writeJournal } from '../../src/observe/journal-file.js'
import { lineOf, readLine } from '../../src/observe/journal-line.js'
import { readJournal } from '../../src/observe/journal-reader.js'
import { Actor } from '../doctor/actor.js'
import { SAMPLES } from './samples.js'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'))
  path = join(folder, 'journal.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const STARTED = startedEntry(1000, 'test', (name) => (name === 'group.max.size' ? '5' : null))
const neverFails = (line: string) => expect.unreachable(line)
const removed = (i: number) => ({ type: 'group-removed', groupId: `g${i}`, cause: 'it was deleted' }) as const

describe('a line', () => {
  it.each(Object.values(SAMPLES).map((entry) => [entry.type, entry] as const))(
    'of %s is read as it was',
    (_, entry) => {
      expect(readLine(lineOf(entry))).toEqual(entry)
      expect(lineOf(entry)).not.toContain('\n')
    },
  )

  it('has the time in ISO 8601, offsets as strings, and nothing that is null', () => {
    const { at, offset, group, cause } = JSON.parse(lineOf({ ...SAMPLES.commit, group: null }))
    expect([at, offset, group, cause]).toEqual([
      '2026-11-21T08:00:16.000Z',
      '9007199254740993',
      undefined,
      undefined,
    ])
  })

  it.each([
    ['{"at":"2026-11-21T08:00:00.000Z","type":"sta', 'it is torn: its end is missing'],
    ['{"at":2026}}', 'it is no JSON'],
    ['[1]', 'it is no JSON object'],
    ['{"type":"ended"}', "'at' is missing, but must be a time in ISO 8601"],
    ['{"at":"yesterday","type":"ended"}', "'at' is 'yesterday', but must be a time in ISO 8601"],
    ['{"at":"2026-11-21T08:00:00.000Z","type":"end"}', "'type' is 'end', which no entry has"],
    ['{"at":"2026-11-21T08:00:00.000Z","type":"lost"}', "'count' is missing"],
    [
      '{"at":"2026-11-21T08:00:00.000Z","type":"lost","count":1.5}',
      "'count' is 1.5, but must be a whole number",
    ],
    [
      '{"at":"2026-11-21T08:00:00.000Z","type":"end-offset","topic":"t","partition":0,"endOffset":12}',
      "'endOffset' is 12, but must be a string of decimal digits",
    ],
    [
      '{"at":"2026-11-21T08:00:00.000Z","type":"started","format":9,"software":"x","settings":{},"gapBoundsMs":[]}',
      'the format is 9; this version reads 1',
    ],
  ])('%s is refused: %s', (line, message) => {
    expect(() => readLine(line)).toThrow(message)
  })

  it('of a newer version may have more', () => {
    expect(readLine('{"at":"2026-11-21T08:00:00.000Z","type":"ended","more":[1]}')).toMatchObject({
      type: 'ended',
    })
  })
})

describe('reading', () => {
  it('passes over what is torn or wrong and says which line, and finds the lines of entries', async () => {
    const good = [STARTED, SAMPLES.join, SAMPLES.sync] as const
    const [a, b, c] = good.map(lineOf) as [string, string, string]
    writeFileSync(path, `${a}\n${b.slice(0, 50)}\n\n${b}\r\nnonsense}\n${c}`)
    const journal = await readJournal(path)
    expect(journal.problems).toEqual(['line 2: it is torn: its end is missing', 'line 5: it is no JSON'])
    expect(journal.entries).toEqual(good)
    expect(journal.entries.map(journal.lineOf)).toEqual([1, 4, 6])
    expect(journal.started).toEqual(STARTED)
  })

  it('reads the middle of one, and says so', async () => {
    writeFileSync(path, `${lineOf(SAMPLES.join)}\n`)
    const { started, entries, problems } = await readJournal(path)
    expect([started, entries.length]).toEqual([null, 1])
    expect(problems).toEqual([
      'line 1: a journal begins with an entry of type started; this is the middle of one',
    ])
  })

  it('tells no more problems than anybody reads', async () => {
    writeFileSync(path, 'x\n'.repeat(5000))
    const { problems } = await readJournal(path)
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)).toBe('and 4900 more lines were passed over')
  })

  it('survives a line without end', async () => {
    writeFileSync(path, `${lineOf(STARTED)}\n`)
    appendFileSync(path, 'x'.repeat(17 * 1024 * 1024))
    appendFileSync(path, `\n${lineOf(SAMPLES.join)}\n`)
    const { entries, problems } = await readJournal(path)
    expect(entries).toHaveLength(2)
    expect(problems).toEqual(['line 2: it is longer than 16777216 characters'])
  })

  it('keeps characters that are cut between two chunks', async () => {
    const group = '\u{1f4a5}'.repeat(40_000)
    writeFileSync(path, `${lineOf(STARTED)}\n${lineOf({ ...SAMPLES.join, group })}\n`)
    expect((await readJournal(path)).entries[1]?.group).toBe(group)
  })

  it('rejects when there is no file', async () => {
    await expect(readJournal(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('writing', () => {
  it('has what was there before, what comes, and an end', async () => {
    const journal = new Journal(STARTED)
    journal.event(removed(1), 2000)
    const file = writeJournal(journal, path, () => 4000, neverFails)
    journal.event(removed(2), 3000)
    await file.close()
    journal.event(removed(3), 5000)
    const read = await readJournal(path)
    expect(read.entries.map(({ type, atMs }) => [type, atMs])).toEqual([
      ['started', 1000],
      ['group-removed', 2000],
      ['group-removed', 3000],
      ['ended', 4000],
    ])
    expect(read.problems).toEqual([])
    await file.close()
  })

  it('loses nothing however fast entries come', async () => {
    const journal = new Journal(STARTED, { maxEntries: 10 })
    const file = writeJournal(journal, path, () => 0, neverFails)
    for (let i = 0; i < 30_000; i++) journal.event(removed(i), i)
    await file.close()
    const { entries } = await readJournal(path)
    const groups = entries.filter(
      (entry): entry is EntryOf<'group-removed'> => entry.type === 'group-removed',
    )
    expect(groups.map(({ group }) => group)).toEqual(Array.from({ length: 30_000 }, (_, i) => `g${i}`))
  })

  it('says how many are missing when the disk is too slow for too long', async () => {
    const journal = new Journal(STARTED, { maxEntries: 10 })
    const file = writeJournal(journal, path, () => 0, neverFails)
    for (let i = 0; i < 150_000; i++) journal.event(removed(0), i)
    await file.close()
    const { entries } = await readJournal(path)
    const lost = entries.filter((entry): entry is EntryOf<'lost'> => entry.type === 'lost')
    const kept = entries.filter(({ type }) => type === 'group-removed').length
    expect(lost.reduce((sum, { count }) => sum + count, kept)).toBe(150_000)
    expect(lost.length).toBeGreaterThan(0)
  })

  it('appends to an older one, also when that ends within a line', async () => {
    writeFileSync(path, `${lineOf(STARTED)}\n{"at":"2026`)
    const file = writeJournal(new Journal({ ...STARTED, software: 'second' }), path, () => 0, neverFails)
    await file.close()
    const { started, problems } = await readJournal(path)
    expect(started?.software).toBe('second')
    expect(problems).toEqual(['line 2: it is torn: its end is missing'])
  })

  it('says once that the file cannot be written, and ends all the same', async () => {
    const failures: string[] = []
    const journal = new Journal(STARTED)
    const nowhere = join(folder, 'none', 'journal.jsonl')
    const file = writeJournal(
      journal,
      nowhere,
      () => 0,
      (line) => failures.push(line),
    )
    await file.close()
    journal.event(removed(1), 1)
    expect(failures).toEqual([`the journal ${nowhere} cannot be written (ENOENT)`])
  })

  it('is what the broker does for options.journal', async () => {
    const cohort = await startCohort({ topics: { orders: 1 }, journal: path })
    const actor = await Actor.connect(cohort.port, 'g')
    await actor.join()
    await actor.sync(new Map([[actor.memberId, { orders: [0] }]]))
    await actor.heartbeat()
    await actor.close()
    await cohort.stop()
    const { entries, problems } = await readJournal(path)
    expect(problems).toEqual([])
    const types = entries.map(({ type }: JournalEntry) => type)
    expect(types[0]).toBe('started')
    expect(types).toEqual(expect.arrayContaining(['join', 'sync', 'heartbeats', 'connection-closed']))
    expect(types.at(-1)).toBe('ended')
    expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true)
  })

  it('can write entries made by hand', () => {
    expect(lineOf(entryOf('ended', 0, { cause: 'x' }))).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","type":"ended","cause":"x"}',
    )
  })
})
