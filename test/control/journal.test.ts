// The journal over HTTP and to a file, and the command that reads either.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { explainGroup } from '../../src/cli/explain.js'
import { type Cohort, type HttpServer, serveHttp, startCohort } from '../../src/index.js'
import { readLine } from '../../src/observe/journal-line.js'
import { RawMember } from '../testkit/member.js'

let folder: string
let file: string
let cohort: Cohort
let server: HttpServer

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cohort-journal-'))
  file = join(folder, 'journal.jsonl')
  cohort = await startCohort({ topics: { orders: 3 }, clock: 'virtual', journal: file })
  server = await serveHttp(cohort, { port: 0, testKit: false })
})
afterEach(async () => {
  await server.close()
  await cohort.stop()
  rmSync(folder, { recursive: true })
})

const typesIn = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => readLine(line).type)

it('answers what is kept of a group, with what was only counted', async () => {
  const member = await RawMember.alone(cohort, 'g')
  const other = await RawMember.alone(cohort, 'other')
  await member.heartbeat()
  const text = await (await fetch(`${server.url}/journal?group=g`)).text()
  expect(typesIn(text)).toEqual([
    'started',
    'member-pending',
    'join',
    'member-joined',
    'state',
    'state',
    'join',
    'state',
    'sync',
    'heartbeats',
  ])
  for (const { client } of [member, other]) client.close()
})

it('follows: single heartbeats as they come, until the reader goes away', async () => {
  const member = await RawMember.alone(cohort, 'g')
  const reading = new AbortController()
  const response = await fetch(`${server.url}/journal?follow=true&singles=true&group=g`, {
    signal: reading.signal,
  })
  const reader = (response.body as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream())
    .getReader()
  let text = ''
  const until = async (type: string) => {
    while (!typesIn(text.slice(0, text.lastIndexOf('\n') + 1)).includes(type as never))
      text += (await reader.read()).value
  }
  await until('sync')
  await member.heartbeat()
  await until('heartbeat')
  await cohort.group('g').kick(member.memberId)
  await until('member-removed')
  reading.abort()
  await expect(reader.read()).rejects.toThrow()
  member.client.close()
})

it('begins with the requests that wait already', async () => {
  const member = await RawMember.alone(cohort, 'g')
  const second = await RawMember.connect(cohort, 'g')
  const joining = second.join()
  await expect.poll(() => cohort.journal.waiting('g')).toHaveLength(1)
  const text = await (await fetch(`${server.url}/journal?singles=true`)).text()
  expect(typesIn(text).at(-1)).toBe('asked')
  for (const { client } of [member, second]) client.close()
  await joining.catch(() => {})
})

it('refuses what it does not know', async () => {
  const response = await fetch(`${server.url}/journal?folow=true`)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { message: "journal.folow: there is no such field (did you mean 'follow'?)" },
  })
})

it('`cohort explain` tells the same of a running broker, of a file, and within the test', async () => {
  const member = await RawMember.alone(cohort, 'g')
  await cohort.clock.advance('31s', { silent: 'all' })
  await cohort.group('g').empty()
  const explained = String(cohort.group('g').explain())
  expect(explained).toContain("Group 'g' lost its members and is Empty, generation 2.")
  const told = async (...args: string[]) => {
    const out = { text: '', error: '' }
    const io = {
      write: (text: string) => {
        out.text += text
      },
      error: (text: string) => {
        out.error += text
      },
      isTTY: false,
      stdin: process.stdin,
    }
    return { code: await explainGroup(args, io), ...out }
  }
  expect(await told('g', '--url', server.url)).toEqual({ code: 0, text: `${explained}\n`, error: '' })
  member.client.close()
  await cohort.stop()
  expect(typesIn(readFileSync(file, 'utf8'))).toContain('member-removed')
  expect(await told('g', '--journal', file)).toEqual({ code: 0, text: `${explained}\n`, error: '' })
  expect((await told('g', '--journal', file, '--markdown')).text).toMatch(/^\*\*Group 'g' lost its members/)
  expect(JSON.parse((await told('g', '--journal', file, '--json')).text)).toMatchObject({ outcome: 'Empty' })
  expect(await told('h', '--journal', file)).toMatchObject({
    code: 1,
    text: "Group 'h' has not rebalanced yet.\n",
  })
  expect(await told('g', '--journal', join(folder, 'nothing'))).toMatchObject({
    code: 1,
    error: expect.stringContaining('there is no such file'),
  })
  expect(await told('g', '--url', 'http://127.0.0.1:1')).toMatchObject({
    code: 1,
    error: expect.stringContaining('cannot be reached'),
  })
  expect(await told('--journal', file)).toMatchObject({ code: 2 })
})
