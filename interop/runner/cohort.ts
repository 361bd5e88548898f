// Cohort as the target: the built command is started once, and every check has a broker of its own in it, by HTTP.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { atExit } from '../../conformance/targets/exit.js'
import { type GroupState, NO_GROUP, type Request, type Target } from './target.js'

/** Short sessions; the offsets topic small, as there are few groups. */
const SETTINGS = { 'group.min.session.timeout.ms': 1 }
const UP_WITHIN_MS = 15_000

export interface Host {
  broker(): Promise<Target>
  stop(): Promise<void>
}

/** `cli` is the built command; every check has a cluster of so many brokers. */
export async function startHost(cli: string, nodes: number): Promise<Host> {
  if (!existsSync(cli)) throw new Error(`${cli} is not there: run npm run build`)
  const args = [cli, '--port', '0', '--http', '0', '--test-kit', '--log-level', 'error']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: withoutOurs() })
  const forget = atExit(() => child.kill('SIGKILL'))
  child.once('close', forget)
  const url = await urlOf(child)
  return {
    broker: () => startBroker(`${url}/v1/brokers`, nodes),
    stop: async () => {
      const over = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGTERM')
      await over
    },
  }
}

/** Cohort would take COHORT_INTEROP_HOME for a setting. */
function withoutOurs(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('COHORT_')))
}

function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`cohort does not come up within ${UP_WITHIN_MS} ms`)),
      UP_WITHIN_MS,
    )
    child.once('close', (code) => reject(new Error(`cohort ended with exit code ${code}`)))
    if (child.stdout === null) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /^HTTP on (\S+)/.exec(line)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    })
  })
}

async function startBroker(brokers: string, nodes: number): Promise<Target> {
  const { id, brokers: bootstrap } = await ask<{ id: string; brokers: string[] }>(brokers, 'POST', {
    set: SETTINGS,
    ...(nodes > 1 && { brokers: nodes }),
  })
  const url = `${brokers}/${id}`
  return {
    bootstrap: bootstrap.join(),
    createTopic: (topic, partitions) => ask(`${url}/topics`, 'POST', { topic, partitions }),
    growTopic: (topic, partitions) => ask(`${url}/topics/${topic}`, 'PUT', { partitions }),
    group: async (group) =>
      groupState(await askUnless<Record<string, unknown>>(`${url}/groups/${group}`, 404)),
    committed: async (group, topic) => {
      const all = await askUnless<Record<string, Record<string, number>>>(
        `${url}/groups/${group}/offsets`,
        404,
      )
      return all?.[topic] ?? {}
    },
    moveCoordinator: (group, loadingMs) =>
      ask(`${url}/groups/${group}/move-coordinator`, 'POST', { loading: loadingMs }),
    requests: () => ask<Request[]>(`${url}/requests`, 'GET'),
    end: async () => (await ask<{ problems: string[] }>(url, 'DELETE')).problems,
  }
}

function groupState(group: Record<string, unknown> | null): GroupState {
  if (group === null) return NO_GROUP
  const { state, generation, members } = group as { state: string; generation: number; members: unknown[] }
  return { state, generation, members: members.length }
}

class Refused extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

async function ask<T>(url: string, method: string, body?: object): Promise<T> {
  // a kept connection may be closed by the time that a set-up is done, which stops this process for minutes
  const headers = { 'content-type': 'application/json', connection: 'close' }
  const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  const text = await answer.text()
  if (!answer.ok) throw new Refused(answer.status, `${method} ${url}: ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

async function askUnless<T>(url: string, status: number): Promise<T | null> {
  try {
    return await ask<T>(url, 'GET')
  } catch (error) {
    if (error instanceof Refused && error.status === status) return null
    throw error
  }
}
