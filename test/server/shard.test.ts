// A shard on the move: who waits is sent away, what is kept comes along, and nothing is taken in twice or too early.

import { describe, expect, it } from 'vitest'
import { createShard } from '../../src/coordinator/coordinator.js'
import type { GroupRecord, ShardEvent } from '../../src/coordinator/types.js'
import { emptyImage, withTopics } from '../../src/metadata/changes.js'
import { NO_LEADER } from '../../src/metadata/leaders.js'
import { DEFAULT_SETTINGS } from '../../src/metadata/settings.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { VirtualClock } from '../../src/server/clock.js'
import { countedIds } from '../../src/server/ids.js'
import { groupRecords } from '../../src/server/records.js'
import { Host } from '../../src/server/runtime.js'
import { Shard } from '../../src/server/shard.js'
import type { ServerTicket } from '../../src/server/ticket.js'
import { Timers } from '../../src/server/timers.js'
import { MemoryStore } from '../../src/store/memory.js'
import type { Store, StoredRecord } from '../../src/store/store.js'
import { FOO, JOIN } from '../coordinator/harness.js'
import { HeldStore } from '../helpers/held-store.js'

class Ticket implements ServerTicket {
  readonly clientId = 'c'
  readonly clientHost = '/h'
  readonly apiVersion: number
  answered: object | number | undefined
  onAnswer: () => void = () => {}

  constructor(apiVersion: number) {
    this.apiVersion = apiVersion
  }
  get isAnswered(): boolean {
    return this.answered !== undefined
  }
  decided(): void {}
  answer(response: object | number): void {
    if (this.isAnswered) throw new Error('answered twice')
    this.answered = response
    this.onAnswer()
  }
  refuse(errorCode: number): void {
    this.answer(errorCode)
  }
}

