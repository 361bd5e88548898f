// A scenario as a text: lines that begin with '> ' are commands, the lines below each are everything that follows from it.
// play() gives the whole text anew; the test compares it with the file. To write what follows into the files:
// UPDATE_SCENARIOS=1 npx vitest run test/scenarios
//
//   > a joins [as new] [instance=i] [protocols=x,y] [session=10s] [rebalance=60s] [v3]
//   > a syncs a#1=P0 b#2=P1        > a heartbeats        > a commits foo-0 5 [old]
//   > a leaves                     > 10s pass            > the shard restarts

import type { ShardDecision } from '../../src/coordinator/types.js'
import { FOO, GROUP, Harness, type Pending, subscription } from '../coordinator/harness.js'
import { describeRecord, describeReply, describeTimer, shortIds } from './words.js'

interface Actor {
  memberId: string
  generationId: number
  instanceId: string | null
}

export function play(text: string): string {
  const [settings = '', ...rest] = text
    .split('\n')
    .filter((line) => line.startsWith('set ') || !line.startsWith('  '))
  const delay = /^set initial delay (\d+)s$/.exec(settings)?.[1]
  const scene = new Scene(delay === undefined ? 0 : Number(delay) * 1000)
  const lines = [settings, ...rest].flatMap((line) =>
    line.startsWith('> ') ? [line, ...scene.run(line.slice(2))] : [line],
  )
  return lines.join('\n')
}

class Scene {
  private readonly harness: Harness
  private readonly actors = new Map<string, Actor>()
  private readonly waiting: { actor: string; api: string; pending: Pending<object> }[] = []
  private seen: string[] = []

  constructor(groupInitialRebalanceDelayMs: number) {
    this.harness = new Harness({ groupInitialRebalanceDelayMs })
    this.harness.onDecision = (decision) => this.see(decision)
    this.harness.onReplies = () => this.collect()
  }

  run(command: string): string[] {
    this.seen = []
    this.carryOut(command)
    const told = this.seen
    if (told.length === 0) told.push('nothing')
    return told.map((line) => `  ${shortIds(line)}`)
  }

  private carryOut(command: string): void {
    const [name = '', verb = '', ...words] = command.split(' ')
    const pass = /^(\d+(?:\.\d+)?)(ms|s|min|d) pass$/.exec(command)
    if (pass !== null) return this.harness.advance(Number(pass[1]) * UNITS[pass[2] as keyof typeof UNITS])
    if (command === 'the shard restarts') return this.harness.restart()
    const actor = this.actors.get(name) ?? { memberId: '', generationId: -1, instanceId: null }
    this.actors.set(name, actor)
    this.harness.clientId = name
    switch (verb) {
      case 'joins':
        return this.join(name, actor, words)
      case 'syncs':
        return this.sync(name, actor, words)
      case 'heartbeats':
        return this.ask(name, 'Heartbeat', 4, { ...this.identity(actor), groupInstanceId: actor.instanceId })
      case 'leaves':
        return this.ask(name, 'LeaveGroup', 5, {
          members: [{ memberId: actor.memberId, groupInstanceId: actor.instanceId, reason: null }],
        })
      case 'commits':
        return this.commit(name, actor, words)
      default:
        throw new Error(`no such command: ${command}`)
    }
  }

  private identity({ memberId, generationId }: Actor) {
    return { memberId, generationId }
  }

  private join(name: string, actor: Actor, words: readonly string[]): void {
    const option = (key: string) => words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1)
    const seconds = (key: string, usual: number) =>
      Number((option(key) ?? `${usual}s`).replace('s', '')) * 1000
    actor.instanceId = option('instance') ?? actor.instanceId
    const version = Number(words.find((word) => /^v\d+$/.test(word))?.slice(1) ?? 9)
    this.ask(name, 'JoinGroup', version, {
      memberId: words.join(' ').includes('as new') ? '' : actor.memberId,
      groupInstanceId: actor.instanceId,
      sessionTimeoutMs: seconds('session', 10),
      rebalanceTimeoutMs: seconds('rebalance', 60),
      protocolType: 'consumer',
      protocols: (option('protocols') ?? 'range').split(',').map((protocol) => {
        return { name: protocol, metadata: subscription('foo') }
      }),
    })
  }

  private sync(name: string, actor: Actor, words: readonly string[]): void {
    const assignments = words.map((word) => {
      const [id = '', assignment = ''] = word.split('=')
      return { memberId: this.longId(id), assignment: Buffer.from(assignment) }
    })
    const open = { protocolType: 'consumer', protocolName: 'range', groupInstanceId: actor.instanceId }
    this.ask(name, 'SyncGroup', 5, { ...this.identity(actor), ...open, assignments })
  }

  private longId(short: string): string {
    const group = this.harness.machine.state.groups.get(GROUP)
    return [...(group?.members.keys() ?? [])].find((id) => shortIds(id) === short) ?? short
  }

  private commit(name: string, actor: Actor, [target = '', offset = '0', old]: readonly string[]): void {
    const [topic = '', index = '0'] = target.split('-')
    const partition = {
      partitionIndex: Number(index),
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: '',
    }
    this.ask(name, 'OffsetCommit', 9, {
      memberId: actor.memberId,
      generationIdOrMemberEpoch: actor.generationId - (old === undefined ? 0 : 1),
      groupInstanceId: actor.instanceId,
      topics: [{ name: topic, topicId: FOO.id, partitions: [partition] }],
    })
  }

  private ask(actor: string, api: Parameters<Harness['ask']>[0], version: number, request: object): void {
    const pending = this.harness.ask(api, version, { groupId: GROUP, ...request }) as Pending<object>
    if (pending.answer === undefined) {
      this.waiting.push({ actor, api, pending })
      this.seen.push(`${actor}'s ${api} is parked`)
    } else {
      this.seen.push(...this.replied(actor, api, pending.answer))
    }
  }

  private see({ records, timers, events }: ShardDecision): void {
    for (const event of events) {
      if (event.type === 'state')
        this.seen.push(`${event.from} -> ${event.to}, generation ${event.generation}: ${event.cause}`)
      if (event.type === 'member-removed') this.seen.push(`${event.memberId} is removed: ${event.cause}`)
      if (event.type === 'group-removed') this.seen.push(`the group is removed: ${event.cause}`)
    }
    this.seen.push(...records.map(describeRecord))
    this.seen.push(...timers.flatMap((timer) => describeTimer(timer, this.harness.nowMs)))
  }

  /** What was parked and is answered now. */
  private collect(): void {
    for (let i = 0; i < this.waiting.length; i++) {
      const { actor, api, pending } = this.waiting[i] as (typeof this.waiting)[number]
      if (pending.answer === undefined) continue
      this.waiting.splice(i--, 1)
      this.seen.push(...this.replied(actor, api, pending.answer))
    }
  }

  private replied(name: string, api: string, answer: object): string[] {
    const actor = this.actors.get(name) as Actor
    const { errorCode, memberId, generationId } = answer as {
      errorCode?: number
      memberId?: string
      generationId?: number
    }
    if (memberId && (errorCode === 0 || errorCode === 79)) actor.memberId = memberId
    if (errorCode === 0 && generationId !== undefined) actor.generationId = generationId
    return [`${name} <- ${describeReply(api, answer)}`]
  }
}

const UNITS = { ms: 1, s: 1000, min: 60_000, d: 86_400_000 }
