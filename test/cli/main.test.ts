// The command as a process: what it prints, and with what code it ends.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { Apis } from '../../src/protocol/apis.js'
import { RawClient } from '../helpers/raw-client.js'
import { until } from '../helpers/until.js'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const TSX = join(import.meta.dirname, '../../node_modules/tsx/dist/esm/index.mjs')
const directory = mkdtempSync(join(tmpdir(), 'cohort-cli-'))
const running: ChildProcess[] = []

interface Run {
  readonly child: ChildProcess
  out: string
  err: string
  code: number | null
}

function cohort(args: string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ['--import', TSX, MAIN, ...args], {
    env: { PATH: process.env.PATH, COHORT_EPHEMERAL: 'true', ...env },
    cwd: directory,
  })
  running.push(child)
  const run: Run = { child, out: '', err: '', code: null }
  child.stdout.on('data', (chunk) => {
    run.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    run.err += chunk
  })
  child.on('close', (code) => {
    run.code = code
  })
  return run
}

const ended = (run: Run) =>
  until(
    'the command ends',
    () => run.code !== null,
    20_000,
    () => run.out + run.err,
  )

async function listening(run: Run): Promise<number> {
  await until(
    'it listens',
    () => run.out.includes('\n') || run.code !== null,
    20_000,
    () => run.err,
  )
  const port = /^Cohort listens on .*:(\d+); clients connect to /.exec(run.out)?.[1]
  if (port === undefined) throw new Error(run.out + run.err)
  return Number(port)
}

