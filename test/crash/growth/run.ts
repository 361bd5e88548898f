// npm run crash:growth [-- --commits N] [--durability fsync|os]: commits to the same keys again and again, through the socket, and looks at
// the size of the directory all the while. It must not grow once both files of the log are as long as they get, and every key has been
// written some times. Exit code 0: it does not,
// 1: it does.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Apis } from '../../../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../../../src/protocol/errors.js'
import { DURABILITIES } from '../../../src/store/store.js'
import { RawClient } from '../../helpers/raw-client.js'
import { ServerProcess, temporaryDirectory } from '../server.js'

const CONNECTIONS = 16
const IN_FLIGHT_EACH = 16
const PARTITIONS = 40
const TOPIC = 'grown'
const COMMIT_VERSION = 8
/** Sizes are told after each of so many equal parts. */
const PARTS = 10
/** By then the log has been through both of its files. */
const SETTLED_PART = 3
/** LMDB takes what the largest transactions need at once. */
const MOST_AFTER_SETTLED = 1.5

const { values: given } = parseArgs({
  options: {
    commits: { type: 'string', default: '1000000' },
    durability: { type: 'string', default: 'fsync' },
  },
})
const commits = Number(given.commits)
const durability = DURABILITIES.find((each) => each === given.durability) ?? 'fsync'
const { path: workDir, remove } = temporaryDirectory()
const dataDir = join(workDir, 'data')
const server = await ServerProcess.prepare({ dataDir, workDir, durability, topics: { [TOPIC]: PARTITIONS } })
let sent = 0
let acknowledged = 0

/** Each has a group of its own; every request commits all partitions: so many keys. */
async function committer(client: RawClient, groupId: string, end: number): Promise<void> {
  while (sent < end) {
    sent += PARTITIONS
    const partitions = Array.from({ length: PARTITIONS }, (_, partitionIndex) => {
      return { partitionIndex, committedOffset: BigInt(sent), committedMetadata: '' }
    })
    const body = { groupId, topics: [{ name: TOPIC, partitions }] }
    const { topics } = await client.send(Apis.OffsetCommit, COMMIT_VERSION, body)
    for (const { errorCode } of topics.flatMap((topic) => topic.partitions)) {
      if (errorCode !== ErrorCodes.NONE) throw new Error(`a commit was answered ${errorName(errorCode)}`)
      acknowledged++
    }
  }
}

const sizeBytes = () =>
  readdirSync(dataDir)
    .map((name) => statSync(join(dataDir, name)))
    .filter((each) => each.isFile())
    .reduce((sum, each) => sum + each.size, 0)

await server.start()
const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => RawClient.connect(server.port)))
const sizes: number[] = []
const begunAt = performance.now()
for (let part = 1; part <= PARTS; part++) {
  const end = (commits * part) / PARTS
  await Promise.all(
    clients.flatMap((client, c) =>
      Array.from({ length: IN_FLIGHT_EACH }, (_, i) => committer(client, `grown-${c}-${i}`, end)),
    ),
  )
  sizes.push(sizeBytes())
  const seconds = (performance.now() - begunAt) / 1000
  console.log(
    `${acknowledged} commits to ${CONNECTIONS * IN_FLIGHT_EACH * PARTITIONS} keys after ${seconds.toFixed(0)} s: ` +
      `${((sizes.at(-1) ?? 0) / 1e6).toFixed(2)} MB`,
  )
}
for (const client of clients) client.close()
await server.end('SIGKILL')
const upMs = await server.start()
await server.end('SIGTERM')
remove()
const grown = (sizes.at(-1) ?? 0) / (sizes[SETTLED_PART - 1] ?? 0)
console.log(
  `${grown.toFixed(2)} times the size after three tenths; started again on it in ${upMs.toFixed(0)} ms`,
)
process.exit(grown <= MOST_AFTER_SETTLED ? 0 : 1)
