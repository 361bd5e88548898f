// `cohort watch`: a picture at a terminal, lines elsewhere; from a broker's feed and from a file that grows.

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type WatchIo, watch } from '../../src/cli/watch.js'
import { type Cohort, serveHttp, startCohort } from '../../src/index.js'
import { lineOf } from '../../src/observe/journal-line.js'
import { until } from '../helpers/until.js'
import { RawMember } from '../testkit/member.js'

const directory = mkdtempSync(join(tmpdir(), 'cohort-watch-'))
const recording = join(import.meta.dirname, '../observe/blocked-consumer.jsonl')
const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})
afterAll(() => rmSync(directory, { recursive: true }))

async function served(cohort: Cohort, token?: string) {
  const server = await serveHttp(cohort, { port: 0, ...(token === undefined ? {} : { token }) })
  open.push(() => server.close())
  return server
}

async function broker() {
  const cohort = await startCohort({ topics: { orders: 2 } })
  open.push(() => cohort.stop())
  return cohort
}

async function member(cohort: Cohort, group: string) {
  const joined = await RawMember.alone(cohort, group)
  open.push(() => joined.client.close())
  return joined
}

function told(more: Partial<WatchIo> = {}) {
  const io = { out: '', err: '', isTTY: false, env: {}, size: () => ({ columns: 120, rows: 30 }), ...more }
  return {
    ...io,
    write(text: string) {
      this.out += text
    },
    error(text: string) {
      this.err += text
    },
  }
}

/** What is on the screen after the last drawing. */
const screen = (out: string) => out.slice(out.lastIndexOf('\x1b[H'))

