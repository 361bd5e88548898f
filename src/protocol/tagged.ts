// Tagged fields (KIP-482): optional fields at the end of a flexible struct. A known one is read into its place and
// written only when it differs from its default; an unknown one is kept and written back in its place.

import { ProtocolError } from './errors.js'
import type { Field, Fields, UnknownTaggedField } from './schema.js'
import type { ValueCodec } from './types.js'
import { type Reader, Writer, ZERO_UUID } from './wire.js'

export interface TaggedField {
  readonly name: string
  readonly tag: number
  readonly codec: ValueCodec
  /** Whether a value is the field's default, which is not written. */
  readonly isAbsent: (value: unknown) => boolean
}

type Struct = Record<string, unknown> & { unknownTaggedFields?: UnknownTaggedField[] }

export function readTagged(
  reader: Reader,
  struct: Struct,
  known: readonly TaggedField[],
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const tag = reader.uvarint()
    const size = reader.uvarint()
    if (size > reader.remaining) {
      throw new ProtocolError(`tag ${tag} has ${size} bytes, but ${reader.remaining} are left`)
    }
    const end = reader.position + size
    const field = known.find((candidate) => candidate.tag === tag)
    if (field === undefined) {
      struct.unknownTaggedFields ??= []
      struct.unknownTaggedFields.push({ tag, data: Buffer.from(reader.bytes(size)) })
      continue
    }
    struct[field.name] = field.codec.read(reader)
    if (reader.position !== end) {
      throw new ProtocolError(`tag ${tag} (${field.name}) has ${size} bytes, but its value ends elsewhere`)
    }
  }
}

export function writeTagged(writer: Writer, struct: Struct, known: readonly TaggedField[]): void {
  const unknown = struct.unknownTaggedFields
  let present: UnknownTaggedField[] | undefined = unknown === undefined ? undefined : [...unknown]
  for (const { name, tag, codec, isAbsent } of known) {
    const value = struct[name]
    if (isAbsent(value)) continue
    const scratch = new Writer()
    codec.write(scratch, value)
    present ??= []
    present.push({ tag, data: scratch.take() })
  }
  if (present === undefined) return writer.uvarint(0)
  present.sort((a, b) => a.tag - b.tag)
  writer.uvarint(present.length)
  for (const { tag, data } of present) {
    writer.uvarint(tag)
    writer.uvarint(data.length)
    writer.bytes(data)
  }
}

const EMPTY = Buffer.alloc(0)

/** Makes the value of a field that is not there: its default, or the zero of its type. */
export function absentValue({ type, options }: Field): () => unknown {
  if (options.default !== undefined) return () => options.default
  if (typeof type !== 'string') {
    return type.kind === 'array' ? () => [] : () => absentStruct(type.fields)
  }
  switch (type) {
    case 'bool':
      return () => false
    case 'int64':
      return () => 0n
    case 'uuid':
      return () => ZERO_UUID
    case 'string':
      return () => ''
    case 'bytes':
    case 'records':
      return () => EMPTY
    default:
      return () => 0
  }
}

function absentStruct(fields: Fields): Struct {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, absentValue(field)()]))
}

/** Tells whether a value is left out or equals the field's default, member by member for a struct. */
export function absenceTest(field: Field): (value: unknown) => boolean {
  const { type } = field
  const absent = absentValue(field)()
  if (absent === null) return (value) => value === undefined || value === null
  if (typeof type === 'string') {
    const isBytes = type === 'bytes' || type === 'records'
    if (isBytes) return (value) => value === undefined || (value as Uint8Array | null)?.length === 0
    return (value) => value === undefined || value === absent
  }
  if (type.kind === 'array') {
    return (value) => value === undefined || (value as readonly unknown[] | null)?.length === 0
  }
  const members = Object.entries(type.fields).map(([name, inner]) => ({ name, test: absenceTest(inner) }))
  return (value) => {
    if (value === undefined) return true
    const struct = value as Struct | null
    if (struct === null || (struct.unknownTaggedFields ?? []).length > 0) return false
    return members.every(({ name, test }) => test(struct[name]))
  }
}
