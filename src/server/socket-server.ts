// The listening side of one node. It is open before its node exists, because the image carries the port that it was given, and is
// opened again at that port when a node that was stopped comes back (Kafka: SocketServer).

import type { Socket } from 'node:net'
import { type Listener, listen } from './listener.js'

export class SocketServer {
  /** Connections that came before there was a node to take them; they are not read yet. */
  private waiting: Socket[] = []
  private accept = (socket: Socket) => {
    socket.on('error', () => {}) // 'close' follows
    this.waiting.push(socket)
  }
  private readonly host: string
  private readonly failed: (error: Error) => void
  private chosenPort: number
  private listener: Listener | null = null

  /** `port` 0: any that is free; `failed` gets the error of a connection that could not be accepted. */
  constructor(host: string, port: number, failed: (error: Error) => void) {
    this.host = host
    this.chosenPort = port
    this.failed = failed
  }

  get port(): number {
    return this.chosenPort
  }

  /** Rejects with the system's error (EADDRINUSE and the like). */
  async open(): Promise<void> {
    this.listener = await listen(this.host, this.port, (socket) => this.accept(socket), this.failed)
    this.chosenPort = this.listener.port
  }

  /** From now on, and for all that wait. */
  handTo(accept: (socket: Socket) => void): void {
    this.accept = accept
    for (const socket of this.waiting.splice(0)) if (!socket.destroyed) accept(socket)
  }

  /** Takes no more connections. Resolves when those that it has taken are closed. */
  async close(): Promise<void> {
    const { listener } = this
    this.listener = null
    for (const socket of this.waiting.splice(0)) socket.destroy()
    await listener?.close()
  }
}

/** One server per node: `port`, the ports behind it, or with port 0 any that are free. Those opened are closed when one cannot be. */
export async function openServers(
  nodes: number,
  host: string,
  port: number,
  failed: (error: Error) => void,
): Promise<SocketServer[]> {
  const servers: SocketServer[] = []
  try {
    for (let i = 0; i < nodes; i++) {
      const server = new SocketServer(host, port === 0 ? 0 : port + i, failed)
      await server.open()
      servers.push(server)
    }
    return servers
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()))
    throw error
  }
}
