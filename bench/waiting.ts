// npm run bench:waiting [-- --peer NAME=host:port] [--count 10000] [--write]: what fetches cost that wait for records, each on a connection of
// its own: memory, CPU while nothing comes, and how soon those of a partition have a record that does. Every answer is checked.

import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Apis } from '../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../src/protocol/errors.js'
import { decodeResponse, encodeRequest } from '../src/protocol/frame.js'
import { buildBatch, readBatchHeader } from '../src/protocol/records/batch.js'
import { intoPage, machine } from './page.js'
import { usage } from './processes.js'
import { markdownTable, printTable, range } from './table.js'
import { cohort, createTopic, deleteTopic, peer, type Server } from './throughput/servers.js'
import { FETCH_VERSION, PRODUCE_VERSION, Wire } from './throughput/wire.js'

const { values: given } = parseArgs({
  options: {
    peer: { type: 'string', multiple: true, default: [] },
    count: { type: 'string', default: '10000' },
    write: { type: 'boolean', default: false },
  },
})
const COUNT = Number(given.count)
const PARTITIONS = 100
const WAKES = 100
/** So many before them are not counted. */
const WARM_UP = 50
const IDLE_MS = 5000
const MAX_WAIT_MS = 600_000
/** Connections that are made at the same time: a broker's backlog is short. */
const AT_ONCE = 100

class Waiter {
  private readonly wire: Wire
  private readonly topic: string
  private readonly partition: number
  private correlationId = 0
  private offset = 0
  private resolve: () => void = () => {}

  private constructor(wire: Wire, topic: string, partition: number) {
    this.wire = wire
    this.topic = topic
    this.partition = partition
  }

  static async open(server: Server, topic: string, partition: number): Promise<Waiter> {
    const wire = await Wire.open(server, (frame) => waiter.took(frame))
    const waiter = new Waiter(wire, topic, partition)
    waiter.ask()
    return waiter
  }

  private ask(): void {
    const asked = { partition: this.partition, fetchOffset: BigInt(this.offset), partitionMaxBytes: 1 << 20 }
    const body = {
      ...{ replicaId: -1, maxWaitMs: MAX_WAIT_MS, minBytes: 1, maxBytes: 50 << 20, isolationLevel: 0 },
      ...{ sessionId: 0, sessionEpoch: -1, forgottenTopicsData: [], rackId: '' },
      topics: [{ topic: this.topic, partitions: [asked] }],
    }
    this.wire.socket.write(encodeRequest(Apis.Fetch, FETCH_VERSION, this.correlationId++, 'bench', body))
  }

  private took(frame: Buffer): void {
    const [topic] = decodeResponse(Apis.Fetch, FETCH_VERSION, frame).body.responses
    const [partition] = topic?.partitions ?? []
    if (partition === undefined || partition.errorCode !== ErrorCodes.NONE)
      throw new Error(`Fetch was answered ${errorName(partition?.errorCode ?? -1)}`)
    const { baseOffset } = readBatchHeader(partition.records ?? Buffer.alloc(0))
    if (baseOffset !== BigInt(this.offset))
      throw new Error(`offset ${baseOffset}, where ${this.offset} was due`)
    this.offset++
    this.resolve()
    this.ask()
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.resolve = resolve
    })
  }

  close(): void {
    this.wire.close()
  }
}

interface Outcome {
  readonly kilobytes: number
  readonly idlePercent: number
  readonly idleBeforePercent: number
  /** From the Produce of a record to its arrival at each of those that wait for its partition. */
  readonly firstMs: number[]
  readonly allMs: number[]
}

