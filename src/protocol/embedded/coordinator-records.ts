// All kinds of records of __consumer_offsets by the number that a key begins with (Kafka: CoordinatorRecordType), and their bytes: a key
// is that number and its fields, a value the version and its fields. A tombstone has no value.

import { codec } from '../compile.js'
import { ProtocolError } from '../errors.js'
import { toJson } from '../message-json.js'
import type { Draft, Infer, MessageSchema } from '../schema.js'
import { includes } from '../versions.js'
import { Reader, Writer } from '../wire.js'
import * as consumer from './consumer-group-records.js'
import * as classic from './group-records.js'
import * as share from './share-group-records.js'
import * as streams from './streams-group-records.js'

export interface RecordType<
  Key extends MessageSchema = MessageSchema,
  Value extends MessageSchema = MessageSchema,
> {
  readonly number: number
  /** As Kafka's tools name it. */
  readonly key: Key
  readonly value: Value
}

function type<Key extends MessageSchema, Value extends MessageSchema>(
  number: number,
  key: Key,
  value: Value,
): RecordType<Key, Value> {
  return { number, key, value }
}

export const OFFSET_COMMIT = type(1, classic.offsetCommitKey, classic.offsetCommitValue)
export const GROUP_METADATA = type(2, classic.groupMetadataKey, classic.groupMetadataValue)

const TYPES: ReadonlyMap<number, RecordType> = new Map(
  [
    type(0, classic.legacyOffsetCommitKey, classic.legacyOffsetCommitValue),
    OFFSET_COMMIT,
    GROUP_METADATA,
    type(3, consumer.consumerGroupMetadataKey, consumer.consumerGroupMetadataValue),
    type(4, consumer.consumerGroupPartitionMetadataKey, consumer.consumerGroupPartitionMetadataValue),
    type(5, consumer.consumerGroupMemberMetadataKey, consumer.consumerGroupMemberMetadataValue),
    type(
      6,
      consumer.consumerGroupTargetAssignmentMetadataKey,
      consumer.consumerGroupTargetAssignmentMetadataValue,
    ),
    type(
      7,
      consumer.consumerGroupTargetAssignmentMemberKey,
      consumer.consumerGroupTargetAssignmentMemberValue,
    ),
    type(
      8,
      consumer.consumerGroupCurrentMemberAssignmentKey,
      consumer.consumerGroupCurrentMemberAssignmentValue,
    ),
    type(10, share.shareGroupMemberMetadataKey, share.shareGroupMemberMetadataValue),
    type(11, share.shareGroupMetadataKey, share.shareGroupMetadataValue),
    type(12, share.shareGroupTargetAssignmentMetadataKey, share.shareGroupTargetAssignmentMetadataValue),
    type(13, share.shareGroupTargetAssignmentMemberKey, share.shareGroupTargetAssignmentMemberValue),
    type(14, share.shareGroupCurrentMemberAssignmentKey, share.shareGroupCurrentMemberAssignmentValue),
    type(15, share.shareGroupStatePartitionMetadataKey, share.shareGroupStatePartitionMetadataValue),
    type(16, consumer.consumerGroupRegularExpressionKey, consumer.consumerGroupRegularExpressionValue),
    type(17, streams.streamsGroupMetadataKey, streams.streamsGroupMetadataValue),
    type(19, streams.streamsGroupMemberMetadataKey, streams.streamsGroupMemberMetadataValue),
    type(
      20,
      streams.streamsGroupTargetAssignmentMetadataKey,
      streams.streamsGroupTargetAssignmentMetadataValue,
    ),
    type(21, streams.streamsGroupTargetAssignmentMemberKey, streams.streamsGroupTargetAssignmentMemberValue),
    type(
      22,
      streams.streamsGroupCurrentMemberAssignmentKey,
      streams.streamsGroupCurrentMemberAssignmentValue,
    ),
    type(23, streams.streamsGroupTopologyKey, streams.streamsGroupTopologyValue),
  ].map((each) => [each.number, each as RecordType]),
)

/** All that are known, by their numbers. */
export const RECORD_TYPES: readonly RecordType[] = [...TYPES.values()]

/** undefined: none that is known; Kafka passes such records over. */
export function recordType(number: number): RecordType | undefined {
  return TYPES.get(number)
}

/** The number that a key begins with. */
export function typeNumberOf(key: Buffer): number {
  return new Reader(key).int16()
}

const KEY_VERSION = 0

export function writeKey<K extends MessageSchema>(
  { number, key }: RecordType<K>,
  value: Draft<Infer<K>>,
): Buffer {
  return framed(number, key, KEY_VERSION, value)
}

export function writeValue<K extends MessageSchema, V extends MessageSchema>(
  { value: schema }: RecordType<K, V>,
  version: number,
  value: Draft<Infer<V>>,
): Buffer {
  return framed(version, schema, version, value)
}

/** One for all records, which lie one behind the other in its memory: a durable commit makes two of them for each offset. */
const WRITER = new Writer()

function framed<M extends MessageSchema>(
  prefix: number,
  schema: M,
  version: number,
  value: Draft<Infer<M>>,
): Buffer {
  try {
    WRITER.int16(prefix)
    codec(schema, version).write(WRITER, value)
    return WRITER.take()
  } catch (error) {
    WRITER.truncate(0)
    throw error
  }
}

/** Of a key that begins with the number of this type. Throws ProtocolError. */
export function readKey<K extends MessageSchema>({ key: schema }: RecordType<K>, key: Buffer): Infer<K> {
  return codec(schema, KEY_VERSION).read(new Reader(key, 2))
}

/** Throws ProtocolError, also for a version that is not known. */
export function readValue<K extends MessageSchema, V extends MessageSchema>(
  { value: schema }: RecordType<K, V>,
  value: Buffer,
): { version: number; value: Infer<V> } {
  const reader = new Reader(value)
  const version = reader.int16()
  if (!includes(schema.versions, version)) {
    throw new ProtocolError(`${schema.name} has versions ${schema.versions}, not ${version}`)
  }
  return { version, value: codec(schema, version).read(reader) }
}

/** As Kafka's tools print it. Throws ProtocolError. */
export function keyJson(type: RecordType, key: Buffer): object {
  return toJson(type.key, KEY_VERSION, readKey(type, key))
}

/** As Kafka's tools print it. Throws ProtocolError. */
export function valueJson(type: RecordType, bytes: Buffer): { version: number; data: object } {
  const { version, value } = readValue(type, bytes)
  return { version, data: toJson(type.value, version, value) }
}
