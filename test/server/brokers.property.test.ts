// Coordinators and leaders moved, nodes stopped and started in any order: every group and partition has one node at most that answers
// for it, the one that is said to; what was accepted is there.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { buildBatch } from '../../src/protocol/records/batch.js'
import { RawClient } from '../helpers/raw-client.js'

const NODES = [1, 2, 3]
const GROUPS = ['a', 'my-group']
const PARTITIONS = [0, 1, 2]

type Act =
  | { readonly what: 'coordinator'; readonly group: string; readonly to: number }
  | { readonly what: 'leader'; readonly partition: number; readonly to: number }
  | { readonly what: 'stop' | 'start'; readonly nodeId: number }
  | { readonly what: 'commit'; readonly group: string }
  | { readonly what: 'produce'; readonly partition: number }

const of = <T>(values: readonly T[]) => fc.constantFrom(...values)
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ what: fc.constant('coordinator' as const), group: of(GROUPS), to: of(NODES) }),
  fc.record({ what: fc.constant('leader' as const), partition: of(PARTITIONS), to: of(NODES) }),
  fc.record({ what: of(['stop', 'start'] as const), nodeId: of(NODES) }),
  fc.record({ what: fc.constant('commit' as const), group: of(GROUPS) }),
  fc.record({ what: fc.constant('produce' as const), partition: of(PARTITIONS) }),
)

/** Each node asked in turn, those that are stopped not. */
class Asker {
  readonly cohort: Cohort
  private readonly clients = new Map<number, RawClient>()

  constructor(cohort: Cohort) {
    this.cohort = cohort
  }

  async node(nodeId: number): Promise<RawClient> {
    const known = this.clients.get(nodeId)
    if (known !== undefined) return known
    const client = await RawClient.connect(this.cohort.ports[nodeId - 1] as number)
    this.clients.set(nodeId, client)
    return client
  }

  async stop(nodeId: number): Promise<void> {
    await this.cohort.stopBroker(nodeId)
    await this.clients.get(nodeId)?.closed
    this.clients.delete(nodeId)
  }

  get running(): number[] {
    return this.cohort.nodes().flatMap(({ nodeId, isRunning }) => (isRunning ? [nodeId] : []))
  }

  /** Those that answer for it. */
  async whoCoordinates(group: string): Promise<number[]> {
    const answers = await Promise.all(
      this.running.map(async (nodeId) =>
        (await (await this.node(nodeId)).heartbeat(group)).errorCode === E.NOT_COORDINATOR ? [] : [nodeId],
      ),
    )
    return answers.flat()
  }

  async whoLeads(partition: number): Promise<number[]> {
    const topics = [{ name: 'foo', partitions: [{ partitionIndex: partition, timestamp: -1n }] }]
    const answers = await Promise.all(
      this.running.map(async (nodeId) => {
        const answer = await (await this.node(nodeId)).send(Apis.ListOffsets, 5, { topics })
        return answer.topics[0]?.partitions[0]?.errorCode === E.NONE ? [nodeId] : []
      }),
    )
    return answers.flat()
  }

  close(): void {
    for (const client of this.clients.values()) client.close()
  }
}

interface Accepted {
  readonly offsets: Map<string, bigint>
  readonly records: Map<number, number>
}

async function carryOut(asker: Asker, action: Act, accepted: Accepted): Promise<void> {
  const { cohort, running } = asker
  switch (action.what) {
    case 'coordinator': {
      const { group, to } = action
      if (running.includes(to) && cohort.group(group).coordinator() !== to)
        await cohort.group(group).moveCoordinator({ to })
      return
    }
    case 'leader': {
      const { partition, to } = action
      if (running.includes(to) && cohort.leaderOf('foo', partition) !== to)
        cohort.moveLeader('foo', partition, to)
      return
    }
    case 'stop':
      return running.includes(action.nodeId) ? asker.stop(action.nodeId) : undefined
    case 'start':
      return running.includes(action.nodeId) ? undefined : cohort.startBroker(action.nodeId)
    case 'commit': {
      const offset = (accepted.offsets.get(action.group) ?? 0n) + 1n
      const topics = [{ name: 'foo', partitions: [{ partitionIndex: 0, committedOffset: offset }] }]
      const body = { groupId: action.group, generationIdOrMemberEpoch: -1, memberId: '', topics }
      for (const nodeId of running) {
        const answer = await (await asker.node(nodeId)).send(Apis.OffsetCommit, 8, body)
        if (answer.topics[0]?.partitions[0]?.errorCode === E.NONE) accepted.offsets.set(action.group, offset)
      }
      return
    }
    case 'produce': {
      const records = buildBatch({ records: [{ timestampMs: 0n, value: Buffer.from('v') }] })
      const topicData = [{ name: 'foo', partitionData: [{ index: action.partition, records }] }]
      for (const nodeId of running) {
        const answer = await (await asker.node(nodeId)).send(Apis.Produce, 9, { acks: -1, topicData })
        if (answer.responses[0]?.partitionResponses[0]?.errorCode !== E.NONE) continue
        accepted.records.set(action.partition, (accepted.records.get(action.partition) ?? 0) + 1)
      }
    }
  }
}

async function check(asker: Asker, accepted: Accepted): Promise<void> {
  const { cohort, running } = asker
  for (const group of GROUPS) {
    const said = cohort.group(group).coordinator()
    expect(await asker.whoCoordinates(group)).toEqual(said < 0 ? [] : [said])
    expect(said < 0).toBe(running.length === 0)
    if (said < 0) continue
    const committed = await cohort.group(group).committedOffset('foo', 0)
    expect(committed).toBe(accepted.offsets.get(group) ?? -1n)
  }
  for (const partition of PARTITIONS) {
    const said = cohort.leaderOf('foo', partition)
    expect(await asker.whoLeads(partition)).toEqual(said < 0 ? [] : [said])
    const kept = await cohort.records('foo', { partition })
    expect(kept).toHaveLength(accepted.records.get(partition) ?? 0)
  }
}

it('one node answers for each group and partition, and keeps what it accepted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
      const cohort = await startCohort({ brokers: 3, topics: { foo: 3 }, verify: false })
      const asker = new Asker(cohort)
      const accepted: Accepted = { offsets: new Map(), records: new Map() }
      try {
        for (const action of acts) {
          await carryOut(asker, action, accepted)
          await check(asker, accepted)
        }
      } finally {
        asker.close()
        await cohort.stop()
      }
    }),
    { numRuns: 25 },
  )
})
