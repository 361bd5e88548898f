// Our own server as a target: a process of its own, as `npm start` starts it.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Broker, KafkaOptions } from './kafka.js'
import { startProcess, stopProcess } from './processes.js'

const HOME = process.env.COHORT_KAFKA_HOME ?? join(homedir(), '.cache', 'cohort-kafka')
const ROOT = join(import.meta.dirname, '../..')
const UP_WITHIN_MS = 20_000

export async function startOurs({ settings }: Pick<KafkaOptions, 'settings'>): Promise<Broker> {
  mkdirSync(join(HOME, 'run'), { recursive: true })
  const log = join(HOME, 'run', `cohort-${process.pid}.log`)
  writeFileSync(log, '')
  const sets = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const args = [
    '--import',
    'tsx',
    join(ROOT, 'src/cli/main.ts'),
    '--port',
    '0',
    '--host',
    '127.0.0.1',
    ...sets,
  ]
  const running = startProcess(process.execPath, args, log, ROOT)
  const deadline = performance.now() + UP_WITHIN_MS
  for (;;) {
    const port = /^Cohort listens on \S+:(\d+);/m.exec(readFileSync(log, 'utf8'))?.[1]
    if (port !== undefined) {
      const address = { host: '127.0.0.1', port: Number(port) }
      // Everything is in memory: there is nothing to come back with.
      return { brokers: [address], restart: null, stop: () => stopProcess(running) }
    }
    if (performance.now() > deadline || running.child.exitCode !== null) {
      await stopProcess(running)
      throw new Error(`our server does not come up:\n${readFileSync(log, 'utf8')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