function setUp(store: Store = new MemoryStore()) {
  const clock = new VirtualClock(1000)
  const image = withTopics(emptyImage('c', [], { ...DEFAULT_SETTINGS, groupInitialRebalanceDelayMs: 0 }), [
    FOO,
  ])
  const lines: string[] = []
  const ids = countedIds(1)
  const host = new Host<ShardEvent, GroupRecord>(
    groupRecords(0, () => createShard({ ids })),
    {
      clock,
      timers: new Timers(clock),
      store,
      image: () => image,
      observed: () => false,
      commitsObserved: () => false,
      publish: () => {},
      defect: (where, error) => lines.push(`defect ${where} ${error}`),
      fatal: (where, error) => lines.push(`fatal ${where} ${error}`),
      log: (line) => lines.push(line),
    },
  )
  const shard = new Shard(0, 1, host)
  host.start()
  const ask = (apiVersion: number, event: object): Ticket => {
    const ticket = new Ticket(apiVersion)
    shard.submit({ ...event, ticket } as unknown as ShardEvent)
    return ticket
  }
  const commit = (offset: number): Ticket => {
    const partitions = [{ partitionIndex: 0, committedOffset: BigInt(offset), committedMetadata: '' }]
    const topics = [{ name: 'foo', topicId: FOO.id, partitions }]
    return ask(8, {
      type: 'OffsetCommit',
      request: { groupId: 'g', generationIdOrMemberEpoch: -1, memberId: '', retentionTimeMs: -1n, topics },
    })
  }
  const committed = (): unknown => {
    const request = { groupId: 'g', memberId: null, memberEpoch: -1, topics: null }
    const { answered } = ask(8, { type: 'OffsetFetch', request, requireStable: false })
    if (typeof answered !== 'object') return answered
    const { topics } = answered as { topics: { partitions: { committedOffset: bigint }[] }[] }
    return topics[0]?.partitions[0]?.committedOffset
  }
  return { clock, host, shard, lines, ask, commit, committed }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a shard that moves', () => {
  it('is led by the new node before anybody is sent to look for it', () => {
    const { shard, ask, clock } = setUp()
    const parked = ask(3, { type: 'JoinGroup', request: { ...JOIN, groupId: 'g' } })
    expect(parked.answered).toBeUndefined()
    let seen = 0
    parked.onAnswer = () => {
      seen = shard.leader
    }
    const load = shard.moveTo(2)
    expect(parked.answered).toMatchObject({ errorCode: E.NOT_COORDINATOR })
    expect(seen).toBe(2)
    clock.advance(600_000) // of what it was, no timer is left
    load()
    expect(shard.host.isActive).toBe(true)
  })

  it('loads when it is told to, and not before; meanwhile it says so', () => {
    const { shard, host, commit, committed } = setUp()
    commit(5)
    const load = shard.moveTo(2)
    expect(committed()).toBe(E.COORDINATOR_LOAD_IN_PROGRESS)
    expect(host.isActive).toBe(false)
    load()
    expect(committed()).toBe(5n)
    load() // once more does nothing
    commit(6)
    expect(committed()).toBe(6n)
  })

  it('moves on before it was loaded: the last one loads it', () => {
    const { shard, host, commit, committed } = setUp()
    commit(5)
    const [toSecond, toThird] = [shard.moveTo(2), shard.moveTo(3)]
    toThird()
    expect(host.isActive).toBe(false) // the second's load is not over
    toSecond()
    expect(shard.leader).toBe(3)
    expect(committed()).toBe(5n)
  })

  it('waits for somebody to lead it where nobody does', () => {
    const { shard, host, commit, committed } = setUp()
    commit(5)
    shard.moveTo(NO_LEADER)()
    shard.moveTo(NO_LEADER)()
    expect([shard.leader, host.isActive]).toEqual([NO_LEADER, false])
    shard.moveTo(3)()
    expect(committed()).toBe(5n)
  })

  it('is not loaded before what was on its way to the disk is there, or is not', async () => {
    const store = new HeldStore()
    const { shard, host, commit, committed } = setUp(store)
    const [first, second] = [commit(5), commit(6)]
    shard.moveTo(2)()
    expect([first.answered, second.answered]).toEqual([E.NOT_COORDINATOR, E.NOT_COORDINATOR])
    store.held[0]?.succeed()
    await turn()
    expect(host.isActive).toBe(false)
    store.held[1]?.fail()
    await turn()
    expect(committed()).toBe(5n) // who was refused does not know, and asks or commits again
  })

  it('takes in nothing of a load that it left behind', async () => {
    const kept = new MemoryStore()
    const before = setUp(kept)
    before.commit(5)
    const gates: (() => void)[] = []
    const slow: Store = {
      async *load(log: string): AsyncIterable<StoredRecord> {
        const records = [...kept.load(log)]
        await new Promise<void>((resolve) => gates.push(resolve))
        yield* records
      },
      append: (log, records) => kept.append(log, records),
      close: async () => {},
    }
    const { shard, host, committed } = setUp(slow)
    const loaded = shard.move(2, Promise.resolve())
    before.commit(6)
    await turn()
    expect(gates).toHaveLength(2)
    gates[0]?.()
    await turn()
    expect(host.isActive).toBe(false)
    gates[1]?.()
    await loaded
    expect(committed()).toBe(6n)
  })

  it('a load that was left behind may fail: nobody cares', async () => {
    const gates: ((error?: Error) => void)[] = []
    const slow: Store = {
      async *load(): AsyncIterable<StoredRecord> {
        await new Promise<void>((resolve, reject) =>
          gates.push((error) => (error === undefined ? resolve() : reject(error))),
        )
        yield* []
      },
      append: () => undefined,
      close: async () => {},
    }
    const { shard, host, lines } = setUp(slow)
    const loaded = shard.move(2, Promise.resolve())
    await turn()
    gates[0]?.(new Error('unreadable'))
    await turn()
    gates[1]?.()
    await loaded
    expect(host.isActive).toBe(true)
    expect(lines).toEqual([])
  })

  it('that is stopped stays so', async () => {
    const { shard, host, committed } = setUp()
    await host.stop()
    await shard.move(2, Promise.resolve())
    expect(committed()).toBe(E.NOT_COORDINATOR)
  })
})