async function measure(server: Server & { pid: number }): Promise<Outcome> {
  const topic = `waiting-${process.pid}`
  await createTopic(server, topic, PARTITIONS)
  const producer = await Producer.open(server, topic)
  const before = residentKb(server)
  const idleBeforePercent = await idle(server)
  const waiters: Waiter[] = []
  while (waiters.length < COUNT) {
    const some = Array.from(
      { length: Math.min(AT_ONCE, COUNT - waiters.length) },
      (_, i) => waiters.length + i,
    )
    waiters.push(...(await Promise.all(some.map((i) => Waiter.open(server, topic, i % PARTITIONS)))))
  }
  await producer.send(PARTITIONS - 1) // so that all that was asked before has been taken in
  await sleep(IDLE_MS / 5)
  const kilobytes = (residentKb(server) - before) / COUNT
  const idlePercent = await idle(server)
  const firstMs: number[] = []
  const allMs: number[] = []
  for (let i = -WARM_UP; i < WAKES; i++) {
    const partition = (i + WARM_UP) % (PARTITIONS - 1)
    const woken = waiters.filter((_, k) => k % PARTITIONS === partition).map((waiter) => waiter.next())
    const begunAt = performance.now()
    void producer.send(partition)
    await Promise.race(woken)
    const first = performance.now() - begunAt
    await Promise.all(woken)
    if (i < 0) continue
    firstMs.push(first)
    allMs.push(performance.now() - begunAt)
  }
  for (const waiter of waiters) waiter.close()
  producer.close()
  await deleteTopic(server, topic)
  return { kilobytes, idlePercent, idleBeforePercent, firstMs, allMs }
}

class Producer {
  private readonly wire: Wire
  private readonly topic: string
  private correlationId = 0
  private resolve: () => void = () => {}

  private constructor(wire: Wire, topic: string) {
    this.wire = wire
    this.topic = topic
  }

  static async open(server: Server, topic: string): Promise<Producer> {
    const wire = await Wire.open(server, (frame) => {
      const answered = decodeResponse(Apis.Produce, PRODUCE_VERSION, frame).body.responses[0]
        ?.partitionResponses[0]
      if (answered?.errorCode !== ErrorCodes.NONE) throw new Error('Produce was refused')
      producer.resolve()
    })
    const producer = new Producer(wire, topic)
    return producer
  }

  send(partition: number): Promise<void> {
    const records = buildBatch({ records: [{ timestampMs: BigInt(Date.now()), value: Buffer.from('x') }] })
    const topicData = [{ name: this.topic, partitionData: [{ index: partition, records }] }]
    const body = { acks: 1, timeoutMs: 30_000, topicData }
    this.wire.socket.write(encodeRequest(Apis.Produce, PRODUCE_VERSION, this.correlationId++, 'bench', body))
    return new Promise((resolve) => {
      this.resolve = resolve
    })
  }

  close(): void {
    this.wire.close()
  }
}

const residentKb = ({ pid }: { pid: number }) => (usage(pid)?.residentMb ?? Number.NaN) * 1024

/** In percent of one core. */
async function idle({ pid }: { pid: number }): Promise<number> {
  const before = usage(pid)?.cpuSeconds ?? Number.NaN
  await sleep(IDLE_MS)
  return (((usage(pid)?.cpuSeconds ?? Number.NaN) - before) * 100_000) / IDLE_MS
}

const rows = [
  ['', 'KB per fetch', 'CPU % before', 'CPU % while they wait', 'first has it, ms', 'all have it, ms'],
]
for (const server of [await cohort(), ...given.peer.map(peer)]) {
  const { name, pid } = server
  try {
    if (pid === null) throw new Error(`${name}: only a process of this machine can be measured`)
    const outcome = await measure({ ...server, pid })
    const { kilobytes, idleBeforePercent, idlePercent, firstMs, allMs } = outcome
    const percents = [idleBeforePercent.toFixed(1), idlePercent.toFixed(1)]
    rows.push([name, kilobytes.toFixed(1), ...percents, range(firstMs, 2), range(allMs, 2)])
  } finally {
    await server.stop()
  }
}
const about = `${COUNT} fetches that wait, each on a connection of its own, over ${PARTITIONS} partitions; ${WAKES} records, one after another, each for ${COUNT / PARTITIONS} of them: median (least to most).`
console.log(`${machine()}\n${about}\n`)
printTable(rows)
if (given.write) intoPage('waiting', `${machine()}\n\n${about}\n\n${markdownTable(rows)}`)
process.exit(0)
