// The load generator of produce and consume, in a process of its own. Gets a Job as JSON, prints 'ready', waits for a line, and prints
// an Outcome when all is done; ends with an error at the first answer that is wrong.

import { consumeLoad } from './consume.js'
import { produceLoad } from './produce.js'
import type { Job, Outcome } from './traffic.js'

const job = JSON.parse(process.argv[2] as string) as Job
const run = await (job.kind === 'produce' ? produceLoad(job) : consumeLoad(job))
process.stdout.write('ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
const begunAt = performance.now()
await run()
const elapsedMs = performance.now() - begunAt
const batches = job.kind === 'produce' ? job.batches : job.batches * job.connections
const outcome: Outcome = { batches, elapsedMs }
process.stdout.write(`${JSON.stringify(outcome)}\n`)
process.exit(0)
