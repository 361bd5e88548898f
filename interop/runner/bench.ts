// What a check has in its hand: a topic, a group, members and a producer of one client, on a broker of its own.

import type { Client } from '../client.js'
import { answeredCommits } from './commits.js'
import { type History, judge, owned } from './judge.js'
import { type Command, Program, type Settings } from './program.js'
import type { Target } from './target.js'
import { Failed, until } from './until.js'

/** The client id of another client's programs: what they ask is not the client's own. */
export const HELPER = 'helper'
/** How many records one `send` is: a few for every partition. */
const CHUNK = 60
const MEMBER_METADATA_MS = 1000
/** A loaded machine must not be taken for a lost member; checks that wait for a session to run out set it shorter. */
const MEMBER: Settings = { session: 6000, heartbeat: 200, rebalance: 10_000, metadata: MEMBER_METADATA_MS }

export interface Commands {
  readonly own: Command
  readonly members: Command
  /** A client of another language, set up where a check wants it. */
  partner(): Command | Promise<Command>
}

export class Bench {
  readonly client: Client
  readonly target: Target
  readonly topic: string
  readonly group: string
  readonly members: Program[] = []
  readonly produced: string[] = []
  private readonly programs: Program[] = []
  private readonly command: Command
  /** Of its members and producers. */
  private readonly memberCommand: Command
  private readonly partnerCommand: Commands['partner']
  private producer: Program | null = null
  private partitions = 0

  constructor(client: Client, { own, members, partner }: Commands, target: Target, name: string) {
    this.client = client
    this.command = own
    this.memberCommand = members
    this.partnerCommand = partner
    this.target = target
    this.topic = `${name}-topic`
    this.group = `${name}-group`
  }

  async createTopic(partitions: number): Promise<void> {
    this.partitions = partitions
    await this.target.createTopic(this.topic, partitions)
  }

  /** Another producer sends what follows: some do not see new partitions for minutes. */
  async grow(partitions: number): Promise<void> {
    this.partitions = partitions
    await this.producer?.kill()
    this.producer = null
    await this.target.growTopic(this.topic, partitions)
  }

  program(name: string, mode: string, more: Settings = {}): Program {
    const { target, topic, group, client } = this
    const isOwn = mode === 'admin' || client.members === undefined
    const id = isOwn ? name : HELPER
    const settings = { bootstrap: target.bootstrap, topic, group, client: id, ...client.settings, ...more }
    const program = new Program(name, mode === 'admin' ? this.command : this.memberCommand, mode, settings)
    this.programs.push(program)
    return program
  }

  /** A client of another language, on the same topic. */
  async partner(name: string, mode: string, more: Settings = {}): Promise<Program> {
    const { target, topic, group } = this
    const settings = { bootstrap: target.bootstrap, topic, group, client: HELPER, ...MEMBER, ...more }
    const program = new Program(name, await this.partnerCommand(), mode, settings)
    this.programs.push(program)
    return program
  }

  join(more: Settings = {}): Program {
    const member = this.program(`member${this.members.length + 1}`, 'consume', { ...MEMBER, ...more })
    this.members.push(member)
    return member
  }

  /** Sends `count` records, spread over all partitions; resolves when they are acknowledged. */
  async produce(count = CHUNK): Promise<void> {
    if (this.client.readsNothing) return
    this.producer ??= this.program('producer', 'produce')
    await this.send(this.producer, count)
  }

  async send(producer: Program, count: number): Promise<void> {
    const from = this.produced.length
    const before = producer.all('produced').length
    producer.tell(`send ${from} ${count} ${this.partitions}`)
    await producer.says('produced', before + 1)
    for (let i = from; i < from + count; i++) this.produced.push(`v-${i}`)
  }

  /** Produces, chunk by chunk, while the other thing goes on. */
  async whileProducing<T>(action: () => Promise<T>): Promise<T> {
    let isDone = false
    const done = action().finally(() => {
      isDone = true
    })
    done.catch(() => {}) // it is awaited below
    try {
      while (!isDone) {
        await this.produce()
        await new Promise((resolve) => setTimeout(resolve, 100)) // a flow, not a flood
      }
    } catch (error) {
      await done.catch(() => {})
      throw error
    }
    return done
  }

  alive(): Program[] {
    return this.members.filter((member) => !member.isOver && member.all('left').length === 0)
  }

