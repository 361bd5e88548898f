// The suite as a command: options, reports, exit codes.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { cases } from '../../conformance/cases/index.js'
import { conform } from '../../conformance/main.js'
import { type Cohort, startCohort } from '../../src/index.js'

const folder = mkdtempSync(join(tmpdir(), 'cohort-conform-'))
const file = (name: string) => join(folder, name)
let cohort: Cohort
let printed: string[]

beforeAll(async () => {
  cohort = await startCohort({ verify: false })
})
afterAll(async () => {
  await cohort.stop()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  printed = []
  const keep = (text: unknown) => {
    printed.push(String(text))
  }
  vi.spyOn(console, 'log').mockImplementation(keep)
  vi.spyOn(console, 'error').mockImplementation(keep)
})

const at = () => ['--brokers', `127.0.0.1:${cohort.port}`]
const said = () => printed.join('\n')

/** Asks for what Kafka 3.9 answers, which ours does not. */
const otherwise = () => [...at(), '--release', '3.9', 'admin/describe/KIP-430/1']
const WRONG = 'operations: expected [{"authorizedOperations":328}], got '

describe('conform', () => {
  it('runs the cases that begin so, and ends with 0 when all hold', async () => {
    expect(await conform([...at(), 'classic/heartbeat'])).toBe(0)
    expect(said()).toMatch(/^\d+ passed, 0 failed, 0 skipped \(.* seed \d+\)$/m)
  })

  it('ends with 1 when one does not, and says what was expected and got, and where it is written', async () => {
    expect(await conform(otherwise())).toBe(1)
    expect(said()).toContain('FAILED admin/describe/KIP-430/1 (SHOULD)')
    expect(said()).toContain(WRONG)
    expect(said()).toContain('source: KIP-430')
  })

  it('ends with 2 and one line when it is used wrongly', async () => {
    const wrong: [string[], string][] = [
      [[], '--brokers host:port is needed'],
      [['--brokers', 'nowhere'], "'nowhere' is not host:port"],
      [[...at(), '--parallel', 'many'], 'It is a whole number of 1 at least'],
      [[...at(), '--time-factor', '0'], 'It is a number above 0'],
      [[...at(), '--level', 'MAY'], 'Allowed choices are MUST, SHOULD, INFO'],
      [[...at(), 'no/such/case'], "no case begins with 'no/such/case'"],
      [[...at(), '--nonsense'], "unknown option '--nonsense'"],
      [[...at(), '--expect', file('nothing')], 'no such file'],
      [['diff', 'a.json'], 'diff takes two files'],
    ]
    for (const [args, line] of wrong) {
      printed = []
      expect(await conform(args), line).toBe(2)
      expect(printed).toHaveLength(1)
      expect(said()).toContain(line)
    }
  })

  it('ends with 3 when the broker cannot be reached', async () => {
    const gone = await startCohort({ verify: false })
    const port = gone.port
    await gone.stop()
    expect(await conform(['--brokers', `127.0.0.1:${port}`])).toBe(3)
    expect(said()).toContain(`127.0.0.1:${port} cannot be reached: connect ECONNREFUSED`)
  })

  it('takes the first of several brokers that can be reached', async () => {
    const gone = await startCohort({ verify: false })
    await gone.stop()
    const brokers = `127.0.0.1:${gone.port},127.0.0.1:${cohort.port}`
    expect(await conform(['--brokers', brokers, 'classic/heartbeat/phase'])).toBe(0)
  })

  it('ends with 2 when the topic that is named is not there', async () => {
    expect(await conform([...at(), '--topic', 'no-such-topic', 'classic/heartbeat/phase'])).toBe(2)
    expect(said()).toContain(
      'the topic no-such-topic has 0 partitions, not 3; --topic names one that is there',
    )
  })

  it('lists cases with what they need, and runs none', async () => {
    expect(await conform(['--list', 'restart', 'acl/group'])).toBe(0)
    expect(said()).toMatch(/^restart\/group\/1 {2}MUST {2}.*needs restart\)$/m)
    expect(said()).toMatch(/^acl\/group\/read\/3 {2}SHOULD {2}.*needs SyncGroup v5, acl\)$/m)
  })

  it('chooses by level, leaves out what waits with --quick, and says how many were skipped for what', async () => {
    expect(await conform([...at(), '--level', 'MUST', '--quick', 'classic/session'])).toBe(0)
    expect(said()).toMatch(/^skipped \d+: needs slow: sessions are 6000 ms at least: --slow waits for them$/m)
    const musts = cases.filter(({ id, level }) => id.startsWith('classic/session') && level === 'MUST')
    expect(said()).toContain(`${musts.length} skipped`)
  })

  it('leaves no group and no topic behind', async () => {
    const before = await cohortShows()
    await conform([...at(), 'offsets', '--group-prefix', 'tidy'])
    expect(await cohortShows()).toEqual(before)
    await conform([...at(), 'offsets/commit/again', '--group-prefix', 'kept', '--keep'])
    const { groups, topics } = await cohortShows()
    expect(groups.some((id) => id.startsWith('kept-'))).toBe(true)
    expect(topics).toContain('kept-topic')
  })
})

