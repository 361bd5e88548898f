// holder.ts as a child of a test.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface Holder {
  readonly child: ChildProcess
  readonly pid: number
  readonly lines: readonly string[]
  /** Resolves with the first line that satisfies it, also one that is there. */
  line(satisfies: (line: string) => boolean): Promise<string>
  kill(): Promise<void>
  /** Resolves when it is gone, by whatever. */
  readonly ended: Promise<unknown>
}

/** `under`: a command that runs it. */
export function startHolder(dir: string, durability: string, mode = '', under = ''): Holder {
  const command = `exec ${under} "$0" --import tsx "$@"`
  const args = [join(import.meta.dirname, 'holder.ts'), dir, durability, mode]
  const child = spawn('bash', ['-c', command, process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  let look = () => {}
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    look()
  })
  const errors: string[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()))
  const exited = once(child, 'close') // when all that it printed is read
  return {
    child,
    get pid() {
      // What runs it may have a number of its own.
      const [, pid = child.pid] = /^open (\d+)$/.exec(lines[0] ?? '') ?? []
      return Number(pid)
    },
    lines,
    ended: exited,
    line: (satisfies) =>
      new Promise((resolve, reject) => {
        let seen = 0
        look = () => {
          for (; seen < lines.length; seen++) {
            const line = lines[seen] as string
            if (satisfies(line)) return resolve(line)
          }
        }
        look()
        exited.then(
          () => reject(new Error(`it ended: ${lines.slice(-3).join(' | ')} ${errors.join('')}`)),
          reject,
        )
      }),
    async kill() {
      if (child.exitCode === null && child.signalCode === null) process.kill(this.pid, 'SIGKILL')
      await exited
    },
  }
}
