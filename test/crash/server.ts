// The real server as a process that is killed and started again, on the same directory and port. It ends with this process at the
// latest; what it prints is kept.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from '../../conformance/targets/exit.js'
import { freePorts } from '../../conformance/targets/ports.js'
import { type Running, startProcess } from '../../conformance/targets/processes.js'
import type { Durability } from '../../src/store/store.js'

export interface ServerOptions {
  /** Made where it is not there. */
  readonly dataDir: string
  /** Where its output goes; needs not be on the same file system. */
  readonly workDir: string
  readonly durability?: Durability
  readonly topics?: Readonly<Record<string, number>>
  readonly settings?: Readonly<Record<string, string | number>>
  /** A command that becomes the server, or at least leaves it its process id. */
  readonly under?: readonly string[]
  /** From the sources, for who has not built. */
  readonly fromSource?: boolean
  readonly more?: readonly string[]
}

const ROOT = join(import.meta.dirname, '../..')
const SOURCE = ['--import', 'tsx', join(ROOT, 'src/cli/main.ts')]
const BUILT = [join(ROOT, 'dist/cli.js')]
const UP_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 5

export class ServerProcess {
  readonly port: number
  private readonly options: ServerOptions
  private running: Running | null = null
  private starts = 0

  private constructor(port: number, options: ServerOptions) {
    this.port = port
    this.options = options
  }

  /** Not started yet. The port stays free of outgoing connections while it is down. */
  static async prepare(options: ServerOptions): Promise<ServerProcess> {
    const [port = 0] = await freePorts(1)
    return new ServerProcess(port, options)
  }

  get brokers(): string[] {
    return [`127.0.0.1:${this.port}`]
  }

  get pid(): number {
    const pid = this.running?.child.pid
    if (pid === undefined) throw new Error('the server does not run')
    return pid
  }

  get isRunning(): boolean {
    const child = this.running?.child
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /** What it has printed since it was last started. */
  get output(): string {
    return this.running === null ? '' : readFileSync(this.running.log, 'utf8')
  }

  /** Does not wait for it to be up. */
  launch(): void {
    const { dataDir, workDir, durability = 'fsync', topics = {}, settings = {}, under = [] } = this.options
    const [command = '', ...args] = [
      ...under,
      process.execPath,
      ...(this.options.fromSource ? SOURCE : BUILT),
      ...['--port', String(this.port), '--host', '127.0.0.1', '--no-http'],
      ...['--data-dir', dataDir, '--durability', durability],
      ...Object.entries(topics).flatMap(([name, partitions]) => ['--topic', `${name}:${partitions}`]),
      ...Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
      ...(this.options.more ?? []),
    ]
    this.starts++
    this.running = startProcess(command, args, join(workDir, `server-${this.starts}.log`), ROOT)
  }

  /** Resolves to how long it took, in ms, when connections are accepted. Throws with what it printed when it does not come up. */
  async start(): Promise<number> {
    const begunAt = performance.now()
    this.launch()
    while (!/^Cohort listens on /m.test(this.output)) {
      const elapsedMs = performance.now() - begunAt
      if (elapsedMs > UP_WITHIN_MS || !this.isRunning)
        throw new Error(`the server does not come up; it printed:\n${this.output}`)
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    return performance.now() - begunAt
  }

  /** Resolves when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.isRunning) return
    const over = new Promise((resolve) => this.running?.child.once('close', resolve))
    process.kill(this.pid, signal)
    await over
  }
}

/** A directory that is gone when this process ends, unless `keep` was called. */
export function temporaryDirectory(): { path: string; keep(): void; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'cohort-crash-'))
  const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  return { path, keep: atExit(remove), remove }
}