function file(name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

afterEach(() => {
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})
afterAll(() => rmSync(directory, { recursive: true }))

/** Of a server with a test kit: where its HTTP is. */
async function httpOf(run: Run): Promise<string> {
  await until(
    'HTTP is there',
    () => run.out.includes('HTTP on ') || run.code !== null,
    20_000,
    () => run.err,
  )
  const url = /^HTTP on (\S+)$/m.exec(run.out)?.[1]
  if (url === undefined) throw new Error(run.out + run.err)
  return url
}

describe('cohort --test-kit', () => {
  it('is asked by `cohort control`, and begins with fixtures', async () => {
    const fixtures = file('before.jsonl', '{"type":"topic","topic":"orders","partitions":3}\n')
    const url = await httpOf(cohort(['--port', '0', '--test-kit', '--http', '0', '--fixtures', fixtures]))
    const control = async (args: string[], input = '') => {
      const run = cohort(['control', ...args], { COHORT_CONTROL_URL: url })
      run.child.stdin?.end(input)
      await ended(run)
      return { code: run.code, out: run.out, err: run.err }
    }
    const [topics, produced, late, wrong, loaded, own] = await Promise.all([
      control(['topics']),
      control(['produce', 'orders', '--messages', '[{"value":"a","partition":2}]']),
      control(['wait', 'g', '--until', 'stable', '--timeout', '10ms']),
      control(['fault', '--api', 'Hartbeat', '--drop']),
      control(['load'], '{"type":"topic","topic":"more"}\n'),
      control(['start-broker', '--topics', '{"t":1}', '--clock', 'virtual']),
    ])
    expect(JSON.parse(topics.out)).toMatchObject({ orders: 3 })
    expect(JSON.parse(produced.out)).toEqual([{ partition: 2, offset: 0 }])
    expect([late.code, late.err]).toEqual([
      1,
      "cohort control: group 'g' Stable: not within 10 ms; instead\ngroup 'g' does not exist: nobody has joined it or committed to it\n",
    ])
    expect([wrong.code, wrong.err]).toEqual([
      1,
      "cohort control: fault.api: there is no API 'Hartbeat' (did you mean 'Heartbeat'?)\n",
    ])
    expect(loaded.code).toBe(0)
    const { id } = JSON.parse(own.out)
    const [advanced, stopped, dumped, usage] = await Promise.all([
      control(['--broker', id, 'advance', '--duration', '1h', '--silent', 'all']).then(() =>
        control(['stop-broker', id]),
      ),
      control(['stop-broker', 'b9']),
      control(['dump']),
      control(['wait', 'g']),
    ])
    expect(JSON.parse(advanced.out)).toEqual({ connected: [], problems: [], warnings: [] })
    expect(stopped.err).toContain("there is no broker 'b9'")
    expect(dumped.out.split('\n')).toContain('{"type":"topic","topic":"more","partitions":1}')
    await control(['fault', '--api', 'Heartbeat', '--drop'])
    const [verdict, help, nonsense] = await Promise.all([
      control(['verify']),
      control([]),
      control(['--url', 'nonsense', 'topics']),
    ])
    expect([verdict.code, JSON.parse(verdict.out).problems]).toEqual([
      1,
      ['a fault was never met: Heartbeat: drop true'],
    ])
    expect([help.code, help.out.split('\n')[0]]).toEqual([0, 'Usage: cohort control [options] [command]'])
    expect([nonsense.code, nonsense.err]).toEqual([
      2,
      expect.stringContaining("--url 'nonsense' is not like http://127.0.0.1:9192"),
    ])
    expect([usage.code, usage.err]).toEqual([
      2,
      "cohort control: required option '--until <value>' not specified\n",
    ])
  })

  it.each([
    [['--test-kit', '--no-http'], '--test-kit is served over HTTP'],
    [['explian'], "there is no command 'explian' (did you mean 'explain'?); cohort --help lists them"],
    [['--test-kit', '--http', 'nowhere'], 'It must be a port from 0 to 65535, or host:port.'],
    [['--test-kit', '--http', '0.0.0.0:0'], 'needs a token'],
    [['--fixtures', 'nowhere.jsonl'], 'fixtures nowhere.jsonl: there is no such file'],
  ])('%j is refused', async (args, message) => {
    const run = cohort([...args, '--port', '0'])
    await ended(run)
    expect(run.err).toContain(message)
    expect(run.code).toBe(2)
  })
})

describe('cohort', () => {
  it('listens, serves, and stops cleanly on SIGTERM', async () => {
    const run = cohort(['--port', '0', '--topic', 'orders:3', '--topic', 'users:1', '--advertise', 'me:1234'])
    const client = await RawClient.connect(await listening(run))
    const { topics, brokers } = await client.send(Apis.Metadata, 9, { topics: null })
    expect(topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([
      ['orders', 3],
      ['users', 1],
    ])
    expect(brokers[0]).toMatchObject({ host: 'me', port: 1234 })
    run.child.kill('SIGTERM')
    await ended(run)
    await client.closed
    expect(run.code).toBe(0)
  })

  it('is as many brokers as it is told, each with a port of its own', async () => {
    const run = cohort(['--port', '0', '--brokers', '3'], { COHORT_BROKERS: '2' })
    const told = /^Cohort listens on localhost:(\d+),(\d+),(\d+); clients connect to (\S+)\n/
    await until(
      'it listens',
      () => told.test(run.out) || run.code !== null,
      20_000,
      () => run.out + run.err,
    )
    const [, ...ports] = (told.exec(run.out) ?? []).map(Number)
    const addresses = told.exec(run.out)?.[4]?.split(',')
    expect(addresses).toEqual(ports.slice(0, 3).map((port) => `127.0.0.1:${port}`))
    const client = await RawClient.connect(ports[2] as number)
    const { brokers } = await client.send(Apis.Metadata, 9, { topics: null })
    expect(brokers.map(({ nodeId, port }) => [nodeId, port])).toEqual(
      ports.slice(0, 3).map((port, i) => [i + 1, port]),
    )
    client.close()
  })

  it('takes settings from flag, variable and file, in this order', async () => {
    const config = file(
      'server.properties',
      'num.partitions=2\ngroup.max.size=5\nlisteners=PLAINTEXT://127.0.0.1:0\nlog.dirs=/x\n',
    )
    const run = cohort(['--config', config, '--set', 'num.partitions=4'], {
      COHORT_GROUP_MAX_SIZE: '6',
      COHORT_TOPIC: 'a:1,b:2',
    })
    const client = await RawClient.connect(await listening(run))
    const keys = ['num.partitions', 'group.max.size']
    const { results } = await client.send(Apis.DescribeConfigs, 2, {
      resources: [{ resourceType: 4, resourceName: '1', configurationKeys: keys }],
    })
    const values = Object.fromEntries(results[0]!.configs.map(({ name, value }) => [name, value]))
    expect(values).toEqual({ 'num.partitions': '4', 'group.max.size': '6' })
    const { topics } = await client.send(Apis.Metadata, 9, { topics: null })
    expect(topics.map(({ name }) => name)).toEqual(['a', 'b'])
    client.close()
    await until('the note is logged', () => run.err.includes('log.dirs'))
    expect(run.err).toMatch(/"msg":"log\.dirs \(.*server\.properties:4\) has no effect here"/)
  })

  it.each([
    [['--prot', '1'], /unknown option '--prot'.*Did you mean --port\?/],
    [['--port', 'x'], /'--port <port>' argument 'x' is invalid. It must be a whole number from 0 to 65535/],
    [['--topic', 'orders'], /It must be name:partitions, as in 'orders:3'/],
    [
      ['--set', 'group.max.sise=1'],
      /there is no setting 'group.max.sise' \(did you mean 'group.max.size'\?\)/,
    ],
    [['--set', 'x'], /It must be key=value/],
    [['--advertise', 'nowhere'], /It must be host:port/],
    [['--brokers', '0'], /It must be a whole number from 1 to 100/],
    [['--log-level', 'loud'], /It must be one of silent, error, warn, info, debug/],
    [['--config', '/does/not/exist'], /--config \/does\/not\/exist: there is no such file/],
    [['surplus'], /there is no command 'surplus'/],
  ])('%j is one clear line and exit code 2', async (args, line) => {
    const run = cohort(args)
    await ended(run)
    expect(run).toMatchObject({ code: 2, out: '' })
    expect(run.err).toMatch(line)
    expect(run.err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('a variable that is wrong is named', async () => {
    const run = cohort([], { COHORT_PORT: 'x' })
    await ended(run)
    expect(run).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^cohort: COHORT_PORT is 'x'\. It must be/),
    })
  })

  it('a port in use is one clear line and exit code 1', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as net.AddressInfo
    const run = cohort(['--port', `${port}`])
    await ended(run)
    server.close()
    expect(run).toMatchObject({ code: 1, out: '' })
    expect(run.err).toBe(
      `cohort: port ${port} is already in use; choose another with --port, or 0 for any free one\n`,
    )
  })

  it('--help and --version print and end with 0', async () => {
    const [help, version] = [cohort(['--help']), cohort(['--version'])]
    await Promise.all([ended(help), ended(version)])
    expect(help).toMatchObject({ code: 0, out: expect.stringMatching(/--advertise <host:port>/) })
    expect(version).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  it.each([[['--help']], [['lab']], [['explain', '--help']]])(
    '%j ends quietly when nobody reads it',
    async (args) => {
      const run = cohort(args)
      run.child.stdout?.destroy()
      await ended(run)
      expect(run).toMatchObject({ code: 0, err: '' })
    },
  )
})

describe('a data directory', () => {
  const KEPT = { COHORT_EPHEMERAL: '' }
  const JOIN = {
    groupId: 'g',
    sessionTimeoutMs: 6000,
    rebalanceTimeoutMs: 6000,
    memberId: '',
    groupInstanceId: 'app-1',
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
  }

  it('is ./cohort-data: topics, offsets and members are there after SIGKILL, and it is said who is awaited', async () => {
    const first = cohort(['--port', '0', '--no-http', '--topic', 'orders:2'], KEPT)
    const client = await RawClient.connect(await listening(first))
    await until('it says where it keeps its data', () =>
      first.out.includes('Data in ./cohort-data (durability: fsync)\n'),
    )
    const { memberId } = await client.send(Apis.JoinGroup, 9, JOIN)
    const assignments = [{ memberId, assignment: Buffer.from('mine') }]
    await client.send(Apis.SyncGroup, 3, { groupId: 'g', generationId: 1, memberId, assignments })
    const partitions = [{ partitionIndex: 1, committedOffset: 42n }]
    await client.send(Apis.OffsetCommit, 8, {
      ...{ groupId: 'g', generationIdOrMemberEpoch: 1, memberId, groupInstanceId: 'app-1' },
      topics: [{ name: 'orders', partitions }],
    })
    first.child.kill('SIGKILL')
    await until('it is dead', () => first.child.signalCode !== null)

    const second = cohort(['--port', '0', '--no-http'], KEPT)
    const again = await RawClient.connect(await listening(second))
    await until(
      'it says who is awaited',
      () => /group 'g' \(Stable, generation 1\) waits for 'app-1' until \d\d:\d\d:\d\d/.test(second.err),
      20_000,
      () => second.err,
    )
    const { topics } = await again.send(Apis.OffsetFetch, 7, {
      groupId: 'g',
      topics: [{ name: 'orders', partitionIndexes: [1] }],
    })
    expect(topics[0]?.partitions[0]?.committedOffset).toBe(42n)
    const beat = { groupId: 'g', generationId: 1, memberId, groupInstanceId: 'app-1' }
    expect((await again.send(Apis.Heartbeat, 4, beat)).errorCode).toBe(0)

    const third = cohort(['--port', '0', '--no-http'], KEPT)
    await ended(third)
    expect(third).toMatchObject({ code: 1, out: '' })
    expect(third.err).toMatch(/^cohort: data directory \.\/cohort-data: process \d+ is using it; .*\n$/)
  })

  it.each([
    [['--ephemeral', '--data-dir', 'x'], 'leave one out'],
    [['--ephemeral', '--durability', 'os'], '--durability is of what is kept'],
    [['--durability', 'maybe'], 'It must be one of fsync, os, none'],
  ])('%j is refused', async (args, why) => {
    const run = cohort(args, KEPT)
    await ended(run)
    expect(run).toMatchObject({ code: 2, out: '', err: expect.stringContaining(why) })
  })
})

describe('a program that starts and stops a broker', () => {
  it('exits by itself', async () => {
    const program = file(
      'program.mts',
      `
      import { startCohort } from ${JSON.stringify(join(import.meta.dirname, '../../src/index.ts'))}
      const cohort = await startCohort({ topics: { a: 1 } })
      await cohort.stop()
      console.log('stopped')
    `,
    )
    const child = spawn(process.execPath, ['--import', 'tsx', program], {
      cwd: join(import.meta.dirname, '../..'),
    })
    running.push(child)
    let out = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    await until('it exits', () => child.exitCode !== null)
    expect([child.exitCode, out]).toEqual([0, 'stopped\n'])
  })
})
