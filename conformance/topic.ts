// The topic that offsets are committed for: made for the run and deleted after it, or one that is there.

import { Apis } from '../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../src/protocol/errors.js'
import type { Client } from './client.js'
import { usual, type Versions } from './versions.js'

/** What every topic of a case must have. */
export const PARTITIONS = 3
const READY_WITHIN_MS = 15_000
const ASK_EVERY_MS = 50

/** A topic that is not there and cannot be made, or has too few partitions. */
export class TopicError extends Error {}

/** Makes it, and waits until it is there. Throws TopicError. */
export async function createTopic(client: Client, versions: Versions, name: string): Promise<void> {
  const topic = { name, numPartitions: PARTITIONS, replicationFactor: 1, assignments: [], configs: [] }
  const body = { topics: [topic], timeoutMs: READY_WITHIN_MS }
  const { topics } = await client.send(Apis.CreateTopics, usual(versions, 'CreateTopics'), body)
  const errorCode = topics[0]?.errorCode ?? ErrorCodes.UNKNOWN_SERVER_ERROR
  if (errorCode !== ErrorCodes.NONE && errorCode !== ErrorCodes.TOPIC_ALREADY_EXISTS)
    throw new TopicError(`the topic ${name} cannot be made: ${errorName(errorCode)}`)
  await awaitTopic(client, versions, name, false)
}

/** One that is there, or that the broker makes when it is asked for it. Throws TopicError. */
export async function useTopic(
  client: Client,
  versions: Versions,
  name: string,
  makes: boolean,
): Promise<void> {
  if (makes) return awaitTopic(client, versions, name, true)
  const topic = await describeTopic(client, versions, name, false)
  const count = topic?.partitions.length ?? 0
  if (count < PARTITIONS) throw new TopicError(`the topic ${name} has ${count} partitions, not ${PARTITIONS}`)
}

/** Waits until its partitions are shown, with their leaders. Throws TopicError. */
async function awaitTopic(client: Client, versions: Versions, name: string, makes: boolean): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    const partitions = (await describeTopic(client, versions, name, makes))?.partitions ?? []
    if (partitions.length >= PARTITIONS && partitions.every(({ leaderId }) => leaderId >= 0)) return
    if (performance.now() > deadline)
      throw new TopicError(`the topic ${name} has ${partitions.length} partitions, not ${PARTITIONS}`)
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
}

async function describeTopic(client: Client, versions: Versions, name: string, makes: boolean) {
  const body = { topics: [{ name }], allowAutoTopicCreation: makes }
  const { topics } = await client.send(Apis.Metadata, usual(versions, 'Metadata'), body)
  return topics.find((topic) => topic.name === name)
}

export async function deleteTopics(
  client: Client,
  versions: Versions,
  names: readonly string[],
): Promise<void> {
  const version = usual(versions, 'DeleteTopics')
  const body = { topicNames: names, topics: names.map((name) => ({ name })), timeoutMs: READY_WITHIN_MS }
  await client.send(Apis.DeleteTopics, version, body)
}
