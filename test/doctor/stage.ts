// Where scenarios are played: a broker on virtual time, members that do what they are told, and the doctor's findings on the
// journal of it.

import { vi } from 'vitest'
import { examineJournal } from '../../src/doctor/examine.js'
import type { Finding } from '../../src/doctor/rule.js'
import { type Cohort, type CohortOptions, startCohort } from '../../src/index.js'
import { Actor, type ActorOptions } from './actor.js'

type Plan = (actors: readonly Actor[]) => ReadonlyMap<string, Readonly<Record<string, readonly number[]>>>

/** 'orders' has so many partitions. */
export const PARTITIONS = 6

export class Stage implements AsyncDisposable {
  readonly cohort: Cohort
  private readonly actors: Actor[] = []

  private constructor(cohort: Cohort) {
    this.cohort = cohort
  }

  static async open(options: CohortOptions = {}): Promise<Stage> {
    const topics = { orders: PARTITIONS, payments: 2 }
    return new Stage(await startCohort({ topics, clock: 'virtual', seed: 0, verify: false, ...options }))
  }

  async actor(options: ActorOptions = {}, groupId = 'g'): Promise<Actor> {
    const actor = await Actor.connect(this.cohort.port, groupId, options)
    this.actors.push(actor)
    return actor
  }

  /** A member that has joined, with whoever was there before, who rejoin at once. */
  async member(options: ActorOptions = {}, before: readonly Actor[] = [], plan?: Plan): Promise<Actor> {
    const actor = await this.actor(options)
    await this.enter(actor, before, plan)
    return actor
  }

  /** So many members with the same settings, one after the other. */
  async members(count: number, options: ActorOptions = {}): Promise<Actor[]> {
    const all: Actor[] = []
    for (let i = 0; i < count; i++) all.push(await this.member(options, [...all]))
    return all
  }

  async enter(actor: Actor, before: readonly Actor[] = [], plan?: Plan): Promise<void> {
    const joining = actor.join()
    if (before.length > 0) await this.parked(actor)
    await this.pass(1)
    await Promise.all([joining, ...before.map((each) => each.join())])
    await this.sync([...before, actor], plan)
  }

  /** Its JoinGroup has come and waits. */
  async parked(actor: Actor): Promise<void> {
    const { groupId, options } = actor
    const seen = async () => {
      const group = await this.cohort.group(groupId).snapshot()
      const isIn = group?.members.some(
        ({ memberId, instanceId, waitsIn }) =>
          waitsIn === 'JoinGroup' &&
          (options.instanceId === null ? memberId === actor.memberId : instanceId === options.instanceId),
      )
      if (isIn !== true) throw new Error(`'${actor.memberId}' has not joined`)
    }
    await vi.waitFor(seen, { interval: 2, timeout: 5000 })
  }

  async sync(actors: readonly Actor[], plan: Plan = evenly): Promise<void> {
    await this.pass(1)
    await Promise.all(actors.map((actor) => actor.sync(actor.leads ? plan(actors) : undefined)))
    await this.pass(1)
  }

  /** Time goes by; some heartbeat meanwhile, the others are silent. */
  async pass(ms: number, beating: readonly Actor[] = [], everyMs = 3000): Promise<void> {
    for (let left = ms; left > 0; left -= everyMs) {
      await this.cohort.clock.advance(Math.min(left, everyMs), { silent: 'all' })
      if (left >= everyMs) for (const actor of beating) await actor.heartbeat()
    }
  }

  /** All, or those of one rule. */
  findings(rule?: string): Finding[] {
    const { journal, clock } = this.cohort
    journal.flush(clock.now())
    const findings = examineJournal({ entries: journal.entries(), nowMs: clock.now() })
    return rule === undefined ? findings : findings.filter((finding) => finding.rule === rule)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const actor of this.actors) await actor.close()
    await this.cohort.stop()
  }
}

/** Partition i of 'orders' to member i, round and round; of two that differ in topics each gets its own. */
export const evenly: Plan = (actors) => {
  const plan = new Map<string, Record<string, number[]>>(actors.map(({ memberId }) => [memberId, {}]))
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const { memberId } = actors[partition % actors.length] as Actor
    const topics = plan.get(memberId) as Record<string, number[]>
    topics.orders = [...(topics.orders ?? []), partition]
  }
  return plan
}

/** Only the first so many partitions of 'orders'. */
export const few =
  (count: number): Plan =>
  (actors) =>
    new Map(
      actors.map(({ memberId }, i) => [
        memberId,
        { orders: Array.from({ length: count }, (_, p) => p).filter((p) => p % actors.length === i) },
      ]),
    )
