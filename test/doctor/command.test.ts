// `cohort doctor`: on a journal's file, on a client's settings, on a broker; its report, its exit codes, what is wrong usage.

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { doctor } from '../../src/cli/doctor.js'
import { examineGroups } from '../../src/doctor/examine.js'
import { few, Stage } from './stage.js'

const folder = mkdtempSync(join(tmpdir(), 'doctor-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function run(...argv: string[]) {
  let [out, err] = ['', '']
  const io = {
    isTTY: false,
    write(text: string) {
      out += text
    },
    error(text: string) {
      err += text
    },
  }
  const code = await doctor(argv, io)
  return { code, out, err }
}

/** A member that falls silent while it works, in a file. */
async function silentMember(name: string, clientId = 'app'): Promise<{ path: string; memberId: string }> {
  const path = join(folder, name)
  await using stage = await Stage.open({ journal: path })
  const member = await stage.member({ clientId })
  await stage.pass(6000, [member])
  await member.fetch()
  await stage.pass(31_000)
  return { path, memberId: member.memberId }
}

describe('cohort doctor --journal', () => {
  it('tells what was seen with times and lines, why, what to set, and who says so', async () => {
    const { path, memberId } = await silentMember('silent.jsonl')
    const { code, out, err } = await run('--journal', path)
    expect([code, err]).toEqual([1, ''])
    const text = out.replace(/\s+/g, ' ')
    expect(text).toContain(
      `R2 error: group 'g': member ${memberId} fell silent for a whole session (30 s), connected and with records in hand`,
    )
    const [, line = ''] = /\(line (\d+)\)/.exec(text) ?? []
    const entry = JSON.parse(readFileSync(path, 'utf8').split('\n')[Number(line) - 1] ?? '{}')
    expect(entry).toMatchObject({ type: 'member-removed', member: memberId })
    expect(text).toContain(`seen ${entry.at} ${memberId} is removed: removing member`)
    expect(text).toMatch(
      / why It was last heard 30 s before.* set Call heartbeat\(\) .* from Silent while at work: KIP-62/,
    )
    expect(out.trimEnd().split('\n').at(-1)).toBe('1 finding: 1 error.')
    expect(Math.max(...out.split('\n').map((each) => each.length))).toBeLessThanOrEqual(130)
  })

  it('prints JSON', async () => {
    const { path, memberId } = await silentMember('json.jsonl')
    const { findings, counts } = JSON.parse((await run('--journal', path, '--json')).out)
    expect(counts).toEqual({ error: 1, warning: 0, info: 0 })
    expect(findings[0]).toMatchObject({
      ...{ rule: 'R2', severity: 'error', group: 'g', title: 'Silent while at work' },
      evidence: [
        {
          at: expect.stringMatching(/Z$/),
          line: expect.any(Number),
          text: expect.stringContaining(memberId),
        },
      ],
    })
  })

  it('reports torn lines and goes on; chooses a group', async () => {
    const { path } = await silentMember('torn.jsonl')
    appendFileSync(path, '{"at":"20')
    const { code, err } = await run('--journal', path)
    expect(code).toBe(1)
    expect(err).toMatch(/^cohort doctor: .*torn.jsonl, line \d+: it is torn: its end is missing\n$/)
    expect(await run('--journal', path, '--group', 'another')).toMatchObject({
      code: 0,
      out: 'Nothing to report.\n',
    })
  })

  it("passes through no control characters of a client's names", async () => {
    const { path } = await silentMember('nasty.jsonl', 'evil\x1b[2J\u202e')
    const { out } = await run('--journal', path)
    expect(out).toContain('evil\\x1b[2J\\u202e')
    expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })

  it('has exit code 0 below --fail-on', async () => {
    const path = join(folder, 'info.jsonl')
    {
      await using stage = await Stage.open({ journal: path })
      await stage.members(3)
    }
    expect((await run('--journal', path)).code).toBe(1)
    const { code, out } = await run('--journal', path, '--fail-on', 'warning')
    expect(code).toBe(0)
    expect(out).toContain('1 finding: 1 for information.')
  })
})

describe('cohort doctor --config', () => {
  it('does the arithmetic', async () => {
    const path = file(
      'consumer.properties',
      'max.poll.records=500\npartition.assignment.strategy=cooperative-sticky\n',
    )
    expect(await run('--config', path)).toMatchObject({ code: 0, out: 'Nothing to report.\n' })
    const { code, out } = await run('--config', path, '--record-ms', '700', '--fail-on', 'error')
    expect(code).toBe(1)
    expect(out).toContain("R3 error: A poll's records take 5 min 50 s; max.poll.interval.ms is 5 min\n")
    expect(out).toContain(`    seen  max.poll.records=500 (${path}:1)\n`)
  })

  it('takes settings of the broker, and the client by name', async () => {
    const path = file('empty.properties', 'partition.assignment.strategy=cooperative-sticky')
    const bound = ['--broker-set', 'group.max.session.timeout.ms=40000']
    expect((await run('--config', path, ...bound)).out).toContain('R17 error')
    expect((await run('--config', path, ...bound, '--client', 'kafkajs')).code).toBe(0)
  })
})

describe('cohort doctor --brokers', () => {
  it('looks at the groups of any broker', async () => {
    await using stage = await Stage.open()
    const first = await stage.member({ clientId: 'one' }, [], few(1))
    await stage.member({ clientId: 'two', topics: ['payments'] }, [first], few(1))
    const brokers = `127.0.0.1:${stage.cohort.port}`
    const { code, out, err } = await run('--brokers', brokers, '--watch', '0')
    expect([code, err]).toEqual([1, ''])
    expect(out).toContain("R11 warning: group 'g': Members of one group subscribe to different topics")
    const other = await run('--brokers', brokers, '--watch', '0', '--group', 'none')
    expect(other).toMatchObject({ code: 0, out: 'Nothing to report.\n' })
    expect(other.err).toContain("group 'none' does not exist, or is of a newer type (KIP-848)")
  })

  it('judges the lag by several looks', () => {
    const offsets = Array.from({ length: 6 }, (_, i) => ({
      ...{ atMs: i * 1000, topic: 'orders', partition: 0, committed: 5n },
      end: BigInt(10 + i),
    }))
    const group = { groupId: 'g', state: 'Stable', protocolType: 'consumer', protocol: null }
    const facts = { ...group, members: [], partitionCount: null, offsets }
    expect(examineGroups([facts], 5000).map(({ rule, headline }) => [rule, headline])).toEqual([
      ['R23', 'STALL: orders-0 is 10 records behind'],
    ])
    expect(examineGroups([{ ...facts, offsets: offsets.slice(0, 4) }], 5000)).toEqual([])
  })

  it('tells when the broker cannot be reached', async () => {
    const { code, err } = await run('--brokers', '127.0.0.1:1')
    expect(code).toBe(2)
    expect(err).toMatch(/^cohort doctor: .*127\.0\.0\.1:1.*\n$/)
  })
})

describe('wrong usage of cohort doctor', () => {
  it.each([
    [[], /one of --journal, --brokers and --config says what to look at; --help shows the options$/],
    [['--journal', 'none.jsonl'], /--journal none.jsonl: there is no such file$/],
    [
      ['--journal', import.meta.filename],
      /no entry of a journal is in it \(cohort --journal FILE writes one\)$/,
    ],
    [['--config', 'none'], /--config none: there is no such file$/],
    [['--config', 'x', '--record-ms', '-1'], /It is a number of milliseconds above 0; --help/],
    [['--journal', 'x', '--record-ms', '1'], /--record-ms and --client go with --config$/],
    [
      ['--config', 'x', '--broker-set', 'group.max.siz=1'],
      /There is no setting 'group.max.siz' \(did you mean 'group.max.size'\?\)/,
    ],
    [['--config', 'x', '--broker-set', 'group.max.size=a'], /'a' is no whole number/],
    [['--config', 'x', '--fail-on', 'never'], /Allowed choices are error, warning, info/],
    [['--brokers', 'here'], /'here' is not host:port/],
    [['--config', 'x', 'more'], /too many arguments/],
  ])('%j is told in one line', async (argv, message) => {
    const { code, out, err } = await run(...argv)
    expect([code, out]).toEqual([2, ''])
    expect(err.trimEnd().split('\n').at(-1)).toMatch(message)
  })

  it('has help', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    expect(out).toContain('Exit code 0: nothing to report, 1: findings, 2: wrong usage.')
  })
})
