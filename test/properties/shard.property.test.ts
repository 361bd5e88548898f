// The shard under random commands in virtual time: whatever members do, right or wrong, the promises hold. The invariants
// of the state itself (src/coordinator/invariants.ts) are checked by the harness after every step.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupMetadataValue } from '../../src/coordinator/records.js'
import type { GroupTimer } from '../../src/coordinator/types.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { GROUP, Harness, type Pending, protocols } from '../coordinator/harness.js'

/** Who acts: dynamic members 0-2, static members 3-4 (instances s3, s4). */
const actor = fc.nat(4)
const flaw = fc.constantFrom('none', 'none', 'none', 'generation', 'member', 'instance')
const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      actor,
      version: fc.nat(9),
      offer: fc.nat(3),
      forget: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('sync' as const), actor, flaw }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('heartbeat' as const), actor, flaw }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), actor, flaw }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('commit' as const), actor, flaw, offset: fc.nat(1000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('simple' as const), offset: fc.nat(1000) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('round' as const),
      actors: fc.subarray([0, 1, 2, 3, 4], { minLength: 1 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('alive' as const), times: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deleteOffset' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      byMs: fc.constantFrom(0, 10, 60, 300, 300, 900, 2100, 5100),
    }),
  },
)
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

const OFFERS = [
  protocols('range'),
  protocols('range', 'sticky'),
  protocols('sticky', 'range'),
  protocols('other', 'range'),
]
const SESSION_MS = 2000
const REBALANCE_MS = 5000
const INITIAL_DELAY_MS = 50
const RUNS = 500

/** Plays commands, remembering what each actor was told, and checks the promises as it goes. */
class Play {
  readonly harness = new Harness({ groupInitialRebalanceDelayMs: INITIAL_DELAY_MS })
  private readonly memberIds: string[] = ['', '', '', '', '']
  private readonly generations: number[] = [-1, -1, -1, -1, -1]
  private readonly parked: { actor: number; pending: Pending<object>; sinceMs: number }[] = []
  private committed: bigint | null = null
  private lastGeneration = -1
  stableRounds = 0

  run(commands: readonly Command[]): void {
    for (const step of commands) {
      this.play(step)
      this.listen()
      this.checkWaiting()
      this.checkGeneration()
      this.checkSessionTimers()
      expect(this.harness.committed()).toBe(this.committed ?? -1n)
    }
  }

  private play(step: Command): void {
    const { harness } = this
    switch (step.do) {
      case 'join':
        return this.join(step.actor, step.version, step.offer, step.forget)
      case 'sync': {
        const { memberId, generationId, groupInstanceId } = this.identity(step.actor, step.flaw)
        const assignments = Object.fromEntries(this.memberIds.map((id) => [id, `for ${id}`]))
        const open = { protocolType: null, protocolName: null, groupInstanceId }
        const pending = harness.sync({ memberId, generationId }, assignments, open, 4)
        this.parked.push({ actor: step.actor, pending, sinceMs: harness.nowMs })
        return
      }
      case 'heartbeat': {
        const { groupInstanceId, ...member } = this.identity(step.actor, step.flaw)
        harness.heartbeat(member, { groupInstanceId })
        return
      }
      case 'leave':
        harness.leave([this.identity(step.actor, step.flaw)])
        return
      case 'commit':
        return this.commit(step.actor, step.flaw, BigInt(step.offset))
      case 'simple':
        if (harness.commit(step.offset) === E.NONE) this.committed = BigInt(step.offset)
        return
      case 'delete':
        if (harness.deleteGroup() === E.NONE) {
          this.committed = null
          this.lastGeneration = -1
        }
        return
      case 'deleteOffset': {
        const partitions = [{ partitionIndex: 0 }]
        const { now } = harness.ask('OffsetDelete', 0, {
          groupId: GROUP,
          topics: [{ name: 'foo', partitions }],
        })
        if (now.topics[0]?.partitions[0]?.errorCode === E.NONE) this.committed = null
        return
      }
      case 'alive':
        return this.stayAlive(step.times)
      case 'round':
        return this.round(step.actors)
      case 'advance':
        return this.advance(step.byMs)
    }
  }

  private instanceOf(actor: number): string | null {
    return actor >= 3 ? `s${actor}` : null
  }

  private identity(actor: number, wrong: string) {
    return {
      memberId: wrong === 'member' ? 'nobody' : (this.memberIds[actor] as string),
      generationId: (this.generations[actor] as number) + (wrong === 'generation' ? 1 : 0),
      groupInstanceId: wrong === 'instance' ? 's4' : this.instanceOf(actor),
    }
  }

  private join(actor: number, version: number, offer: number, forget: boolean): void {
    const { harness } = this
    const instance = version >= 5 ? this.instanceOf(actor) : null
    const request = {
      memberId: forget ? '' : (this.memberIds[actor] as string),
      groupInstanceId: instance,
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
      protocols: OFFERS[offer]!,
    }
    const pending = harness.join(request, version)
    this.parked.push({ actor, pending, sinceMs: harness.nowMs })
  }

  /** Time passes, and everybody heartbeats in it: sessions last, so only the group's own timers can end a phase. */
  private stayAlive(times: number): void {
    for (let i = 0; i < times; i++) {
      for (const actor of this.memberIds.keys()) this.play({ do: 'heartbeat', actor, flaw: 'none' })
      this.advance(900)
      this.listen()
      this.checkWaiting()
    }
  }

