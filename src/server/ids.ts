// Chance: random ids for the server, counted ones for tests that want the same ids on every run.

import type { IdSource } from '../machine/id-source.js'
import { crypto } from './builtins.js'

export function randomIds(): IdSource {
  return {
    memberUuid: () => crypto().randomUUID(),
    topicId: randomTopicId,
  }
}

/** Kafka's form. It is no secret, so chance that is there already will do. */
export function randomClusterId(): string {
  const bytes = Array.from({ length: 16 }, () => Math.floor(Math.random() * 256))
  return Buffer.from(bytes).toString('base64url')
}

/** A leading '-' would make an option of it on a command line, so Kafka never chooses one either. */
function randomTopicId(): string {
  for (;;) {
    const id = crypto().randomBytes(16).toString('base64url')
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
