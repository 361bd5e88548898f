// What befalls clients, network, brokers and disk, and how it ends again.

import { GOOD_NETWORK } from '../src/simulation/network.js'
import type { Random } from '../src/simulation/random.js'
import type { Client, World } from '../src/simulation/world.js'
import type { VirtualDisk } from './disk.js'
import { type Fault, type Mix, pickLink } from './mix.js'
import type { Referee } from './referee/referee.js'
import type { Trace } from './trace.js'

export interface Stage {
  readonly world: World
  readonly disk: VirtualDisk
  readonly referee: Referee
  readonly trace: Trace
  readonly mix: Mix
  readonly random: Random
  /** Model consumers that run. */
  readonly clients: () => readonly Client[]
}

/** A disk that is full for longer than this would be somebody's holiday. */
const FULL_MS = 3000

export class Faults {
  private readonly stage: Stage
  /** The process of the brokers does not run. */
  private isDown = false
  private isOver = false
  private crashes = 0

  constructor(stage: Stage) {
    this.stage = stage
    stage.referee.onFatal = () => stage.world.queue.after(0, () => this.crash())
    const { world, mix, random } = stage
    const next = () => {
      if (world.nowMs > mix.faultsUntilMs || mix.faults.length === 0) return this.end()
      const fault = mix.faults[random.below(mix.faults.length)] as Fault
      this.befall(fault)
      world.queue.after(random.exponential(mix.faultEveryMs), next)
    }
    world.at(random.between(2000, 6000), next)
  }

  get areOver(): boolean {
    return this.isOver && !this.isDown && this.stage.world.cluster.isReady
  }

  /** From now on everything is well, and stays so. */
  private end(): void {
    const { world, disk, mix, trace } = this.stage
    trace.add(() => 'FAULTS END')
    this.isOver = true
    world.network.link = GOOD_NETWORK
    Object.assign(disk, { isFull: false, isUnreadable: false, flushMs: mix.flushMs })
  }

  private befall(fault: Fault): void {
    const { world, disk, random, mix } = this.stage
    const { network, cluster } = world
    const node = 1 + random.below(mix.nodes)
    const say = (what: string) => this.stage.trace.add(() => `FAULT ${fault}: ${what}`)
    switch (fault) {
      case 'client crashes':
      case 'client stops':
      case 'client stands still':
      case 'client is cut off':
        return this.befallClient(fault)
      case 'node is cut off':
        say(`${node}`)
        return network.cutFor({ node }, random.exponential(3000))
      case 'connections are lost':
        say(`${node}`)
        return network.reset({ node })
      case 'disk is slow':
        disk.flushMs = random.between(50, 800)
        say(`${disk.flushMs.toFixed()} ms`)
        return this.later(3000, () => {
          disk.flushMs = mix.flushMs
        })
      case 'disk is full':
        say('')
        disk.isFull = true
        return this.later(FULL_MS, () => {
          disk.isFull = false
        })
      case 'network is bad':
        network.link = pickLink(random)
        return say(JSON.stringify(network.link))
      case 'clock jumps': {
        const ms = Math.floor(random.exponential(4000))
        say(`${ms} ms`)
        return cluster.clock.jump(ms)
      }
      default:
        if (!this.isDown) this.befallBrokers(fault, node, say)
    }
  }

  private befallClient(fault: Fault): void {
    const { world, random, trace, clients } = this.stage
    const all = clients()
    const client = all[random.below(all.length)]
    if (client === undefined) return
    trace.add(() => `FAULT ${fault}: ${client.name}`)
    if (fault === 'client crashes') client.crash()
    else if (fault === 'client stops') client.stop()
    else if (fault === 'client stands still') client.freeze(random.exponential(8000))
    else world.network.cutFor({ client: client.name }, random.exponential(5000))
  }

  private befallBrokers(fault: Fault, node: number, say: (what: string) => void): void {
    const { world, disk, random, mix } = this.stage
    const { cluster, network } = world
    const groups = ['raw', ...mix.consumers.map(({ plan }) => plan.groupId)]
    const groupId = groups[random.below(groups.length)] as string
    const loadMs = random.exponential(500)
    switch (fault) {
      case 'coordinator moves':
        say(`${groupId} to ${node}`)
        return cluster.moveCoordinator(groupId, node, loadMs)
      case 'coordinator is unloaded': {
        const host = cluster.hostOf(groupId)
        say(groupId)
        const { crashes } = this
        const release = host.unload('it was unloaded')
        world.queue.after(loadMs, () => {
          if (crashes === this.crashes) release()
        })
        return
      }
      case 'node fails over': {
        if (mix.nodes === 1) return
        say(`${node}`)
        world.stopNode(node)
        return this.later(random.between(500, 4000), () => {
          cluster.failOver(node, (node % mix.nodes) + 1, loadMs)
          network.startNode(node)
        })
      }
      case 'disk cannot be read':
        disk.isUnreadable = true
        this.later(2000, () => {
          disk.isUnreadable = false
        })
        say(groupId)
        return cluster.moveCoordinator(groupId, node, loadMs)
      default:
        return this.crash()
    }
  }

  /** What ends a fault happens when the process runs, however long that takes. */
  private later(ms: number, what: () => void): void {
    const { queue } = this.stage.world
    const whenUp = () => {
      if (this.isDown) queue.after(100, whenUp)
      else what()
    }
    queue.after(this.stage.random.exponential(ms), whenUp)
  }

  private crash(): void {
    if (this.isDown) return
    const { world, disk, referee, random, trace } = this.stage
    trace.add(() => 'FAULT process crashes')
    this.isDown = true
    this.crashes++
    world.crashAll()
    disk.crash()
    referee.crashed()
    world.queue.after(random.between(100, 5000), () => {
      // whoever operates it has seen to it
      disk.isUnreadable = false
      trace.add(() => 'process starts')
      this.isDown = false
      world.startAll()
    })
  }
}
