// Ports for brokers, which must still be free when a broker is started again.

import { createServer } from 'node:net'

/** Below what systems give to outgoing connections: none of those can take the port of a broker that is restarted. */
const [FIRST, LAST] = [20_000, 32_000]
const TRIES = 1000

/** Ports that are free now, each another one. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  for (let i = 0; i < TRIES && found.size < count; i++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST))
    if (await isFree(port)) found.add(port)
  }
  if (found.size < count) throw new Error(`there are no ${count} free ports from ${FIRST} to ${LAST}`)
  return [...found]
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
