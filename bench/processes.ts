// Servers and load as processes: started, measured by the operating system's own accounting, and ended.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { Apis } from '../src/protocol/apis.js'
import { encodeRequest } from '../src/protocol/frame.js'

const ATTEMPT_EVERY_MS = 2

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

export interface Started {
  readonly process: ChildProcess
  readonly pid: number
  readonly port: number
  /** From the start of the process to the first byte of an answer to ApiVersions. */
  readonly startMs: number
}

/** `command` gets the port as its last argument. */
export async function start(command: readonly string[]): Promise<Started> {
  const port = await freePort()
  const begun = performance.now()
  const child = spawn(command[0] as string, [...command.slice(1), String(port)], { stdio: 'ignore' })
  const request = encodeRequest(Apis.ApiVersions, 0, 1, 'bench', {})
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with ${child.exitCode}`)
    if (await answers(port, request)) break
    await new Promise((resolve) => setTimeout(resolve, ATTEMPT_EVERY_MS))
  }
  return { process: child, pid: child.pid as number, port, startMs: performance.now() - begun }
}

function answers(port: number, request: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request))
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

export async function stop({ process: child }: Started): Promise<void> {
  child.kill('SIGTERM')
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((resolve) => child.once('exit', resolve))
}

export interface Usage {
  readonly residentMb: number
  /** The most that was resident since the process began. */
  readonly peakMb: number
  /** User and system, so far. */
  readonly cpuSeconds: number
}

/** From /proc; null where there is none. */
export function usage(pid: number): Usage | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const megabytes = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
    return {
      residentMb: megabytes('VmRSS'),
      peakMb: megabytes('VmHWM'),
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond(),
    }
  } catch {
    return null
  }
}

/** Of the processes that this one has started and that have ended. */
export function childrenCpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond()
}

let ticks: number | undefined
export function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return ticks
}

/**
 * Runs a load generator, which prints 'ready', waits for a line, and prints its outcome as a line of JSON; with the CPU seconds
 * that the server used from the one to the other. Rejects when the generator fails: an answer was wrong.
 */
export async function runLoad<Outcome>(
  script: string,
  args: readonly string[],
  serverPid: number | null,
): Promise<{ outcome: Outcome; cpuSeconds: number | null }> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let out = ''
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve))
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += chunk
      if (out.startsWith('ready')) resolve()
    })
    void closed.then(() => resolve())
  })
  const before = serverPid === null ? null : usage(serverPid)
  child.stdin.write('go\n')
  const code = await closed
  const after = serverPid === null ? null : usage(serverPid)
  if (code !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${code}: see above`)
  const outcome = JSON.parse(out.trim().split('\n').at(-1) as string) as Outcome
  return { outcome, cpuSeconds: before && after ? after.cpuSeconds - before.cpuSeconds : null }
}
