// npm run crash:disk: the real server on a small file system that fills up under load. Clients must get errors that they retry upon,
// nothing acknowledged may be missing and nothing refused may be there, the server says one line, and goes on when there is space again;
// then it is killed, also while the disk is full, and all is checked once more. Exit code 0: all is so, 1: it is not.

import { seededRandom } from '../../../src/machine/seeded.js'
import { RawClient } from '../../helpers/raw-client.js'
import { until } from '../../helpers/until.js'
import { Committer } from '../committers.js'
import { newLedger } from '../ledger.js'
import { Producer } from '../producers.js'
import { checkPartition, readPartition } from '../records.js'
import { ServerProcess, temporaryDirectory } from '../server.js'
import { smallDisk } from './small-disk.js'

const TOPIC = 'raw'
const PARTITIONS = 2
const CLIENTS = 4
const PADDING_BYTES = 1000
const REFUSALS = 20
const MORE = 300
const FULL = /it could not be written/
const TAKEN_BACK = /append failed/
const AGAIN = /can be written again/
const SETTINGS = { 'offsets.topic.num.partitions': 3 }

const { path: workDir, remove } = temporaryDirectory()
const disk = smallDisk(workDir)
const ledger = newLedger()
const { violations } = ledger
const options = { dataDir: `${disk.path}/data`, workDir, topics: { [TOPIC]: PARTITIONS }, settings: SETTINGS }
const server = await ServerProcess.prepare(options)
const common = { topic: TOPIC, ledger }
const committers = Array.from({ length: CLIENTS }, (_, i) => {
  const more = { partitions: PARTITIONS, inFlight: 4, isMember: i === 0, random: seededRandom(i) }
  return new Committer({ group: `committer-${i}`, ...common, ...more })
})
const producers = Array.from({ length: CLIENTS }, (_, i) => {
  const more = { partition: i % PARTITIONS, isIdempotent: i < 2, padding: PADDING_BYTES }
  return new Producer({ name: `producer-${i}`, ...common, ...more, random: seededRandom(CLIENTS + i) })
})

/** Everybody at once, until it is so; nobody has anything in flight afterwards. */
async function workUntil(what: string, condition: () => boolean): Promise<void> {
  let isOver = false
  const working = [...committers, ...producers].map((each) => each.work(server.port, () => isOver))
  await until(what, condition, 60_000, () => server.output)
  isOver = true
  await Promise.all(working)
}

async function check(when: string): Promise<void> {
  const before = violations.length
  const client = await RawClient.connect(server.port)
  for (const committer of committers) await committer.check(client)
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const writers = producers.filter((each) => each.options.partition === partition)
    checkPartition(await readPartition(client, TOPIC, partition), writers, ledger)
  }
  client.close()
  const { commitsAcknowledged, recordsAcknowledged } = ledger
  console.log(
    `${when}: ${commitsAcknowledged} commits and ${recordsAcknowledged} records were acknowledged, ${violations.length - before} lost or wrong`,
  )
}

/** Whoever reads the log is to see what happened, not how often, nor in how many shards. */
function expectLine(which: RegExp): void {
  const lines = server.output.split('\n').filter((line) => which.test(line))
  if (lines.length !== 1) violations.push(`the server said '${which.source}' ${lines.length} times, not once`)
  const [first = ''] = lines
  if (first !== '') console.log(`  it says: ${JSON.parse(first).msg}`)
}

/** Some more of both than there are. */
function more(): () => boolean {
  const { commitsAcknowledged, recordsAcknowledged } = ledger
  return () =>
    ledger.commitsAcknowledged > commitsAcknowledged + MORE &&
    ledger.recordsAcknowledged > recordsAcknowledged + MORE
}

const refusedCommits = () => ledger.refusals.get('NOT_COORDINATOR') ?? 0
const refusedRecords = () => [...ledger.refusals].some(([error]) => /^(NOT_LEADER|KAFKA_STORAGE)/.test(error))

console.log(`on ${disk.kind}`)
try {
  await server.start()
  await workUntil('both are acknowledged', more())
  disk.fill(server.pid)
  await workUntil('both are refused', () => refusedCommits() > REFUSALS && refusedRecords())
  console.log(`full: refused ${[...ledger.refusals].map(([error, times]) => `${times} ${error}`).join(', ')}`)
  await check('while it is full')
  expectLine(FULL)
  expectLine(TAKEN_BACK)
  disk.clear(server.pid)
  await workUntil('both are acknowledged again', more())
  for (const which of [FULL, TAKEN_BACK, AGAIN]) expectLine(which)
  await check('with space again')
  disk.fill(server.pid)
  const refused = refusedCommits()
  await workUntil('commits are refused again', () => refusedCommits() > refused + REFUSALS)
  await server.end('SIGKILL')
  await server.start()
  await check('killed while it was full, started again on the full disk')
  disk.clear(server.pid)
  await workUntil('both are acknowledged after that', more())
  await server.end('SIGKILL')
  await server.start()
  await check('killed and started again')
  await server.end('SIGTERM')
} catch (error) {
  violations.push((error as Error).message)
}
await server.end('SIGKILL')
disk.remove()
remove()
for (const violation of violations.slice(0, 20)) console.log(violation)
console.log(violations.length === 0 ? 'nothing lost' : `${violations.length} lost or wrong`)
process.exit(violations.length === 0 ? 0 : 1)
