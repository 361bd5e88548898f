// A broker that is one process, forgets everything when it ends, and prints its address when it is up.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOME, runFolder } from './home.js'
import type { Broker } from './kafka.js'
import { startProcess, stopProcess } from './processes.js'

const UP_WITHIN_MS = 60_000
const ASK_EVERY_MS = 20

/** `line` finds host and port in what it prints. Throws with its log when it does not come up. */
export async function startTelling(
  name: string,
  command: string,
  args: readonly string[],
  line: RegExp,
  cwd = HOME,
): Promise<Broker> {
  const log = join(runFolder(), `${name}-${process.pid}.log`)
  writeFileSync(log, '')
  const running = startProcess(command, args, log, cwd)
  const deadline = performance.now() + UP_WITHIN_MS
  for (;;) {
    const [, host, port] = line.exec(readFileSync(log, 'utf8')) ?? []
    if (host !== undefined)
      return { brokers: [{ host, port: Number(port) }], restart: null, stop: () => stopProcess(running) }
    if (performance.now() > deadline || running.child.exitCode !== null) {
      await stopProcess(running)
      throw new Error(`${name} does not come up:\n${readFileSync(log, 'utf8')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
}
