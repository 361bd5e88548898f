// The connections of a raw client: up to three to a broker, mostly to the coordinator. It does not always wait for the answer, may
// send a request twice, and loses connections.

import type { RequestOf, ResponseOf, SimulatedApi } from '../../src/simulation/exchanges.js'
import type { Connection } from '../../src/simulation/network.js'
import type { SimulatedProcess } from '../../src/simulation/proc.js'
import type { Random } from '../../src/simulation/random.js'
import { type Task, wait } from '../../src/simulation/task.js'
import type { World } from '../../src/simulation/world.js'

export type RawVersions = 'old' | 'new'

interface RawLinkSettings {
  readonly groupId: string
  readonly wrong: number
  readonly versions: RawVersions
}

const VERSIONS = {
  old: { JoinGroup: 3, SyncGroup: 2, Heartbeat: 2, LeaveGroup: 2, OffsetCommit: 6 },
  new: { JoinGroup: 9, SyncGroup: 5, Heartbeat: 4, LeaveGroup: 5, OffsetCommit: 9 },
} as const
const TIMEOUT_MS = 10_000

export class RawLink {
  private readonly proc: SimulatedProcess
  private readonly world: World
  private readonly settings: RawLinkSettings
  private readonly random: Random
  private readonly connections: Connection[] = []

  constructor(proc: SimulatedProcess, world: World, settings: RawLinkSettings, random: Random) {
    this.proc = proc
    this.world = world
    this.settings = settings
    this.random = random
    proc.onDeath(() => {
      for (const connection of this.connections) connection.close()
    })
  }

  /** Waits for the answer, or does not, or loses the connection meanwhile; null then. */
  *ask<A extends SimulatedApi>(api: A, body: RequestOf<A>): Task<ResponseOf<A> | null> {
    const { random } = this
    const connection = this.connection()
    const versions: Partial<Record<SimulatedApi, number>> = VERSIONS[this.settings.versions]
    const version =
      versions[api] ?? { OffsetFetch: 9, DescribeGroups: 5, DeleteGroups: 2 }[api as string] ?? 0
    const copies = random.chance(this.settings.wrong / 5) ? 2 : 1
    if (random.chance(0.02)) this.world.queue.after(random.exponential(50), () => connection.close())
    return yield* wait<ResponseOf<A> | null>((resume) => {
      let isOver = false
      const once = (response: ResponseOf<A> | null) => {
        if (isOver) return
        isOver = true
        resume(response)
      }
      const ms = random.chance(0.1) ? random.exponential(100) : TIMEOUT_MS
      this.world.queue.after(ms, () => once(null))
      for (let i = 0; i < copies; i++)
        connection.send(api, version, body, (answer) => once(answer as ResponseOf<A>))
    })
  }

  /** Up to three, mostly to its coordinator. */
  private connection(): Connection {
    const { random, settings } = this
    const { cluster, network } = this.world
    const coordinator = cluster.coordinatorOf(settings.groupId)
    const anyNode = cluster.nodeIds[random.below(cluster.nodeIds.length)] ?? 1
    const nodeId = coordinator > 0 && !random.chance(settings.wrong / 2) ? coordinator : anyNode
    const open = this.connections.filter((each) => !each.isClosed && each.nodeId === nodeId)
    const found = open[random.below(3)]
    if (found !== undefined) return found
    const connection = network.connect(this.proc, `raw-${this.proc.name}`, nodeId)
    this.connections.splice(0, this.connections.length, ...this.connections.filter((each) => !each.isClosed))
    this.connections.push(connection)
    return connection
  }
}
