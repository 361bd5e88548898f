// The command as it is published loads nothing before it is needed: a start is short, and what runs is small.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Apis } from '../../src/protocol/apis.js'
import { RawClient } from '../helpers/raw-client.js'
import { until } from '../helpers/until.js'

const ROOT = resolve(import.meta.dirname, '../..')
const home = mkdtempSync(join(tmpdir(), 'cohort-start-'))
const dist = join(home, 'dist')
const WITNESS = join(home, 'witness.cjs')
const running: ChildProcess[] = []

/** Of Node and of packages: what costs milliseconds, and is for later. (child_process is there once something listens.) */
const LATER = ['http', 'https', 'crypto', 'zlib', 'worker_threads', 'readline', 'inspector']
const PACKAGES = ['@hono/node-server', 'commander', 'hono', 'lmdb', 'pino', 'prom-client']

interface Loaded {
  readonly builtins: readonly string[]
  readonly packages: readonly string[]
  /** In dist/, without what makes their names unique. */
  readonly files: readonly string[]
}

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs'), dist])
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'))
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }')
  mkdirSync(join(home, 'told'))
  writeFileSync(
    WITNESS,
    `process.once('SIGUSR2', () => {
      const { renameSync, writeFileSync } = require('node:fs')
      const files = Object.keys(require('node:module')._cache)
      writeFileSync(process.env.TOLD + '.part', JSON.stringify({ builtins: process.moduleLoadList, files }))
      renameSync(process.env.TOLD + '.part', process.env.TOLD)
    })`,
  )
}, 60_000)
afterAll(() => {
  for (const child of running) if (child.exitCode === null) child.kill('SIGKILL')
  rmSync(home, { recursive: true })
})

/** What a run has loaded from its start until `use` is over. */
async function loadedBy(args: readonly string[], use: (out: string) => Promise<unknown>): Promise<Loaded> {
  const told = join(home, 'told', `${running.length}.json`)
  const child = spawn(process.execPath, ['-r', WITNESS, join(dist, 'cli.cjs'), '--port', '0', ...args], {
    env: { PATH: process.env.PATH, TOLD: told, NODE_DISABLE_COMPILE_CACHE: '1' },
    cwd: home,
  })
  running.push(child)
  let out = ''
  let code: number | null = null
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    out += chunk
  })
  child.on('close', (ended) => {
    code = ended
  })
  await until(
    'it is ready',
    () => /^Data in /m.test(out) || code !== null,
    20_000,
    () => out,
  )
  await use(out)
  child.kill('SIGUSR2')
  await until(
    'it tells',
    () => existsSync(told),
    20_000,
    () => out,
  )
  child.kill('SIGTERM')
  await until('it ends', () => code !== null)
  const { builtins, files } = JSON.parse(readFileSync(told, 'utf8')) as {
    builtins: string[]
    files: string[]
  }
  const packageOf = (file: string) =>
    /node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file)?.[1]?.replaceAll(sep, '/')
  const packages = new Set(files.map(packageOf).filter((name) => name !== undefined))
  const own = files
    .filter((file) => file.startsWith(dist))
    .map((file) => relative(dist, file).replace(/-[A-Z0-9]{8}\./, '.'))
  return {
    builtins: LATER.filter((name) => builtins.includes(`NativeModule ${name}`)),
    packages: PACKAGES.filter((name) => packages.has(name)),
    files: [...new Set(own)].sort(),
  }
}

const portIn = (out: string) => Number(/listens on \S+:(\d+)/.exec(out)?.[1])

/** A client that only asks what there is. */
async function lookAround(out: string): Promise<void> {
  const client = await RawClient.connect(portIn(out))
  expect(await client.send(Apis.ApiVersions, 0, {})).toMatchObject({ errorCode: 0 })
  client.close()
}

describe('a start', () => {
  it('loads neither packages nor what it may not need', async () => {
    const loaded = await loadedBy(['--ephemeral', '--http', '0'], lookAround)
    expect(loaded).toEqual({
      builtins: [],
      packages: [],
      files: ['chunk.cjs', 'cli.cjs', 'command.cjs', 'library-control.cjs', 'library.cjs'],
    })
  })

  it('loads what serves HTTP with the first request', async () => {
    const ask = (out: string) =>
      fetch(`${/HTTP on (\S+)/.exec(out)?.[1]}/healthz`).then((answer) => answer.text())
    const loaded = await loadedBy(['--ephemeral', '--http', '0'], ask)
    expect(loaded.builtins).toContain('http')
    expect(loaded.packages).toEqual(['@hono/node-server', 'hono'])
    expect(loaded.files).toContain('routes.cjs')
  })

  it('loads LMDB where there is a directory, and nothing more', async () => {
    const { packages, files } = await loadedBy(['--no-http', '--data-dir', join(home, 'data')], lookAround)
    expect(packages).toEqual(['lmdb'])
    expect(files).toEqual(['chunk.cjs', 'cli.cjs', 'command.cjs', 'library-lmdb.cjs', 'library.cjs'])
  })
})