describe('cohort watch', () => {
  it('draws at a terminal what happens, and leaves the last picture', async () => {
    const cohort = await broker()
    const { url } = await served(cohort)
    const ending = new AbortController()
    const io = told({ isTTY: true, signal: ending.signal })
    const watching = watch(['readers', '--url', url], io)
    await until('it draws', () => screen(io.out).includes("Nothing has happened to group 'readers' yet."))
    const reader = await member(cohort, 'readers')
    await until('the member', () => screen(io.out).includes('Stable\x1b[0m for'))
    expect(screen(io.out)).toMatch(/A raw .*J.*\n(?:.*\n)* {2}orders-0 .*A/)
    await reader.heartbeat()
    await until('its heartbeat', () => /A raw .*\./.test(screen(io.out).replace(/ of 30 s.*/g, '')))
    await cohort.group('readers').rebalance('a new version')
    await until('who is awaited', () => screen(io.out).includes('A raw (its JoinGroup)'))
    ending.abort()
    expect(await watching).toBe(0)
    expect(io.out.startsWith('\x1b[?1049h\x1b[?25l\x1b[H')).toBe(true)
    const last = io.out.slice(io.out.indexOf('\x1b[?25h\x1b[?1049l'))
    expect(last).toContain('PreparingRebalance')
    expect(io.err).toBe('')
  })

  it.each([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: '' }, true],
  ])('with %j in the environment', async (env, hasColour) => {
    const io = told({ isTTY: true, env })
    expect(await watch(['--journal', recording, '--once'], io)).toBe(0)
    expect(io.out.includes('\x1b[')).toBe(hasColour)
    const piped = told({ env })
    await watch(['--journal', recording, '--once'], piped)
    expect(piped.out).not.toContain('\x1b')
    expect(piped.out).toContain('A worker-a')
  })

  it('is a line for each thing that happens where there is no terminal', async () => {
    const cohort = await broker()
    await member(cohort, 'other')
    const { url } = await served(cohort)
    const ending = new AbortController()
    const io = told({ signal: ending.signal })
    const watching = watch(['readers', '--url', url], io)
    const { memberId } = await member(cohort, 'readers')
    await until('it is told', () => io.out.includes(`readers: ${memberId} assigns, and gets orders-0`))
    ending.abort()
    expect(await watching).toBe(0)
    expect(io.out).not.toContain('other')
    expect(io.out).not.toContain('\x1b')
    for (const line of io.out.trimEnd().split('\n'))
      expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {2}readers: /)
  })

  it('draws what a broker knows, once', async () => {
    const cohort = await broker()
    await member(cohort, 'readers')
    const { url } = await served(cohort)
    const io = told()
    expect(await watch(['--url', url, '--once'], io)).toBe(0)
    expect(io.out).toMatch(/^readers {2}Stable for .*, generation 1, 1 member\n/)
  })

  it('follows a file, and passes over what is torn in it', async () => {
    const path = join(directory, 'growing.jsonl')
    writeFileSync(path, '{"at":"2026-01-01T00:00:00.000Z","type":"nonsense"}\n')
    const ending = new AbortController()
    const io = told({ signal: ending.signal })
    const watching = watch(['--journal', path], io)
    await until('the line is told', () => io.err.includes("line 1: 'type' is 'nonsense'"))
    const cohort = await broker()
    await member(cohort, 'readers')
    const lines = cohort.journal.entries().map(lineOf).join('\n')
    appendFileSync(path, lines.slice(0, 300))
    appendFileSync(path, `${lines.slice(300)}\n`)
    await until('what was appended', () => io.out.includes('gets orders-0'))
    ending.abort()
    expect(await watching).toBe(0)
  })

  it('ends with 1 when the broker does', async () => {
    const cohort = await broker()
    const { url, close } = await served(cohort)
    const io = told({ isTTY: true })
    await member(cohort, 'readers')
    const watching = watch(['--url', url], io)
    await until('it draws', () => io.out.includes('Stable\x1b[0m for'))
    await close()
    expect(await watching).toBe(1)
    expect(io.err).toBe(
      `cohort watch: ${url} has ended the connection: the broker was stopped, or is cut off\n`,
    )
    expect(io.out).toContain('\x1b[?25h\x1b[?1049l')
  })

  it('wants a token where the broker does', async () => {
    const cohort = await broker()
    await member(cohort, 'readers')
    const { url } = await served(cohort, 'secret')
    const without = told()
    expect(await watch(['--url', url, '--once'], without)).toBe(1)
    expect(without.err).toMatch(/^cohort watch: http:\S+ answers 401: .*token.*\n$/)
    const io = told()
    expect(await watch(['--url', url, '--once', '--token', 'secret'], io)).toBe(0)
    expect(io.out).toContain('readers  Stable')
  })

  it.each([
    [['--url', 'http://127.0.0.1:1'], 1, /http:\/\/127\.0\.0\.1:1 cannot be reached \(.*\): start `cohort`/],
    [['--journal', '/does/not/exist'], 1, /--journal \/does\/not\/exist: there is no such file/],
    [['--url', 'nowhere'], 2, /--url 'nowhere' is not like http:\/\/127\.0\.0\.1:9192; --help shows/],
    [['--window', '10ms'], 2, /It is a second or more, as in '30s', '5m'/],
    [['a', 'b'], 2, /too many arguments/],
  ])('%j is one clear line', async (argv, code, line) => {
    const io = told()
    expect(await watch(argv, io)).toBe(code)
    expect(io.out).toBe('')
    expect(io.err).toMatch(line)
    expect(io.err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('says of an HTTP server that is no broker that it is none', async () => {
    const server = createServer((_, response) => response.writeHead(404).end())
    server.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    open.push(() => server.close())
    const { port } = server.address() as AddressInfo
    const io = told()
    expect(await watch(['--url', `http://127.0.0.1:${port}`], io)).toBe(1)
    expect(io.err).toContain(`http://127.0.0.1:${port} answers 404`)
  })

  it('--help', async () => {
    const io = told()
    expect(await watch(['--help'], io)).toBe(0)
    expect(io.out).toMatch(/^Usage: cohort watch \[options\] \[group\]/)
  })
})