  /** Until the members own every partition exactly once, each at least one, and the broker has them as members. */
  async settled(members: readonly Program[] = this.alive()): Promise<void> {
    const all = Array.from({ length: this.partitions }, (_, i) => i).join()
    const own = () => members.map((member) => owned(member.events))
    const isSettled = async () => {
      for (const member of members) this.assertRuns(member)
      const now = own()
      if (now.some((partitions) => partitions.length === 0)) return false
      if (
        now
          .flat()
          .sort((a, b) => a - b)
          .join() !== all
      )
        return false
      const { state, members: count } = await this.target.group(this.group)
      return state === 'Stable' && count === members.length
    }
    const seen = async () => {
      const { state, members: count } = await this.target.group(this.group)
      const shares = own().map((partitions, i) => `${members[i]?.name} [${partitions}]`)
      const words = members.map((member) => `${member.name}: ${member.lastWords()}`)
      return `The group is ${state} with ${count} members; ${shares.join(', ')}\n${words.join('\n')}`
    }
    await until(`${members.length} members own ${this.partitions} partitions`, isSettled, seen)
  }

  /** Until so many members have sent that from now on; where the broker does not tell, for as long as metadata may be old. */
  async asked(api: string, count: number): Promise<void> {
    const sinceMs = Date.now()
    await until(`${count} members sent ${api}`, async () => {
      const requests = await this.target.requests()
      if (requests === null) return Date.now() > sinceMs + 2 * MEMBER_METADATA_MS
      const mine = requests.filter((each) => each.api === api && each.atMs > sinceMs)
      return new Set(mine.map(({ clientId }) => clientId)).size >= count
    })
  }

  private assertRuns(member: Program): void {
    member.assertWell()
    if (member.isOver) throw new Failed(`${member.name} ended: ${member.lastWords()}`)
  }

  /** Until somebody has read each record that was produced. */
  async allRead(): Promise<void> {
    const unread = () => {
      const seen = new Set(this.members.flatMap((member) => member.all('consumed').map(({ value }) => value)))
      return this.produced.filter((value) => !seen.has(value))
    }
    await until(
      `all ${this.produced.length} records are read`,
      () => {
        for (const member of this.alive()) this.assertRuns(member)
        return unread().length === 0
      },
      () => {
        const words = this.alive().map((member) => `${member.name}: ${member.lastWords()}`)
        return `Missing: ${unread().slice(0, 8)} (${unread().length})\n${words.join('\n')}`
      },
    )
  }

  async leave(member: Program): Promise<void> {
    member.tell('stop')
    await member.says('left')
    await member.ends()
  }

  /** Everything is read, all leave, and what was committed is what was read. */
  async finish(): Promise<void> {
    await this.allRead()
    for (const member of this.alive()) await this.leave(member)
    await this.assertRead()
    if (!this.client.rereads) await this.assertCommitted()
  }

  async assertRead(): Promise<void> {
    const [problem, ...more] = judge(
      this.produced,
      [...this.members, ...(await this.unsaid())],
      this.client.rereads,
    )
    if (problem !== undefined) throw new Failed([problem, ...more.slice(0, 4)].join('; '))
  }

  private async unsaid(): Promise<History[]> {
    if (this.client.tellsCommits !== false) return []
    const requests = await this.target.requests()
    return requests === null ? [] : [answeredCommits(requests, this.group)]
  }

  private async assertCommitted(): Promise<void> {
    const ends: Record<number, number> = {}
    for (let i = 0; i < this.partitions; i++) ends[i] = 0
    for (const member of this.members)
      for (const { partition, offset } of member.all('consumed'))
        ends[partition] = Math.max(ends[partition] ?? 0, offset + 1)
    const wanted = Object.fromEntries(Object.entries(ends).filter(([, offset]) => offset > 0))
    const seen = async () => JSON.stringify(await this.target.committed(this.group, this.topic))
    const isThere = async () => {
      const committed = await this.target.committed(this.group, this.topic)
      return Object.entries(wanted).every(([partition, offset]) => committed[partition] === offset)
    }
    await until(`committed is ${JSON.stringify(wanted)}`, isThere, seen, 3000)
  }

  async end(): Promise<void> {
    const running = this.programs.filter((program) => !program.isOver)
    await Promise.all(running.map((program) => program.kill()))
  }
}
