// docs/learning.md, followed from top to bottom: its files are saved, its commands run in their order, none may fail.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../bench/processes.js'
import { RawClient } from '../helpers/raw-client.js'
import { until } from '../helpers/until.js'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/learning.md'), 'utf8')
const COHORT = [
  process.execPath,
  '--import',
  join(root, 'node_modules/tsx/dist/esm/index.mjs'),
  join(root, 'src/cli/main.ts'),
]
/** With findings the doctor ends with 1. */
const MAY_END_WITH: Readonly<Record<string, readonly number[]>> = { doctor: [0, 1] }

const running: ChildProcess[] = []
let folder: string
let port: number
let http: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cohort-learning-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  port = await freePort()
  http = await freePort()
})
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** Ports that are free stand for those of the page. */
const here = (text: string) => text.replaceAll('9092', String(port)).replaceAll('9192', String(http))

interface Ran {
  readonly child: ChildProcess
  out: string
  code: number | null
}

function start(line: string): Ran {
  const [name = '', ...args] = here(line).split(' ')
  const [command = '', ...first] = name === 'cohort' ? COHORT : [process.execPath]
  const child = spawn(command, [...first, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      COHORT_PORT: String(port),
      COHORT_HTTP: String(http),
      COHORT_CONTROL_URL: `http://127.0.0.1:${http}`,
      KAFKAJS_NO_PARTITIONER_WARNING: '1',
    },
  })
  running.push(child)
  const ran: Ran = { child, out: '', code: null }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (ran.out += chunk))
  child.once('close', (code) => {
    ran.code = code ?? -1
  })
  return ran
}

/** What a step waits for before the next one: a reader is in its group. */
async function ready(line: string, ran: Ran, members: number): Promise<void> {
  if (line.startsWith('cohort'))
    return until(
      'it listens',
      () => ran.out.includes('HTTP on'),
      20_000,
      () => ran.out,
    )
  const client = await RawClient.connect(port)
  const told = { text: '' }
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const answer = await fetch(`http://127.0.0.1:${http}/journal?group=readers`)
    told.text = await answer.text()
    const newest = told.text
      .split('\n')
      .filter((entry) => entry.includes('"type":"sync"') && entry.includes('"error":"NONE"'))
    const generations = newest.map((entry) => (JSON.parse(entry) as { generation: number }).generation)
    if (generations.filter((each) => each === Math.max(...generations)).length === members) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  client.close()
}

it('every step of the page works, in its order', { timeout: 120_000 }, async () => {
  const steps = [...page.matchAll(/^```(console|js \S+|properties \S+)\n([\s\S]*?)^```$/gm)]
  expect(steps.length).toBeGreaterThan(10)
  let readers = 0
  for (const [, kind = '', text = ''] of steps) {
    const [, file] = kind.split(' ')
    if (file !== undefined) {
      writeFileSync(join(folder, file), here(text))
      continue
    }
    for (const command of text.trim().split('\n')) {
      const line = command.replace(/^\$ /, '')
      const ran = start(line.replace(/ &$/, ''))
      if (line.endsWith(' &')) {
        if (line.startsWith('node')) readers++
        await ready(line, ran, readers)
        continue
      }
      await until(
        line,
        () => ran.code !== null,
        60_000,
        () => ran.out,
      )
      const word = line.split(' ')[1] ?? ''
      expect(MAY_END_WITH[word] ?? [0], `${line}\n${ran.out}`).toContain(ran.code)
      expect(ran.out.trim(), line).not.toBe('')
    }
  }
})
