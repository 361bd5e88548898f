// The ids that brokers of a simulation give out: by the seed.

import type { IdSource } from '../machine/id-source.js'
import type { Random } from './random.js'

/** Ids look and sort as at random, which is what decides who gets what from an assignor that sorts by member id. */
export function seededIds(random: Random): IdSource {
  const hex = (digits: number) => Array.from({ length: digits }, () => random.below(16).toString(16)).join('')
  return {
    memberUuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    topicId: () => Buffer.from(`0${hex(31)}`, 'hex').toString('base64url'),
  }
}
