// What notices that something is wrong with a copy of the project: the suite, the differential run, the tests.

import type { Surroundings } from './patches.js'
import { type Ended, run, startServer } from './processes.js'

export interface Caught {
  /** Ids of cases that fail; one that says so when the server did not survive them. */
  readonly suite: readonly string[]
  /** Null without an oracle. */
  readonly differential: boolean | null
  /** How many tests fail. */
  readonly properties: number
  readonly scenarios: number
}

const QUICK = ['offsets.topic.num.partitions=1', 'group.min.session.timeout.ms=1']
const SUITE = ['--import', 'tsx', 'conformance/run.ts', '--seed', '1', '--timeout', '5000']
const WITHOUT_TIME = ['--no-pauses', '--parallel', '48', '--shrink', '0']
const DIFFERENTIAL = [
  ...['--import', 'tsx', 'conformance/differential/run.ts', '--runs', '200', '--seed', '1'],
  ...WITHOUT_TIME,
]
const FIXED_SEED = ['--root', '.', '--config', 'test/defects/vitest.config.ts']
/** Of the suite. A case that is cut may leave a connection open, and with it the process. */
const LAST_LINE = /^\d+ passed, \d+ failed, \d+ skipped/m
const HANGS = '(the suite hangs)'
/** So few may be the fault of a busy machine. */
const FEW = 5

export async function judge(folder: string, around: Surroundings, oracle: string | null): Promise<Caught> {
  return {
    suite: await bySuite(folder, around),
    differential: oracle === null ? null : await byDifferential(folder, oracle),
    properties: await byTests(folder, ...FIXED_SEED, 'test/properties'),
    scenarios: await byTests(folder, 'test/coordinator', 'test/scenarios'),
  }
}

/** Throws with what the compiler says. What does not compile would be caught by everything. */
export async function typeCheck(folder: string, name: string): Promise<void> {
  const { code, text } = await run(folder, ['node_modules/typescript/bin/tsc', '--noEmit'])
  if (code !== 0) throw new Error(`${name} does not compile:\n${text}`)
}

/** The cases that fail. Few have to fail again, by themselves. */
export async function bySuite(folder: string, { settings, suite }: Surroundings): Promise<string[]> {
  const server = await startServer(folder, [...QUICK, ...settings])
  try {
    const play = async (...more: string[]) => {
      const args = [...SUITE, '--brokers', server.address, ...suite.filter((word) => word.startsWith('-'))]
      const ended = await run(folder, [...args, ...more], LAST_LINE)
      if (server.hasEnded()) return ['(the server ended)']
      return isCaught(ended) ? failedCases(ended) : []
    }
    const failed = await play(...suite.filter((word) => !word.startsWith('-')))
    if (failed.length === 0 || failed.length > FEW || server.hasEnded()) return failed
    const again = await play(...failed)
    return again.includes(HANGS) ? failed : failed.filter((id) => again.includes(id))
  } finally {
    await server.stop()
  }
}

function failedCases({ text }: Ended): string[] {
  const ids = [...text.matchAll(/^FAILED (\S+) /gm)].map(([, id]) => id as string)
  return ids.length > 0 ? ids : [HANGS]
}

async function byDifferential(folder: string, oracle: string): Promise<boolean> {
  const server = await startServer(folder, QUICK)
  try {
    const ended = await run(folder, [...DIFFERENTIAL, '--brokers', server.address, '--oracle', oracle])
    return server.hasEnded() || isCaught(ended)
  } finally {
    await server.stop()
  }
}

/** 0: all is well, 1: not so. Everything else says nothing about the defect, but that something hangs with it does. */
function isCaught({ code, text }: Ended): boolean {
  if (code === 0) return false
  if (code === 1 || code === null) return true
  throw new Error(`ended with ${code}:\n${text.slice(-2000)}`)
}

async function byTests(folder: string, ...args: string[]): Promise<number> {
  const ended = await run(folder, ['node_modules/vitest/vitest.mjs', 'run', ...args])
  if (!isCaught(ended)) return 0
  // Without a count it hung, or a file could not be loaded.
  return Math.max(1, Number(/^\d+ passed, (\d+) failed$/m.exec(ended.text)?.[1] ?? 1))
}
