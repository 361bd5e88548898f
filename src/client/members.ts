// The bytes that members exchange through the coordinator: a consumer's subscription and assignment are decoded, those of
// another protocol type are counted. They come from clients, so they may be anything.

import { readAssignment, readSubscription } from '../protocol/embedded/consumer-protocol.js'
import { ProtocolError } from '../protocol/errors.js'

/** What the group protocol calls a consumer; Connect says 'connect'. */
export const CONSUMER = 'consumer'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** Of another protocol type, or no bytes that this one allows. */
export interface Undecoded {
  readonly kind: 'undecoded'
  readonly sizeBytes: number
  readonly why: string
}

export interface Subscription {
  readonly kind: 'consumer'
  readonly topics: readonly string[]
  /** What it had when it joined (KIP-429). */
  readonly owned: readonly TopicPartition[]
  /** In which it had that (KIP-792); null: not told. */
  readonly ownedInGeneration: number | null
  readonly rack: string | null
}

export interface Assignment {
  readonly kind: 'consumer'
  readonly partitions: readonly TopicPartition[]
}

export type Subscribed = Subscription | Undecoded
export type Assigned = Assignment | Undecoded

/** null: no bytes. */
export function subscribedIn(metadata: Buffer, protocolType: string): Subscribed | null {
  return decoded(metadata, protocolType, () => {
    const { topics, ownedPartitions, generationId, rackId } = readSubscription(metadata)
    const ownedInGeneration = generationId < 0 ? null : generationId
    return {
      kind: 'consumer',
      topics: [...topics],
      owned: flat(ownedPartitions),
      ownedInGeneration,
      rack: rackId,
    }
  })
}

/** null: no bytes. */
export function assignedIn(assignment: Buffer, protocolType: string): Assigned | null {
  return decoded(assignment, protocolType, () => ({
    kind: 'consumer',
    partitions: flat(readAssignment(assignment).assignedPartitions),
  }))
}

function decoded<T>(bytes: Buffer, protocolType: string, decode: () => T): T | Undecoded | null {
  if (bytes.length === 0) return null
  const undecoded = (why: string): Undecoded => ({ kind: 'undecoded', sizeBytes: bytes.length, why })
  if (protocolType !== CONSUMER) return undecoded(`protocol type '${protocolType}'`)
  try {
    return decode()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return undecoded(error.message)
  }
}

function flat(
  topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
}
