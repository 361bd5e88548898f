// The load generator as the benchmark has it in hand: built before it is started, one order at a time.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import type { Gathered, Load, Opening, Outcome } from './generator/jobs.js'
import type { Done, Order } from './generator/main.js'
import { usage } from './processes.js'
import type { Server } from './throughput/servers.js'

export interface Measured extends Outcome {
  /** What the server's process used meanwhile, user and system; null where it cannot be read. */
  readonly cpuSeconds: number | null
}

/** A member, or many, that the generator plays against a server. */
export interface Play {
  run(load: Load): Promise<Measured>
  close(): Promise<void>
}

const ENDED = 'the load generator has ended: see above'

type Unplaced<T> = T extends unknown ? Omit<T, 'where'> : never

export class Generator {
  private readonly child: ChildProcess
  private readonly folder: string

  private constructor(child: ChildProcess, folder: string) {
    this.child = child
    this.folder = folder
  }

  static async start(): Promise<Generator> {
    const folder = mkdtempSync(join(tmpdir(), 'cohort-bench-'))
    const outfile = join(folder, 'generator.cjs')
    const entry = join(import.meta.dirname, 'generator/main.ts')
    await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs' })
    // Without the runner's --import tsx.
    return new Generator(fork(outfile, { execArgv: [] }), folder)
  }

  get pid(): number {
    return this.child.pid as number
  }

  async open(server: Server, opening: Unplaced<Opening>): Promise<Play> {
    const { name, host, port, pid } = server
    const where = { name, host, port }
    const session = (await this.order({ do: 'open', opening: { ...opening, where } as Opening })) as number
    return {
      run: async (load) => {
        const before = pid === null ? null : usage(pid)
        const outcome = (await this.order({ do: 'run', session, load })) as Outcome
        const after = pid === null ? null : usage(pid)
        return { ...outcome, cpuSeconds: before && after && after.cpuSeconds - before.cpuSeconds }
      },
      close: async () => {
        await this.order({ do: 'close', session })
      },
    }
  }

  /** The milliseconds that one group takes to become stable, and again with one member more. */
  async gather({ name, host, port }: Server, members: number): Promise<Gathered> {
    return (await this.order({ do: 'gather', where: { name, host, port }, members })) as Gathered
  }

  /** The broker as a library, in the generator's own process: stop() ends both. */
  async host(name: string, topic: string, partitions: number): Promise<Server> {
    const library = resolve('dist/index.cjs')
    const port = (await this.order({ do: 'host', library, topic, partitions })) as number
    const stop = () => this.stop()
    return { name, host: '127.0.0.1', port, pid: this.pid, stop }
  }

  /** Rejects when the generator has ended: an answer was wrong, and it said so. */
  private async order(order: Order): Promise<Done> {
    if (!this.child.connected) throw new Error(ENDED)
    const over = new AbortController()
    const ended = once(this.child, 'exit', { signal: over.signal }).then(() => {
      throw new Error(ENDED)
    })
    const done = once(this.child, 'message', { signal: over.signal })
    this.child.send(order)
    try {
      const [answer] = await Promise.race([done, ended])
      return answer as Done
    } finally {
      ended.catch(() => {})
      done.catch(() => {})
      over.abort()
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit')
      this.child.disconnect()
      await exited
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}
