// The listening sockets: one per address, 'localhost' on both loopbacks with the same port.

import { createServer, type Server, type Socket } from 'node:net'

export interface Listener {
  readonly port: number
  /** Stops accepting; connections that are open stay. */
  close(): Promise<void>
}

const LOOPBACKS = ['127.0.0.1', '::1']
const PORT_ATTEMPTS = 10

/**
 * `port` 0: any that is free on every address. Rejects with the system's error (EADDRINUSE, EADDRNOTAVAIL, ...);
 * `accept` gets sockets that are not read yet; `failed` gets those of later, when a connection could not be accepted (EMFILE).
 */
export async function listen(
  host: string,
  port: number,
  accept: (socket: Socket) => void,
  failed: (error: Error) => void,
): Promise<Listener> {
  const addresses = host === 'localhost' ? LOOPBACKS : [host]
  for (let attempt = 1; ; attempt++) {
    const servers: Server[] = []
    try {
      let chosen = port
      for (const [i, address] of addresses.entries()) {
        const server = await listenOn(address, chosen, accept, i > 0)
        if (server === null) continue
        server.on('error', failed)
        servers.push(server)
        chosen = portOf(server)
      }
      return { port: chosen, close: () => closeAll(servers) }
    } catch (error) {
      await closeAll(servers)
      const retry = port === 0 && servers.length > 0 && attempt < PORT_ATTEMPTS && isInUse(error)
      if (!retry) throw error
    }
  }
}

/** null: an optional address that this machine does not have (no IPv6). */
function listenOn(
  host: string,
  port: number,
  accept: (socket: Socket) => void,
  optional: boolean,
): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true, pauseOnConnect: true }, accept)
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (optional && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')) resolve(null)
      else reject(error)
    })
    server.listen({ host, port }, () => resolve(server))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

function isInUse(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.close(() => done()))))
}
