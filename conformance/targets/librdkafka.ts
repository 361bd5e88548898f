// librdkafka's mock cluster as a target, in a Python environment of its own.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Broker } from './kafka.js'
import { run, startProcess, stopProcess } from './processes.js'

/** Of confluent-kafka, which brings the librdkafka of the same version. */
export const VERSION = '2.16.1'
const HOME = process.env.COHORT_KAFKA_HOME ?? join(homedir(), '.cache', 'cohort-kafka')
const PYTHON = 'Python 3 with its venv module must be on the path'
const UP_WITHIN_MS = 20_000

/** The interpreter that has the package. Throws MissingTool. */
function python(): string {
  const folder = join(HOME, `librdkafka-${VERSION}`)
  const interpreter = join(folder, 'bin', 'python')
  const done = join(folder, '.done')
  if (!existsSync(done)) {
    run('python3', ['-m', 'venv', folder], PYTHON)
    run(interpreter, ['-m', 'pip', 'install', '--quiet', `confluent-kafka==${VERSION}`], PYTHON)
    writeFileSync(done, '')
  }
  return interpreter
}

export async function startLibrdkafka(): Promise<Broker> {
  const interpreter = python()
  mkdirSync(join(HOME, 'run'), { recursive: true })
  const log = join(HOME, 'run', `librdkafka-${process.pid}.log`)
  writeFileSync(log, '')
  const script = join(import.meta.dirname, 'librdkafka_mock.py')
  const running = startProcess(interpreter, [script], log, HOME)
  const deadline = performance.now() + UP_WITHIN_MS
  for (;;) {
    const [, host, port] = /^(\S+):(\d+)$/m.exec(readFileSync(log, 'utf8')) ?? []
    if (host !== undefined)
      return { brokers: [{ host, port: Number(port) }], restart: null, stop: () => stopProcess(running) }
    if (performance.now() > deadline || running.child.exitCode !== null) {
      await stopProcess(running)
      throw new Error(`the mock cluster does not come up:\n${readFileSync(log, 'utf8')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
