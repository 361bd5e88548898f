// Listeners of several nodes: ports that count up, all or none of them, and the same port again.

import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { openServers, type SocketServer } from '../../src/server/socket-server.js'
import { RawClient } from '../helpers/raw-client.js'

const HOST = '127.0.0.1'
const opened: SocketServer[] = []
const fail = (error: Error) => {
  throw error
}

afterEach(() => Promise.all(opened.splice(0).map((server) => server.close())))

/** Somebody else listens there. */
function occupy(port = 0): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: HOST, port }, () => resolve(server))
  })
}

const portOf = (server: Server) => (server.address() as { port: number }).port
const free = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()))

/** So many ports in a row that are free, at least a moment ago. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = await occupy()
    const port = portOf(first)
    const others = await Promise.all(
      Array.from({ length: count - 1 }, (_, i) => occupy(port + 1 + i).catch(() => null)),
    )
    const taken = others.filter((server) => server !== null)
    await Promise.all([first, ...taken].map(free))
    if (taken.length === count - 1) return port
  }
}

describe('the servers of several nodes', () => {
  it('listen on a port and those behind it', async () => {
    const port = await freePorts(3)
    opened.push(...(await openServers(3, HOST, port, fail)))
    expect(opened.map((server) => server.port)).toEqual([port, port + 1, port + 2])
  })

  it('are all closed when one cannot listen', async () => {
    const port = await freePorts(3)
    const other = await occupy(port + 2)
    await expect(openServers(3, HOST, port, fail)).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: port + 2,
    })
    await free(other)
    opened.push(...(await openServers(3, HOST, port, fail)))
  })

  it('open where they were, and take connections once there is a node for them', async () => {
    const [server] = await openServers(1, HOST, 0, fail)
    if (server === undefined) throw new Error('there is one')
    opened.push(server)
    const { port } = server
    await server.close()
    await expect(RawClient.connect(port)).rejects.toThrow('ECONNREFUSED')
    await server.open()
    expect(server.port).toBe(port)
    const early = await RawClient.connect(port)
    const taken = new Promise<void>((resolve) =>
      server.handTo((socket) => {
        socket.destroy()
        resolve()
      }),
    )
    await taken
    await early.closed
  })
})
