// npm run bench:brokers [-- COUNT]: a broker with one kafkajs consumer group after another, in one process. Prints how long
// they take to start, and what is left of them: open handles and memory. Fails when handles are left.

import { Kafka, logLevel } from 'kafkajs'
import { startCohort } from '../src/index.js'

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1'

const COUNT = Number(process.argv[2] ?? 500)
const WARM_UP = 20

async function one(): Promise<number> {
  const begunAt = performance.now()
  const cohort = await startCohort({ topics: { orders: 1 } })
  const startMs = performance.now() - begunAt
  const kafka = new Kafka({ brokers: cohort.brokers, logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: 'readers', maxWaitTimeInMs: 10, heartbeatInterval: 10 })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  await consumer.run({ eachMessage: async () => {} })
  await cohort.produce('orders', [{ value: 'x' }])
  await cohort.group('readers').committed('orders', 0, 1)
  await consumer.disconnect()
  await cohort.stop()
  return startMs
}

/** Sockets, servers and timers that keep the process alive. */
const handles = () =>
  process.getActiveResourcesInfo().filter((kind) => /TCP|Timeout|Immediate/.test(kind)).length

const usedMB = () => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

for (let i = 0; i < WARM_UP; i++) await one()
const before = { handles: handles(), usedMB: usedMB() }
const starts: number[] = []
for (let i = 0; i < COUNT; i++) starts.push(await one())
await new Promise((resolve) => setTimeout(resolve, 100)) // sockets that are closing
const after = { handles: handles(), usedMB: usedMB() }

const sorted = [...starts].sort((a, b) => a - b)
const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] as number).toFixed(2)
console.log(`${COUNT} brokers, each with a kafkajs consumer group, one after another`)
console.log(`start: median ${at(0.5)} ms, 95 % within ${at(0.95)} ms, longest ${at(1)} ms`)
console.log(`open handles: ${before.handles} before, ${after.handles} after`)
console.log(`heap in use: ${before.usedMB.toFixed(1)} MB before, ${after.usedMB.toFixed(1)} MB after`)
process.exitCode = after.handles > before.handles ? 1 : 0