describe('reports', () => {
  it('keep results as JSON, with the exchange of what failed', async () => {
    await conform([...otherwise(), '--json', file('a.json'), '--seed', '5'])
    const report = JSON.parse(readFileSync(file('a.json'), 'utf8'))
    expect(report).toMatchObject({
      release: '3.9',
      seed: 5,
      counts: { passed: 0, failed: 1, skipped: 0 },
      advertised: { JoinGroup: [0, 9] },
      limits: { minSessionMs: 6000, initialDelayMs: 0, hasIdFirst: true },
    })
    const [result] = report.results
    expect(result).toMatchObject({
      id: 'admin/describe/KIP-430/1',
      outcome: 'failed',
      sent: { JoinGroup: [9], SyncGroup: [5], DescribeGroups: [5] },
      mismatch: { what: 'operations', expected: [{ authorizedOperations: 328 }] },
    })
    expect(result.exchanges[0]).toMatchObject({ api: 'JoinGroup', version: 9, connection: 1 })
    expect(result.exchanges[0].response.errorCode).toBe('79 MEMBER_ID_REQUIRED')
  })

  it('write JUnit XML and a page that escape what brokers and cases say', async () => {
    await conform([...otherwise(), '--junit', file('a.xml'), '--html', file('a.html')])
    const xml = readFileSync(file('a.xml'), 'utf8')
    expect(xml).toContain('tests="1" failures="1" skipped="0"')
    expect(xml).toContain(
      '<failure message="operations: expected [{&quot;authorizedOperations&quot;:328}], got ',
    )
    const page = readFileSync(file('a.html'), 'utf8')
    expect(page).toContain('<details class="case failed" open>')
    expect(page).toContain('DescribeGroups v5')
    expect(page).not.toMatch(/src=|href=/)
    expect(page.match(/<script>/g)).toHaveLength(1)
  })

  it('compare two runs', async () => {
    const args = [...at(), 'admin/describe/KIP-430/1', '--json', file('good.json')]
    await conform(args)
    await conform([...otherwise(), '--json', file('bad.json')])
    printed = []
    expect(await conform(['diff', file('good.json'), file('bad.json')])).toBe(1)
    expect(said()).toContain('admin/describe/KIP-430/1: passed -> failed')
    expect(await conform(['diff', file('bad.json'), file('good.json')])).toBe(0)
    expect(await conform(['diff', file('good.json'), file('good.json')])).toBe(0)
    expect(said()).toContain('no case came out otherwise')
  })
})

describe('known failures', () => {
  it('do not count; one that passes does, and an id that no case has is wrong usage', async () => {
    writeFileSync(file('known'), '# of this broker\nadmin/describe/KIP-430/1 # other operations\n\n')
    expect(await conform([...otherwise(), '--expect', file('known')])).toBe(0)
    expect(said()).toContain('known to fail admin/describe/KIP-430/1')
    expect(await conform([...at(), 'admin/describe/KIP-430/1', '--expect', file('known')])).toBe(1)
    expect(said()).toContain('admin/describe/KIP-430/1 passed, though it is listed as known to fail')
    writeFileSync(file('typo'), 'admin/describe/KIP-430/1\n\nadmin/descibe/KIP-430/1\n')
    expect(await conform([...at(), '--expect', file('typo')])).toBe(2)
    expect(said()).toContain("typo, line 3: there is no case 'admin/descibe/KIP-430/1'")
  })
})

/** What there is, asked as any client would. */
async function cohortShows(): Promise<{ groups: string[]; topics: string[] }> {
  const { Client } = await import('../../conformance/client.js')
  const { Apis } = await import('../../src/protocol/apis.js')
  const client = await Client.open({ host: '127.0.0.1', port: cohort.port })
  const { groups } = await client.send(Apis.ListGroups, 4, {})
  const { topics } = await client.send(Apis.Metadata, 12, { topics: null })
  client.close()
  return {
    groups: groups.map(({ groupId }) => groupId).sort(),
    topics: topics.map(({ name }) => name ?? '').sort(),
  }
}
