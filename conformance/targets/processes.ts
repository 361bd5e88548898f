// Processes that a target consists of: started, watched, and ended; what is missing on the machine is told.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { Apis } from '../../src/protocol/apis.js'
import { type Address, Client } from '../client.js'
import { atExit } from './exit.js'

/** A tool that a target needs is not there: the message says which, and how to mend. */
export class MissingTool extends Error {}

/** Runs it to its end; throws MissingTool when there is no such command. */
export function run(command: string, args: readonly string[], mend: string): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const { code, stdout, stderr } = error as NodeJS.ErrnoException & { stdout?: string; stderr?: string }
    if (code === 'ENOENT') throw new MissingTool(`${command} is not to be found: ${mend}`)
    throw new Error(`${command} failed:\n${lastLines(`${stdout}${stderr}`)}`) // Maven tells errors on standard output
  }
}

export interface Running {
  readonly child: ChildProcess
  readonly log: string
}

/** It ends with this process at the latest. */
export function startProcess(command: string, args: readonly string[], log: string, cwd: string): Running {
  const out = openSync(log, 'a')
  const child = spawn(command, args, { cwd, env: withoutOurs(), stdio: ['pipe', out, out] })
  closeSync(out)
  child.once(
    'close',
    atExit(() => child.kill('SIGKILL')),
  )
  return { child, log }
}

/** COHORT_KAFKA_HOME would be a setting to our own server. */
function withoutOurs(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('COHORT_')))
}

const isOver = ({ child }: Running) => child.exitCode !== null || child.signalCode !== null
const KILL_AFTER_MS = 30_000

/** Asks it to end, and makes it when it does not. */
export async function stopProcess(running: Running): Promise<void> {
  if (isOver(running)) return
  const over = new Promise((resolve) => running.child.once('close', resolve))
  running.child.kill('SIGTERM')
  const timer = setTimeout(() => running.child.kill('SIGKILL'), KILL_AFTER_MS)
  await over
  clearTimeout(timer)
}

const UP_WITHIN_MS = 90_000
const ASK_EVERY_MS = 100

/** Until it shows this many brokers. Throws with the end of its log when it ends before. */
export async function awaitBrokers(running: Running, address: Address, brokers: number): Promise<void> {
  const deadline = performance.now() + UP_WITHIN_MS
  for (;;) {
    if (isOver(running)) throw new Error(`the broker ended:\n${tail(running.log)}`)
    if ((await brokersAt(address)) >= brokers) return
    if (performance.now() > deadline) throw new Error(`the broker does not come up:\n${tail(running.log)}`)
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
}

async function brokersAt(address: Address): Promise<number> {
  const client = await Client.open(address).catch(() => null)
  if (client === null) return 0
  try {
    return (await client.send(Apis.Metadata, 1, { topics: [] })).brokers.length
  } catch {
    return 0
  } finally {
    client.close()
  }
}

const tail = (log: string) => lastLines(readFileSync(log, 'utf8'))
const lastLines = (text: string) => text.trim().split('\n').slice(-20).join('\n')
