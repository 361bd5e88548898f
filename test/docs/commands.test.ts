// Every command that docs/commands.md shows is run, in the order of the page, against our server; what it prints has the
// shape that the page shows. Only ids, ports and times differ.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Consumer, Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Io } from '../../src/cli/admin/command.js'
import { describe as describeCommand } from '../../src/cli/admin/describe.js'
import { groups } from '../../src/cli/admin/groups.js'
import { lag } from '../../src/cli/admin/lag.js'
import { offsets } from '../../src/cli/admin/offsets.js'
import { type Cohort, startCohort } from '../../src/index.js'

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1'

const COMMANDS: Record<string, (argv: readonly string[], io: Io) => Promise<number>> = {
  groups,
  describe: describeCommand,
  lag,
  offsets,
}
const page = readFileSync(join(import.meta.dirname, '../../docs/commands.md'), 'utf8')
const examples = Array.from(
  page.matchAll(/^```console\n\$ cohort (.*)\n([\s\S]*?)^```$/gm),
  ([, line = '', shown = '']) => ({ line, shown }),
)

/** What differs from run to run, and how wide columns are because of it. */
const shape = (text: string) =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/127\.0\.0\.1:\d+/g, '<address>')
    .replace(/"atMs": \d+/g, '"atMs": <time>')
    .replace(/ +/g, ' ')

/** Each stretch of the page between '...' stands in the output, in order. */
function expectShape(printed: string, shown: string): void {
  const stretches = shape(shown)
    .split(/^ *\.\.\.\n/m)
    .map((stretch) => stretch.trim())
  const actual = shape(printed)
  if (stretches.length === 1) return expect(actual.trim()).toBe(stretches[0])
  let from = 0
  for (const stretch of stretches) {
    const at = actual.indexOf(stretch, from)
    expect(at, `${stretch}\nis not in\n${actual}`).toBeGreaterThanOrEqual(from)
    from = at + stretch.length
  }
}

describe('docs/commands.md', () => {
  let cohort: Cohort
  const consumers: Consumer[] = []
  const stop = async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.disconnect()))
  }

  beforeAll(async () => {
    cohort = await startCohort({ topics: { orders: 4 } })
    const counts = [12, 8, 11, 5]
    const partitions = counts.flatMap((count, partition) => Array<number>(count).fill(partition))
    await cohort.produce(
      'orders',
      partitions.map((partition) => ({ value: 'an order', partition })),
    )
    await cohort.commit('billing', { orders: { 0: 3 } })
    await cohort.commit('readers', { orders: { 0: 10, 1: 8, 2: 11 } })
    for (const clientId of ['worker-a', 'worker-b']) {
      const kafka = new Kafka({ clientId, brokers: cohort.brokers, logLevel: logLevel.NOTHING })
      const consumer = kafka.consumer({ groupId: 'readers', heartbeatInterval: 50, maxWaitTimeInMs: 50 })
      consumers.push(consumer)
      await consumer.connect()
      await consumer.subscribe({ topic: 'orders' })
      await consumer.run({ autoCommit: false, eachMessage: async () => {} })
    }
    await cohort.group('readers').stable({ members: 2, timeout: '10s' })
  })
  afterAll(async () => {
    await stop()
    await cohort.stop()
  })

  it('shows each of them', () => {
    const names = examples.map(({ line }) => line.split(' ')[0])
    expect([...new Set(names)].sort()).toEqual(Object.keys(COMMANDS).sort())
  })

  it.each(examples)('cohort $line', async ({ line, shown }) => {
    const [name = '', ...words] = line.split(' ')
    let printed = ''
    const write = (text: string) => {
      printed += text
    }
    const io = { write, error: write, isTTY: false }
    await COMMANDS[name]?.([...words, '--brokers', cohort.brokers.join()], io)
    expectShape(printed, shown)
    // "Once they are stopped": behind the first refusal.
    if (shown.includes('stop them first')) {
      await stop()
      await cohort.group('readers').empty()
    }
  })
})