  /** A well-behaved generation: these actors join, sync, and heartbeat. */
  private round(actors: readonly number[]): void {
    for (let attempt = 0; attempt < 2; attempt++) {
      for (const actor of actors) this.join(actor, 9, 0, false)
      this.listen()
    }
    this.advance(60)
    this.listen()
    for (const actor of actors) this.play({ do: 'sync', actor, flaw: 'none' })
    this.listen()
    for (const actor of actors) this.play({ do: 'heartbeat', actor, flaw: 'none' })
    if (this.harness.state === 'Stable') this.stableRounds++
  }

  /** While a group has members, a commit with a generation comes from a member of the current one. */
  private commit(actor: number, wrong: string, offset: bigint): void {
    const { memberId, generationId, groupInstanceId } = this.identity(actor, wrong)
    const group = this.harness.machine.state.groups.get(GROUP)
    const isMember = group?.members.has(memberId) === true && group.generation === generationId
    const isEmpty = group === undefined || group.members.size === 0
    const errorCode = this.harness.commit(Number(offset), { memberId, generationId }, { groupInstanceId })
    if (errorCode !== E.NONE) return
    expect(isMember || (isEmpty && generationId < 0)).toBe(true)
    this.committed = offset
  }

  private advance(byMs: number): void {
    const before = this.harness.list().length
    this.harness.advance(byMs)
    if (before > 0 && this.harness.list().length === 0) {
      this.lastGeneration = -1 // the group was empty and had nothing: gone at the check
      expect(this.committed).toBeNull()
    }
  }

  /** What actors learn from the answers that came. */
  private listen(): void {
    for (let i = this.parked.length - 1; i >= 0; i--) {
      const { actor, pending } = this.parked[i]!
      const answer = pending.answer as
        | { errorCode: number; memberId?: string; generationId?: number; members?: { memberId: string }[] }
        | undefined
      if (answer === undefined) continue
      this.parked.splice(i, 1)
      if (answer.memberId) this.memberIds[actor] = answer.memberId
      if (answer.errorCode === E.NONE && answer.generationId !== undefined)
        this.generations[actor] = answer.generationId
      const ids = answer.members?.map(({ memberId }) => memberId) ?? []
      expect(new Set(ids).size).toBe(ids.length)
    }
  }

  private checkGeneration(): void {
    const group = this.harness.machine.state.groups.get(GROUP)
    if (group === undefined) return
    expect(group.generation).toBeGreaterThanOrEqual(this.lastGeneration)
    this.lastGeneration = group.generation
  }

  /** An armed session timer is that of a member or a pending one, and each of them that waits for nothing has one. */
  private checkSessionTimers(): void {
    const { timers, machine } = this.harness
    const expected = new Set<GroupTimer>()
    for (const group of machine.state.groups.values()) {
      for (const timer of group.pendingJoin.values()) expected.add(timer)
      for (const member of group.members.values()) expected.add(member)
      for (const member of group.members.values()) {
        const waits = member.parkedJoin !== null || member.parkedSync !== null
        if (!waits) expect(timers.has(member)).toBe(true)
      }
    }
    for (const timer of timers.keys()) if (timer.kind === 'session') expect(expected.has(timer)).toBe(true)
  }

  /** Left alone long enough, everything that waits is answered: no member keeps a group busy for ever. */
  finish(): void {
    this.harness.advance(400_000)
    this.listen()
    expect(this.parked).toEqual([])
  }

  /** A parked request is answered at the latest when the join or sync timer fires. */
  private checkWaiting(): void {
    for (const { sinceMs } of this.parked) {
      expect(this.harness.nowMs - sinceMs).toBeLessThanOrEqual(REBALANCE_MS + INITIAL_DELAY_MS)
    }
  }
}

/** What Kafka keeps on disk of each group, and every offset. */
function durable(harness: Harness): unknown {
  const { groups, offsets } = harness.machine.state
  const written = new Map<string, unknown>()
  for (const record of harness.records) {
    if (record.kind === 'GroupMetadata') written.set(record.groupId, record.value)
  }
  const kept = [...groups.values()].map((group) => {
    const settled = group.state === 'Stable' || group.state === 'Empty'
    const value =
      settled && written.get(group.id) ? groupMetadataValue(group) : (written.get(group.id) ?? 'simple')
    return [group.id, value]
  })
  return {
    kept,
    offsets: [...offsets.entries()].map(([id, topics]) => [
      id,
      [...topics.entries()].map(([name, values]) => [name, [...values.entries()]]),
    ]),
  }
}

const commands = fc.array(command, { minLength: 1, maxLength: 60, size: 'max' })

describe('the shard under random commands', () => {
  it('keeps every promise, and answers every request once', () => {
    let reachedStable = 0
    fc.assert(
      fc.property(commands, (steps) => {
        const play = new Play()
        play.run(steps)
        play.finish()
        if (play.stableRounds > 0) reachedStable++
      }),
      { numRuns: RUNS },
    )
    expect(reachedStable).toBeGreaterThan(RUNS / 3) // or the commands would prove little
  })

  it('comes back from its records as what was durable', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        const play = new Play()
        play.run(steps)
        const before = durable(play.harness)
        play.harness.restart()
        const after = durable(play.harness)
        expect(after).toEqual(before)
      }),
      { numRuns: 200 },
    )
  })

  it('leaves a second group alone', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        const play = new Play()
        play.harness.commit(77, {}, { groupId: 'other' })
        const other = () => play.harness.machine.state.offsets.get('other')?.get('foo')?.get(0)?.offset
        play.run(steps)
        expect(other()).toBe(77n)
      }),
      { numRuns: 50 },
    )
  })
})
