// `cohort replay`: in words, by group and time, step by step, in its own time, as a diagram; what is wrong in one line.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replay } from '../../src/cli/replay.js'
import { entryOf } from '../../src/observe/journal-entry.js'
import { lineOf } from '../../src/observe/journal-line.js'
import { SAMPLES } from './samples.js'

const folder = mkdtempSync(join(tmpdir(), 'replay-'))
const path = join(folder, 'journal.jsonl')
const { started, state, join: joined, sync, leave } = SAMPLES
const other = entryOf('member-pending', started.atMs + 3000, { group: 'other\x1b[2J', member: 'm\n1' })

beforeAll(() => {
  const lines = [started, state, joined, sync, other, leave].map(lineOf)
  writeFileSync(path, `${lines.slice(0, 2).join('\n')}\n{"at":\n${lines.slice(2).join('\n')}\n`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function run(...argv: string[]) {
  return played(argv, new PassThrough())
}

async function played(argv: string[], stdin: PassThrough & { isTTY?: boolean }) {
  let [out, err] = ['', '']
  const io = {
    write(text: string) {
      out += text
    },
    error(text: string) {
      err += text
    },
    isTTY: false,
    stdin,
  }
  const code = await replay(argv, io)
  return { code, out, err, lines: out.split('\n').slice(0, -1) }
}

describe('cohort replay', () => {
  it('prints every entry with the time since the first, and what it passed over', async () => {
    const { code, lines, err } = await run(path)
    expect(code).toBe(0)
    expect(lines).toEqual([
      '         +0 ms  the journal begins: kafka-cohort 0.1.0',
      expect.stringMatching(
        /^ {10}\+2 s {2}orders-service: Empty -> PreparingRebalance, generation 0: Adding new/,
      ),
      '          +2 s  orders-service: shop-6f1c2b1e joins generation 1 as leader with range',
      '          +2 s  orders-service: shop-6f1c2b1e assigns, and gets orders-0, orders-1 in generation 1',
      '          +3 s  other\\x1b[2J: m\\n1 was given its id and is to join with it',
      '   +1 min 20 s  orders-service: shop-09ad7c44 leaves: the consumer is being closed',
    ])
    expect(err).toBe(`cohort replay: ${path}, line 3: it is torn: its end is missing\n`)
  })

  it('chooses by group and by time', async () => {
    expect((await run(path, '--group', 'orders-service', '--from', '1s', '--to', '3s')).lines).toHaveLength(3)
    expect((await run(path, '--from', '2026-11-21T08:01:00Z')).lines).toHaveLength(1)
    expect((await run(path, '--to', '0')).lines).toHaveLength(1)
  })

  it('goes on at each Enter, until q', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true })
    stdin.end('\n\nq\n\n\n')
    const { code, lines } = await played([path, '--step'], stdin)
    expect(code).toBe(0)
    expect(lines).toHaveLength(3)
    expect(lines[0]).toBe('Enter shows the next entry, q ends.')
  })

  it('ends after the last', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true })
    stdin.write('\n'.repeat(50))
    expect((await played([path, '--step'], stdin)).lines).toHaveLength(7)
  })

  it('plays in its own time, faster', async () => {
    const begun = performance.now()
    const { lines } = await run(path, '--speed', '1000')
    expect(lines).toHaveLength(6)
    expect(performance.now() - begun).toBeGreaterThan(60)
  })

  it('draws a diagram', async () => {
    const { out } = await run(path, '--mermaid', '--group', 'orders-service')
    expect(out).toMatch(/^sequenceDiagram\n {2}autonumber\n {2}participant M1 as shop-6f1c2b1e\n/)
  })

  it.each([
    [[], /missing required argument 'file'; --help shows the options$/],
    [['none.jsonl'], /^cohort replay: none.jsonl: there is no such file$/],
    [
      [path, '--step'],
      /--step waits for Enter at a terminal, and standard input is none; --speed plays by itself$/,
    ],
    [[path, '--speed', '0'], /It is a number above 0; --help/],
    [[path, '--speed', '2', '--mermaid'], /--step, --speed and --mermaid exclude each other$/],
    [[path, '--from', 'noon'], /It is a time after the beginning, as in '90s', or one in ISO 8601; --help/],
    [[import.meta.filename], /no entry of a journal is in it/],
  ])('%j is refused in one line', async (argv, message) => {
    const { code, out, err } = await run(...argv)
    expect([code, out]).toEqual([2, ''])
    expect(err.trimEnd().split('\n').at(-1)).toMatch(message)
  })

  it('has help', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    expect(out).toContain('cohort replay')
  })
})
