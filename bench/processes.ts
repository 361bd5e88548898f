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
  return { process: child, port, startMs: performance.now() - begun }
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

/** Resident memory in MB, and CPU seconds used so far (user and system), from /proc; null where there is none. */
export function usage(child: ChildProcess): { residentMb: number; cpuSeconds: number } | null {
  try {
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[11]) + Number(fields[12])
    const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
    return { residentMb: Number(resident) / 1024, cpuSeconds: ticks / ticksPerSecond() }
  } catch {
    return null
  }
}

let ticks: number | undefined
function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return ticks
}

export interface LoadResult {
  readonly requestsPerSecond: number
  readonly cpuMicrosPerRequest: number | null
  readonly p50Ms: number
  readonly p99Ms: number
}

export async function load(
  server: Started,
  connections: number,
  inFlight: number,
  join: boolean,
): Promise<LoadResult> {
  const args = [
    '--import',
    'tsx',
    'bench/load.ts',
    server.port,
    connections,
    inFlight,
    LOAD_SECONDS,
    join ? 'join' : 'no',
  ]
  const child = spawn(process.execPath, args.map(String), { stdio: ['pipe', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  await new Promise((resolve) => child.stdout.once('data', resolve)) // ready
  const before = usage(server.process)
  child.stdin.write('go\n')
  await new Promise((resolve) => child.once('close', resolve))
  const after = usage(server.process)
  const line = out.trim().split('\n').at(-1) as string
  const result = JSON.parse(line) as { requests: number; elapsedMs: number; p50Ms: number; p99Ms: number }
  const cpu = before && after ? ((after.cpuSeconds - before.cpuSeconds) * 1e6) / result.requests : null
  const { p50Ms, p99Ms } = result
  return {
    requestsPerSecond: (result.requests / result.elapsedMs) * 1000,
    cpuMicrosPerRequest: cpu,
    p50Ms,
    p99Ms,
  }
}

const LOAD_SECONDS = 3
