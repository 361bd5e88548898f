#!/usr/bin/env node
// The `cohort` command. Wrong usage is one line and exit code 2, a broker that cannot start one line and exit code 1; the
// line that says where it listens comes once connections are accepted.

import {
  type Cohort,
  type CohortOptions,
  ConfigError,
  type HttpServer,
  serveHttp,
  startCohort,
} from '../index.js'
import { narrate } from '../monitor/narrate.js'
import { suggestion } from '../server/config/errors.js'
import { type HttpArguments, readArguments } from './arguments.js'
import { COMMANDS } from './commands.js'
import { limitHeap } from './engine-heap.js'
import { processIo } from './io.js'
import { openLog } from './log.js'
import { UsageError } from './usage-error.js'

async function main(): Promise<void> {
  const [name = '', ...rest] = process.argv.slice(2)
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) {
    if (name === '' || name.startsWith('-')) return serve()
    throw new UsageError(
      `there is no command '${name}'${suggestion(name, Object.keys(COMMANDS))}; cohort --help lists them`,
    )
  }
  process.stdout.on('error', whoReadIsGone)
  const run = await command.load()
  process.exitCode = await run(rest, processIo)
}

async function serve(): Promise<void> {
  process.stdout.on('error', () => {}) // a server goes on when nobody reads what it prints
  const parsed = await readArguments(process.argv.slice(2), process.env)
  if (parsed === null) return // --help or --version was asked for and printed
  const { level, options, http } = parsed
  const log = openLog(level)
  let running: Cohort | undefined
  const end = (code: number) => {
    running?.stop().then(
      () => process.exit(code),
      (error: unknown) => fail(1, `could not stop: ${error}`),
    )
  }
  const cohort = await startCohort({ ...options, log, verify: false, onFatal: () => end(1) })
  running = cohort
  limitHeap([...process.execArgv, process.env.NODE_OPTIONS ?? ''])
  narrate(cohort.journal, log)
  const server = http === null ? null : await listenHttp(cohort, http, log)
  const stop = (signal: string) => {
    log('info', `${signal}: stopping`)
    end(0)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  process.stdout.write(
    `Cohort listens on ${options.host ?? 'localhost'}:${cohort.ports}; clients connect to ${cohort.brokers}\n`,
  )
  if (server !== null) process.stdout.write(`HTTP on ${server.url}\n`)
  process.stdout.write(`${keptLine(options)}\n`)
}

function keptLine({ dataDir, durability }: CohortOptions): string {
  return dataDir === undefined
    ? 'Data in memory, until it stops'
    : `Data in ${dataDir} (durability: ${durability})`
}

/** Metrics are no reason not to start: where the port is taken that nobody asked for, any other will do. */
async function listenHttp(
  cohort: Cohort,
  { isDefault = false, ...http }: HttpArguments,
  log: NonNullable<CohortOptions['log']>,
): Promise<HttpServer> {
  try {
    return await serveHttp(cohort, { ...http, log })
  } catch (error) {
    if (!isDefault || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return serveHttp(cohort, { ...http, port: 0, log })
  }
}

/** `cohort watch | head`: nobody wants more. */
function whoReadIsGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit()
}

function fail(code: number, line: string): never {
  process.stderr.write(`cohort: ${line}\n`)
  process.exit(code)
}

function explain(error: unknown): string {
  const { code, address, port, message } = error as NodeJS.ErrnoException & {
    address?: string
    port?: number
  }
  if (code === 'EADDRINUSE')
    return `port ${port} is already in use; choose another with --port, or 0 for any free one`
  if (code === 'EACCES')
    return `port ${port} needs more rights than this user has; choose one above 1023 with --port`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `cannot listen on '${address ?? message}': --host must be an address of this machine`
  return message ?? String(error)
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError || error instanceof UsageError) fail(2, error.message)
  fail(1, explain(error))
})
