// A client program that runs: started, told what to do on its standard input, heard on its standard output. Each has a
// process group of its own, so that a crash takes its children with it.

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { atExit } from '../../conformance/targets/exit.js'
import { type Event, type Named, readEvent } from './event.js'
import { Failed, LIMIT_MS, until } from './until.js'

export interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export type Settings = Readonly<Record<string, string | number>>

const LAST_LINES = 12

export class Program {
  readonly name: string
  readonly events: Event[] = []
  isOver = false
  private readonly child: ChildProcess
  private readonly other: string[] = []

  constructor(name: string, { command, args, env }: Command, mode: string, settings: Settings) {
    this.name = name
    const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
    this.child = spawn(command, [...args, mode, ...words], {
      detached: true,
      env: { ...process.env, ...env },
    })
    const forget = atExit(() => this.signal('SIGKILL'))
    this.child.once('close', () => {
      this.isOver = true
      forget()
    })
    this.child.once('error', (error) => {
      this.other.push(error.message)
      this.isOver = true
    })
    this.child.stdin?.on('error', () => {}) // it may have ended
    for (const stream of [this.child.stdout, this.child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => this.hear(line))
  }

  private hear(line: string): void {
    const event = readEvent(line)
    if (event !== null) this.events.push(event)
    else if (line.trim() !== '') this.other.push(line)
    if (process.env.COHORT_INTEROP_TRACE) console.error(`${this.name}: ${line}`)
  }

  tell(line: string): void {
    if (this.isOver) throw new Failed(`${this.name} has ended: ${this.lastWords()}`)
    this.child.stdin?.write(`${line}\n`)
  }

  /** It and its children. */
  signal(signal: NodeJS.Signals): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, signal)
    } catch {
      // nobody is left
    }
  }

  all<Name extends Event['event']>(name: Name): Named<Name>[] {
    return this.events.filter((event): event is Named<Name> => event.event === name)
  }

  /** Until it said so `count` times in all. Fails at once when it ends or tells an error. */
  async says(name: Event['event'], count = 1, limitMs = LIMIT_MS): Promise<void> {
    const what = count === 1 ? `${this.name} says '${name}'` : `${this.name} says '${name}' ${count} times`
    await until(
      what,
      () => this.hasSaid(name, count),
      () => this.lastWords(),
      limitMs,
    )
  }

  private hasSaid(name: Event['event'], count: number): boolean {
    if (this.all(name).length >= count) return true
    this.assertWell()
    if (this.isOver) throw new Failed(`${this.name} ended before it said '${name}': ${this.lastWords()}`)
    return false
  }

  assertWell(): void {
    const [error] = this.all('error')
    if (error !== undefined) throw new Failed(`${this.name}: ${error.message}`)
  }

  lastWords(): string {
    const events = this.events.filter(({ event }) => event !== 'consumed' && event !== 'committed')
    const said = events.slice(-6).map((event) => JSON.stringify(event))
    return `It said: ${[...said, ...this.other.slice(-LAST_LINES)].join('\n      ') || 'nothing'}`
  }

  async ends(limitMs = LIMIT_MS): Promise<void> {
    await until(
      `${this.name} ends`,
      () => this.isOver,
      () => this.lastWords(),
      limitMs,
    )
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ends()
  }
}
