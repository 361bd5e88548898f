// A door by which another process asks for a restart of the broker that this one runs: what --restart-command needs.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'

const HOST = '127.0.0.1'
const DONE = 'restarted'

/** Whoever connects is told when the restart is over. Resolves to the port. */
export async function offerRestarts(restart: () => Promise<void>): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    restart().then(
      () => socket.end(DONE),
      (error: unknown) => socket.end(String(error)),
    )
  })
  server.listen(0, HOST)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Resolves when the broker is up again. */
export async function askForRestart(port: number): Promise<void> {
  const socket = connect(port, HOST)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  if (answer !== DONE) throw new Error(answer || 'the broker is gone')
}
