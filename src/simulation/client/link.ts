// A client's connections to a node: one to fetch, one to it as the coordinator (as the Java client has, so that a fetch that
// waits holds up no heartbeat), one for everything else, which Java sends along with fetches or to another node. A request
// without an answer within its timeout costs the connection, and everything else that waits on it.

import type { RequestOf, ResponseOf, SimulatedApi } from '../exchanges.js'
import type { Connection } from '../network.js'
import { type Task, wait } from '../task.js'
import type { ClientSurroundings } from './surroundings.js'

export type Purpose = 'fetch' | 'coordinator' | 'other'

export class ClientLink {
  private readonly around: ClientSurroundings
  private readonly clientId: string
  private readonly connections = new Map<string, Connection>()

  constructor(around: ClientSurroundings, clientId: string) {
    this.around = around
    this.clientId = clientId
    around.proc.onDeath(() => this.close())
  }

  /** `done` gets null when the connection is lost or the timeout passes first. */
  send<A extends SimulatedApi>(
    purpose: Purpose,
    nodeId: number,
    request: { api: A; version: number; body: RequestOf<A>; timeoutMs: number },
    done: (response: ResponseOf<A> | null) => void,
  ): void {
    const connection = this.connection(purpose, nodeId)
    const { api, version, body, timeoutMs } = request
    const { proc, network } = this.around
    const timeout = network.queue.after(timeoutMs, () => proc.run(() => connection.close()))
    connection.send(api, version, body, (response) => {
      timeout.cancel()
      done(response as ResponseOf<A> | null)
    })
  }

  *ask<A extends SimulatedApi>(
    purpose: Purpose,
    nodeId: number,
    request: { api: A; version: number; body: RequestOf<A>; timeoutMs: number },
  ): Task<ResponseOf<A> | null> {
    return yield* wait<ResponseOf<A> | null>((resume) => this.send(purpose, nodeId, request, resume))
  }

  private connection(purpose: Purpose, nodeId: number): Connection {
    const key = `${purpose}-${nodeId}`
    const open = this.connections.get(key)
    if (open !== undefined && !open.isClosed) return open
    const connection = this.around.network.connect(this.around.proc, this.clientId, nodeId)
    this.connections.set(key, connection)
    return connection
  }

  drop(purpose: Purpose, nodeId: number): void {
    this.connections.get(`${purpose}-${nodeId}`)?.close()
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close()
  }
}
