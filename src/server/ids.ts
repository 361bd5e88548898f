// Chance: random ids for the server, counted ones for tests that want the same ids on every run.

import { randomBytes, randomUUID } from 'node:crypto'
import type { IdSource } from '../machine/id-source.js'

export function randomIds(): IdSource {
  return {
    memberUuid: () => randomUUID(),
    topicId: randomTopicId,
  }
}

/** A leading '-' would make an option of it on a command line, so Kafka never chooses one either. */
function randomTopicId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url')
    if (!id.startsWith('-')) return id
  }
}

/** The n-th id of each kind carries n; `seed` sets where they begin. */
export function countedIds(seed = 0): IdSource {
  let members = seed
  let topics = seed
  return {
    memberUuid: () => `00000000-0000-4000-8000-${(++members).toString(16).padStart(12, '0')}`,
    topicId: () => Buffer.from((++topics).toString(16).padStart(32, '0'), 'hex').toString('base64url'),
  }
}
