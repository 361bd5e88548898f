// The servers that are measured beside each other: the limit in Node, and ours. Those that listen already are peers.

import { LIMIT, OURS } from './figures.js'
import { start, stop } from './processes.js'
import type { Server } from './throughput/servers.js'

const HOST = '127.0.0.1'
const node = process.execPath

/** Commands that get the port as their last argument. */
export const LIMIT_COMMAND = [node, 'bench/limit-server.mjs']
export const LIMIT_BY_TSX_COMMAND = [node, '--import', 'tsx', 'bench/limit-server.ts']
/** Groups do not wait for more members before their first generation: how long they would is no figure of speed. */
const OPTIONS = ['--ephemeral', '--log-level', 'silent', '--set', 'group.initial.rebalance.delay.ms=0']
export const OURS_COMMAND = [node, 'dist/cli.js', ...OPTIONS, '--http', '0', '--port']
export const OURS_FROM_SOURCE_COMMAND = [node, '--import', 'tsx', 'src/cli/main.ts', ...OURS_COMMAND.slice(2)]

export const limit = () => server(LIMIT, LIMIT_COMMAND)

/** As a user has it: watched by its journal, with metrics over HTTP. */
export const ours = () => server(OURS, OURS_COMMAND)

/** With nobody who could ask what happened. */
export const unwatched = () =>
  server(`${OURS}, --no-http`, [node, 'dist/cli.js', ...OPTIONS, '--no-http', '--port'])

async function server(name: string, command: readonly string[]): Promise<Server> {
  const started = await start(command)
  const { port, pid } = started
  return { name, host: HOST, port, pid, stop: () => stop(started) }
}

/** Runs with fresh servers beside the peers, and ends those. */
export async function beside<T>(
  fresh: readonly (() => Promise<Server>)[],
  peers: readonly Server[],
  work: (servers: readonly Server[]) => Promise<T>,
): Promise<T> {
  const started: Server[] = []
  try {
    for (const each of fresh) started.push(await each())
    return await work([...started, ...peers])
  } finally {
    await Promise.all(started.map((each) => each.stop()))
  }
}
