#!/usr/bin/env node
// The `cohort` command. Wrong usage is one line and exit code 2, a broker that cannot start one line and exit code 1; the
// line that says where it listens comes once connections are accepted.

import { startCohort } from '../index.js'
import { ConfigError } from '../server/config/errors.js'
import { readArguments, UsageError } from './arguments.js'
import { openLog } from './log.js'

async function main(): Promise<void> {
  if (process.argv[2] === 'conform') return conformance(process.argv.slice(3))
  const parsed = readArguments(process.argv.slice(2), process.env)
  if (parsed === null) return // --help or --version was asked for and printed
  const { level, ...options } = parsed
  const log = openLog(level)
  const cohort = await startCohort({ ...options, log, testkit: false, verify: false })
  const { port } = cohort
  process.stdout.write(
    `Cohort listens on ${options.host ?? 'localhost'}:${port}; clients connect to ${cohort.brokers}\n`,
  )
  const stop = (signal: string) => {
    log('info', `${signal}: stopping`)
    cohort.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(1, `could not stop: ${error}`),
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

/** Loaded only when asked for: it is no part of the broker. */
async function conformance(argv: readonly string[]): Promise<void> {
  const { conform } = await import('../../conformance/main.js')
  process.exitCode = await conform(argv)
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
