// Offsets that a test commits, as an object or in JSON: checked, and one by one.

import { ConfigError } from '../server/config/errors.js'
import { int64, optional, readFields, readOne, record, type Shape, text } from './fields.js'

/** Topic -> partition -> offset, with metadata where there is some. */
export type Offsets = Readonly<
  Record<
    string,
    Readonly<
      Record<
        number,
        number | bigint | { readonly offset: number | bigint; readonly metadata?: string | undefined }
      >
    >
  >
>

export interface OffsetToCommit {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly metadata: string
}

const NAMED = record('an object of topic -> partition -> offset, as { orders: { 0: 5 } }')
const OF_TOPIC = record('an object of partition -> offset, as { 0: 5 }')
const offset = int64(0n)
const withMetadata = { offset, metadata: optional(text) } as const satisfies Shape

/** @internal Throws ConfigError. */
export function readOffsets(offsets: unknown): OffsetToCommit[] {
  return Object.entries(readOne(NAMED, offsets, 'offsets')).flatMap(([topic, partitions]) =>
    Object.entries(readOne(OF_TOPIC, partitions, `offsets.${topic}`)).map(([partition, given]) => {
      const where = `offsets.${topic}.${partition}`
      if (!/^(0|[1-9]\d{0,9})$/.test(partition))
        throw new ConfigError(`${where}: '${partition}' is no partition`)
      return { topic, partition: Number(partition), ...readOffset(given, where) }
    }),
  )
}

function readOffset(given: unknown, where: string): { readonly offset: bigint; readonly metadata: string } {
  if (typeof given !== 'object' || given === null)
    return { offset: readOne(offset, given, where), metadata: '' }
  return { metadata: '', ...readFields(withMetadata, given, where) }
}
