// The processes of a run: commands that are run to their end, and a server that is stopped after use. None outlives the run.

import { type ChildProcess, spawn } from 'node:child_process'

/** A command that has not ended by then hangs. */
const LIMIT_MS = 600_000
/** A command that has printed its last line has so long to end. */
const AFTER_LAST_LINE_MS = 5_000
const UP_WITHIN_MS = 60_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

export interface Ended {
  /** Null: it hung, and was ended. */
  readonly code: number | null
  readonly text: string
}

/** Runs node with these arguments. What is left open may keep a command from ending after its last line. */
export function run(folder: string, args: readonly string[], lastLine?: RegExp): Promise<Ended> {
  const child = start(folder, args)
  const end = () => child.kill('SIGKILL')
  let timer = setTimeout(end, LIMIT_MS)
  let text = ''
  const keep = (chunk: Buffer) => {
    text += chunk
    if (lastLine?.test(text) !== true) return
    clearTimeout(timer)
    timer = setTimeout(end, AFTER_LAST_LINE_MS)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, text })
    })
  })
}

export interface Server {
  readonly address: string
  /** It ended by itself. */
  readonly hasEnded: () => boolean
  readonly stop: () => Promise<void>
}

export async function startServer(folder: string, settings: readonly string[]): Promise<Server> {
  const sets = settings.flatMap((setting) => ['--set', setting])
  const main = ['--import', 'tsx', 'src/cli/main.ts', '--port', '0', '--host', '127.0.0.1', '--ephemeral']
  const child = start(folder, [...main, ...sets])
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const port = await portOf(child)
  return {
    address: `127.0.0.1:${port}`,
    hasEnded: () => child.exitCode !== null,
    stop() {
      child.kill('SIGKILL')
      return ended
    },
  }
}

function portOf(child: ChildProcess): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    const refuse = () => reject(new Error(`the server does not start:\n${text}`))
    const timer = setTimeout(refuse, UP_WITHIN_MS)
    const read = (chunk: Buffer) => {
      if (text.length < 10_000) text += chunk
      const port = /^Cohort listens on \S+:(\d+);/m.exec(text)?.[1]
      if (port === undefined) return
      clearTimeout(timer)
      resolve(port)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('close', refuse)
  })
}

function start(folder: string, args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  child.once('close', () => running.delete(child))
  return child
}
