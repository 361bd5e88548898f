// The embedded consumer protocol: what consumers put into JoinGroup metadata (Subscription) and SyncGroup
// assignments (Assignment), each behind an int16 version. The coordinator looks only at subscribed topics.
// Subscription v1: owned partitions (KIP-429); v2: generation (KIP-792); v3: rack (KIP-881).

import { codec } from '../compile.js'
import { ProtocolError } from '../errors.js'
import {
  array,
  bytes,
  type Draft,
  type Infer,
  int32,
  type MessageSchema,
  message,
  string,
} from '../schema.js'
import { includes, parseVersions } from '../versions.js'
import { Reader, Writer } from '../wire.js'

export const consumerProtocolSubscription = message('ConsumerProtocolSubscription', '0-3', 'none', {
  topics: array('string')('0+'),
  userData: bytes('0+', { nullable: '0+', default: null }),
  ownedPartitions: array({
    topic: string('1+'),
    partitions: array('int32')('1+'),
  })('1+'),
  generationId: int32('2+', { default: -1 }),
  rackId: string('3+', { nullable: '3+', default: null }),
})

export const consumerProtocolAssignment = message('ConsumerProtocolAssignment', '0-3', 'none', {
  assignedPartitions: array({
    topic: string('0+'),
    partitions: array('int32')('0+'),
  })('0+'),
  userData: bytes('0+', { nullable: '0+', default: null }),
})

export type ConsumerProtocolSubscription = Infer<typeof consumerProtocolSubscription>
export type ConsumerProtocolAssignment = Infer<typeof consumerProtocolAssignment>

/** Reads any version; what a newer one than known adds at the end is passed over. Throws ProtocolError. */
export function readSubscription(metadata: Buffer): ConsumerProtocolSubscription {
  return readVersioned(consumerProtocolSubscription, metadata)
}

/** Reads any version, like readSubscription. */
export function readAssignment(assignment: Buffer): ConsumerProtocolAssignment {
  return readVersioned(consumerProtocolAssignment, assignment)
}

/**
 * The topics of a subscription, read in the layout that all versions begin with, as Kafka's coordinator does:
 * it does not care whether the rest is well-formed. Throws ProtocolError.
 */
export function readSubscribedTopics(metadata: Buffer): readonly string[] {
  const reader = new Reader(metadata)
  const version = reader.int16()
  if (version < 0) throw new ProtocolError(`consumer protocol version ${version}`)
  return codec(consumerProtocolSubscription, 0).read(reader).topics
}

/** With its version in front, as JoinGroup carries it. */
export function writeSubscription(value: Draft<ConsumerProtocolSubscription>, version = 0): Buffer {
  return writeVersioned(consumerProtocolSubscription, value, version)
}

/** With its version in front, as SyncGroup carries it. */
export function writeAssignment(value: Draft<ConsumerProtocolAssignment>, version = 0): Buffer {
  return writeVersioned(consumerProtocolAssignment, value, version)
}

function readVersioned<M extends MessageSchema>(schema: M, data: Buffer): Infer<M> {
  const reader = new Reader(data)
  const version = reader.int16()
  if (version < 0) throw new ProtocolError(`${schema.name}: version ${version}`)
  const newest = parseVersions(schema.versions).last
  return codec(schema, includes(schema.versions, version) ? version : newest).read(reader)
}

function writeVersioned<M extends MessageSchema>(schema: M, value: Draft<Infer<M>>, version: number): Buffer {
  const writer = new Writer()
  writer.int16(version)
  codec(schema, version).write(writer, value)
  return writer.take()
}
