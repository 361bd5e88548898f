// Three kafkajs consumers, one of them blocked for longer than its session: journal, explain, watch, doctor, metrics and log tell
// the same story.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { doctor } from '../../src/cli/doctor.js'
import { explainGroup } from '../../src/cli/explain.js'
import { watch } from '../../src/cli/watch.js'
import { type Cohort, type HttpServer, serveHttp, startCohort } from '../../src/index.js'
import { narrate } from '../../src/monitor/narrate.js'
import { connect } from '../clients/kafkajs.js'

let folder: string
let file: string
let cohort: Cohort
let server: HttpServer

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cohort-story-'))
  file = join(folder, 'journal.jsonl')
  cohort = await startCohort({ topics: { orders: 6 }, clock: 'virtual', journal: file, timeout: '20s' })
  server = await serveHttp(cohort, { port: 0 })
})
afterEach(async () => {
  await server.close()
  await cohort.stop()
  rmSync(folder, { recursive: true })
})

it('one of three consumers is blocked for longer than its session', async () => {
  const log: string[] = []
  narrate(cohort.journal, (level, line) => log.push(`${level} ${line}`))
  await fetch(`${server.url}/metrics`) // from now on single heartbeats are counted
  const blocked = gate()
  const released = gate()
  const consumers = await Promise.all(
    ['a', 'b', 'c'].map(async (clientId) => {
      const consumer = connect(cohort, clientId).consumer({
        groupId: 'readers',
        heartbeatInterval: 20,
        maxWaitTimeInMs: 20,
      })
      await consumer.connect()
      await consumer.subscribe({ topic: 'orders', fromBeginning: true })
      await consumer.run({
        eachMessage: async () => {
          if (clientId !== 'c') return
          blocked.resolve()
          await released.promise
        },
      })
      return consumer
    }),
  )
  const readers = cohort.group('readers')
  const before = await readers.stable({ members: 3 })
  const c = before.members.find(({ clientId }) => clientId === 'c')?.memberId as string
  await cohort.produce(
    'orders',
    [0, 1, 2, 3, 4, 5].map((partition) => ({ value: `order ${partition}`, partition })),
  )
  await blocked.promise
  await cohort.clock.advance('31s', { silent: ['c'] })
  const after = await readers.stable({ members: 2 })

  // the journal
  const removed = cohort.journal.entries({ group: 'readers', types: ['member-removed'] })
  expect(removed).toMatchObject([
    { member: c, client: 'c', connected: true, cause: `removing member ${c} on heartbeat expiration.` },
  ])
  const taken = removed[0]?.type === 'member-removed' ? removed[0].partitions : []
  expect(taken).toHaveLength(2)

  // explain
  const explained = await told(explainGroup, 'readers', '--url', server.url)
  expect(explained).toContain(`Group 'readers' rebalanced into generation ${after.generation}.`)
  expect(explained).toContain(`: removing member ${c} on heartbeat expiration.`)
  for (const partition of taken) expect(explained).toContain(`${partition} from ${c} to `)

  // watch
  const watched = await told(
    (argv, io) => watch(argv, { ...io, size: () => ({ columns: 160, rows: 60 }), env: {} }),
    'readers',
    '--once',
    '--url',
    server.url,
  )
  expect(watched).toContain(`generation ${after.generation}`)
  expect(watched).toMatch(/on heartbeat expiration/)

  // metrics
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  expect(metrics).toContain('cohort_group_session_expirations_total{group="readers"} 1')
  expect(metrics).toContain('cohort_group_rebalances_total{group="readers",cause="session-expired"} 1')
  expect(metrics).toContain('cohort_group_members{group="readers"} 2')
  expect(metrics).toMatch(/cohort_group_heartbeats_total\{group="readers",error="NONE"\} [1-9]/)

  // the log
  expect(log.filter((line) => line.includes(`${c} is removed`))).toEqual([
    expect.stringMatching(/^warn group 'readers': .* on heartbeat expiration/),
  ])

  // Its handler comes back: what it holds is another's by now, and it joins anew.
  released.resolve()
  await readers.stable({ members: 3 })
  await Promise.all(consumers.map((consumer) => consumer.disconnect()))
  await cohort.stop()

  // the doctor, afterwards, from the file
  const found = (await told(doctor, '--journal', file)).replace(/\s+/g, ' ')
  expect(found).toMatch(
    /R2 error: group 'readers': member c-\S+ fell silent for a whole session \(30 s\), connected and with records in hand/,
  )
  expect(found).toContain(c)
})

/** A promise that is resolved from outside. */
function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

type Command = (argv: readonly string[], io: Parameters<typeof explainGroup>[1]) => Promise<number>

async function told(command: Command, ...argv: string[]): Promise<string> {
  const out: string[] = []
  const io = {
    write: (text: string) => void out.push(text),
    error: (text: string) => void out.push(text),
    isTTY: false,
    stdin: process.stdin,
  }
  await command(argv, io)
  return out.join('')
}
