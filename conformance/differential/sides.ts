// Getting a broker ready for a run: it coordinates groups, and has the topics that offsets are committed for.

import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import { type Address, Client } from '../client.js'
import type { Side } from './compare.js'

/** Topic name -> number of partitions. */
const TOPICS: Readonly<Record<string, number>> = { foo: 3, bar: 1 }
const READY_WITHIN_MS = 15_000
const ASK_EVERY_MS = 50

/** Rejects with an error that names the broker when it cannot be reached, or does not get ready. */
export async function prepare(name: string, address: Address): Promise<Side> {
  try {
    const client = await Client.open(address)
    const topics = await makeReady(client).finally(() => client.close())
    return { name, address, topics }
  } catch (error) {
    const why = error instanceof Error ? error.message : error
    throw new Error(`the broker at ${address.host}:${address.port} cannot be used: ${why}`)
  }
}

async function makeReady(client: Client): Promise<Record<string, string>> {
  await untilReady(() => coordinates(client))
  const topics = Object.entries(TOPICS).map(([name, numPartitions]) => {
    return { name, numPartitions, replicationFactor: 1 }
  })
  await client.send(Apis.CreateTopics, 7, { topics, timeoutMs: READY_WITHIN_MS })
  return untilReady(() => topicIds(client))
}

/** Asks until there is something other than a reason to wait. */
async function untilReady<T extends object>(ask: () => Promise<T | string>): Promise<T> {
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    const answer = await ask()
    if (typeof answer !== 'string') return answer
    if (performance.now() > deadline) throw new Error(answer)
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
}

const NOT_YET: readonly number[] = [
  ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCodes.COORDINATOR_NOT_AVAILABLE,
  ErrorCodes.NOT_COORDINATOR,
]

/** A broker that was just started makes __consumer_offsets when it is asked for a coordinator, and loads it. */
async function coordinates(client: Client): Promise<object | string> {
  const groupId = 'differential'
  const found = await client.send(Apis.FindCoordinator, 3, { key: groupId, keyType: 0 })
  const { errorCode } =
    found.errorCode === ErrorCodes.NONE
      ? await client.send(Apis.LeaveGroup, 2, { groupId, memberId: 'nobody' })
      : found
  return NOT_YET.includes(errorCode) ? `its coordinator answers ${errorName(errorCode)} for ever` : {}
}

async function topicIds(client: Client): Promise<Record<string, string> | string> {
  const asked = Object.keys(TOPICS).map((name) => ({ name }))
  const { topics } = await client.send(Apis.Metadata, 12, { topics: asked, allowAutoTopicCreation: false })
  const ids: Record<string, string> = {}
  for (const { name, topicId, partitions } of topics) {
    if (name === null || partitions.length !== TOPICS[name])
      return `its topic ${name} has ${partitions.length} partitions, not ${TOPICS[name ?? '']}`
    ids[name] = topicId
  }
  return ids
}
