// What a run prints and writes: the picks, the sum, the reasons of skips, the table of APIs.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHECKS } from '../../interop/client.js'
import { CLIENTS, pick } from '../../interop/clients.js'
import { answeredCommits } from '../../interop/runner/commits.js'
import { writePage } from '../../interop/runner/page.js'
import { callsOf, line, type Outcome, reasons, sum } from '../../interop/runner/report.js'
import { recordBytes } from '../../interop/runner/sizes.js'
import { merge, usedBy, usedRows } from '../../interop/runner/used.js'

const outcome = (check: Outcome['check'], result: Outcome['result'], why = ''): Outcome => ({
  client: 'c',
  check,
  result,
  why,
  seconds: 1,
})
const request = (api: string, version: number, clientId = 'member1') => ({
  api,
  version,
  clientId,
  group: null,
  atMs: 0,
})

describe('a run', () => {
  it('picks by name and by language, and says what there is', () => {
    expect(pick([])).toEqual(CLIENTS)
    expect(pick(['kafkajs']).map(({ name }) => name)).toEqual(['kafkajs'])
    expect(pick(['go']).map(({ language }) => language)).toContain('go')
    expect(() => pick(['rust'])).toThrow(/no client or language 'rust', but node, .*kafkajs/)
  })

  it('has clients of different names', () => {
    expect(new Set(CLIENTS.map(({ name }) => name)).size).toBe(CLIENTS.length)
  })

  it('tells its sum and why it skipped', () => {
    const outcomes = [
      outcome('joins', 'passed'),
      outcome('slow', 'skipped', 'no'),
      outcome('pause', 'skipped', 'no'),
    ]
    expect(sum(outcomes)).toBe('interop: 1 passed, 0 failed, 2 skipped')
    expect(reasons(outcomes)).toEqual(['c - slow, pause: no'])
    expect(reasons(CHECKS.map((check) => outcome(check, 'skipped', 'no tool')))).toEqual(['c - all: no tool'])
  })

  it('marks a check that passed in another sense, and says in which', () => {
    const passed = { ...outcome('slow', 'passed'), remark: 'it stays' }
    expect(line(passed)).toMatch(/^c +slow +ok \* +1\.0 s {2}it stays$/)
    expect(reasons([passed, outcome('joins', 'passed')])).toEqual(['c * slow: it stays'])
  })

  it('tells which calls administrators made', () => {
    const outcomes = [outcome('admin', 'passed', 'a b'), outcome('joins', 'passed', 'c')]
    expect(callsOf(outcomes)).toEqual({ c: ['a', 'b'] })
  })
})

describe('what a client uses', () => {
  it('is gathered by version, without what helpers ask', () => {
    const used = usedBy([
      request('Fetch', 4),
      request('Fetch', 2),
      request('Fetch', 4),
      request('Fetch', 9, 'helper'),
    ])
    expect(used).toEqual({ Fetch: [2, 4] })
    expect(merge(used, { Fetch: [3], Produce: [0] })).toEqual({ Fetch: [2, 3, 4], Produce: [0] })
  })

  describe('is written into the page', () => {
    const names = ['checks', 'reasons', 'calls', 'used'].map((name) => `one ${name}`)
    const empty = ['<!-- one data {} -->', ...names.map((name) => `<!-- ${name} -->\n<!-- /${name} -->`)]
    const run = (client: string, cells: string[], api: string, version: number, isWhole = true) => ({
      rows: [
        ['client', 'joins', 'crash'],
        [client, ...cells],
      ],
      reasons: [`${client} * joins: so`],
      used: [{ client, title: client.toUpperCase(), apis: { [api]: [version] } }],
      calls: { [client]: ['nodes'] },
      isWhole,
    })
    const after = (...runs: ReturnType<typeof run>[]) => {
      const folder = mkdtempSync(join(tmpdir(), 'interop-'))
      const file = join(folder, 'page.md')
      writeFileSync(file, `${empty.join('\n')}\n`)
      for (const each of runs) writePage(file, 'one', each)
      const page = readFileSync(file, 'utf8')
      rmSync(folder, { recursive: true })
      return page
    }

    it('in which other clients stay', () => {
      const page = after(run('a', ['ok', '-'], 'Fetch', 4), run('b', ['-', 'ok'], 'Produce', 3))
      expect(page).toContain('| a | A | ok | - |\n| b | B | - | ok |')
      expect(page).toContain('| 0 Produce |  | v3 |\n| 1 Fetch | v4 |  |')
      expect(page).toContain('- a * joins: so\n- b * joins: so\n')
      expect(page).toContain('| call | a | b |\n| --- | --- | --- |\n| nodes | ok | ok |')
    })

    it('in which a client that runs all checks is told anew', () => {
      const page = after(run('a', ['ok', 'ok'], 'Fetch', 4), run('a', ['', 'FAILED'], 'Fetch', 5))
      expect(page).toContain('| a | A |  | FAILED |')
      expect(page).toContain('| 1 Fetch | v5 |')
    })

    it('in which checks that were not run stay', () => {
      const page = after(run('a', ['ok', 'ok'], 'Fetch', 4), run('a', ['', 'FAILED'], 'Fetch', 5, false))
      expect(page).toContain('| a | A | ok | FAILED |')
      expect(page).toContain('| 1 Fetch | v4 v5 |')
    })
  })

  it('has its APIs in the order of their keys', () => {
    const rows = usedRows([{ client: 'a', title: 'A', apis: { JoinGroup: [1, 2], Produce: [3] } }])
    expect(rows).toEqual([
      ['API', 'a'],
      ['0 Produce', 'v3'],
      ['11 JoinGroup', 'v1 v2'],
    ])
  })
})

describe('commits as the broker answered them', () => {
  it('leaves out what was refused', () => {
    const partitions = [
      { partitionIndex: 0, committedOffset: 5 },
      { partitionIndex: 1, committedOffset: 7 },
    ]
    const answers = [
      { partitionIndex: 0, errorCode: 0 },
      { partitionIndex: 1, errorCode: 22 },
    ]
    const commit = {
      ...request('OffsetCommit', 8),
      group: 'g',
      answeredAtMs: 9,
      body: { topics: [{ partitions }] },
      response: { topics: [{ partitions: answers }] },
    }
    expect(answeredCommits([commit, { ...commit, group: 'other' }], 'g').events).toEqual([
      { event: 'committed', at: 9, offsets: { 0: 5 } },
    ])
  })
})

describe('sizes of records', () => {
  it('are added up for one producer', () => {
    const partitionData = [{ records: '207 bytes' }, { records: '3 bytes' }]
    const produce = { ...request('Produce', 9, 'one'), body: { topicData: [{ partitionData }] } }
    expect(recordBytes([produce, produce, { ...produce, clientId: 'two' }], 'one')).toBe(420)
  })
})
