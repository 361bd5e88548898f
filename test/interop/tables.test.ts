// What a run prints and writes: the picks, the sum, the reasons of skips, the table of APIs.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CHECKS } from '../../interop/client.js'
import { CLIENTS, pick } from '../../interop/clients.js'
import { answeredCommits } from '../../interop/runner/commits.js'
import { type Outcome, skips, sum } from '../../interop/runner/report.js'
import { merge, usedBy, usedRows, writePage } from '../../interop/runner/used.js'

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
    expect(skips(outcomes)).toEqual(['c: slow, pause: no'])
    expect(skips(CHECKS.map((check) => outcome(check, 'skipped', 'no tool')))).toEqual(['c: all: no tool'])
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

  it('is written into the page, in which other clients stay', () => {
    const folder = mkdtempSync(join(tmpdir(), 'interop-'))
    const file = join(folder, 'page.md')
    const tables = ['checks', 'used'].map((name) => `<!-- ${name} -->\n<!-- /${name} -->`).join('\n')
    writeFileSync(file, `<!-- data {"used":[],"checks":{}} -->\n${tables}\n`)
    writePage(file, [{ client: 'a', title: 'A', apis: { Fetch: [4] } }], { head: ['joins'], a: ['ok'] })
    writePage(file, [{ client: 'b', title: 'B', apis: { Produce: [3] } }], { head: ['joins'], b: ['-'] })
    const page = readFileSync(file, 'utf8')
    rmSync(folder, { recursive: true })
    expect(page).toContain('| a | A | ok |\n| b | B | - |')
    expect(page).toContain('| 0 Produce |  | v3 |\n| 1 Fetch | v4 |  |')
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
