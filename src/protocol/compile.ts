// Schema and version become a reader and a writer, once, when first asked for. Scalars are methods of those who read and write the wire
// (types.ts), structs generated functions (struct-code.ts).

import { ProtocolError } from './errors.js'
import type { ArrayType, Draft, Field, Fields, Infer, MessageSchema, PrimitiveType } from './schema.js'
import { inContext, type Part, structReader, structWriter } from './struct-code.js'
import { absenceTest, absentValue, type TaggedField } from './tagged.js'
import { lengthCodec, scalarCodec, type ValueCodec, type WriteValue } from './types.js'
import { includes } from './versions.js'
import type { Reader, Writer } from './wire.js'

export interface Codec<T> {
  /** Throws ProtocolError, naming message, field and byte, on anything that is not such a message. */
  readonly read: (reader: Reader) => T
  /** Throws RangeError, naming message and field, on a value that does not fit its field. */
  readonly write: (writer: Writer, value: Draft<T>) => void
  /** Whether what is read may have views of the bytes it was read from. */
  readonly readsViews: boolean
}

const compiled = new WeakMap<MessageSchema, Map<number, Codec<unknown>>>()

/** The codec of a version that once shipped; RangeError for any other. */
export function codec<M extends MessageSchema>(schema: M, version: number): Codec<Infer<M>> {
  let byVersion = compiled.get(schema)
  if (byVersion === undefined) {
    byVersion = new Map()
    compiled.set(schema, byVersion)
  }
  let found = byVersion.get(version)
  if (found === undefined) {
    found = compile(schema, version)
    byVersion.set(version, found)
  }
  return found as Codec<Infer<M>>
}

function compile(schema: MessageSchema, version: number): Codec<unknown> {
  if (!includes(schema.versions, version)) {
    throw new RangeError(`${schema.name} has versions ${schema.versions}, not ${version}`)
  }
  const flexible = includes(schema.flexible, version)
  const { read, write } = structCodec(schema.fields, version, flexible)
  const where = `${schema.name} v${version}`
  return {
    read: (reader) => {
      try {
        return read(reader)
      } catch (error) {
        throw inContext(error, where)
      }
    },
    write: (writer, value) => {
      try {
        write(writer, value)
      } catch (error) {
        throw inContext(error, where)
      }
    },
    readsViews: holdsBytes(schema.fields),
  }
}

function holdsBytes(fields: Fields): boolean {
  return Object.values(fields).some(({ type }) => {
    const inner = typeof type === 'object' && type.kind === 'array' ? type.element : type
    return typeof inner === 'object' ? holdsBytes(inner.fields) : inner === 'bytes' || inner === 'records'
  })
}

function structCodec(fields: Fields, version: number, flexible: boolean): ValueCodec {
  const parts: Part[] = []
  const tagged: TaggedField[] = []
  const names = Object.keys(fields)
  for (const name of names) {
    const field = fields[name] as Field
    if (!includes(field.versions, version)) continue
    const valueCodec = fieldCodec(field, version, flexible)
    if (includes(field.options.tagged, version)) {
      tagged.push({ name, tag: field.options.tag as number, codec: valueCodec, isAbsent: absenceTest(field) })
    } else {
      parts.push({ name, codec: valueCodec })
    }
  }
  const minBytes = parts.reduce((sum, part) => sum + part.codec.minBytes, flexible ? 1 : 0)
  return {
    read: structReader(fields, parts, flexible ? tagged : null),
    write: structWriter(fields, parts, flexible ? tagged : null),
    minBytes,
  }
}

function fieldCodec(field: Field, version: number, messageFlexible: boolean): ValueCodec {
  const { type, options } = field
  const flexible = options.flexible === undefined ? messageFlexible : includes(options.flexible, version)
  const nullable = includes(options.nullable, version)
  const absent = absentValue(field)
  if (typeof type === 'string') return scalarCodec(type, flexible, nullable, absent)
  if (type.kind === 'array') return arrayCodec(type, version, flexible, nullable, absent)
  const struct = structCodec(type.fields, version, flexible)
  if (nullable && includes(options.tagged, version)) return taggedNullableStruct(struct, absent)
  return nullable ? nullableStruct(struct, absent) : { ...struct, write: orAbsent(struct.write, absent) }
}

function orAbsent(write: WriteValue, absent: () => unknown): WriteValue {
  return (writer, value) => write(writer, value === undefined ? absent() : value)
}

/** A nullable struct stands behind one byte: negative for null. */
function nullableStruct(struct: ValueCodec, absent: () => unknown): ValueCodec {
  return {
    read: (reader) => (reader.int8() < 0 ? null : struct.read(reader)),
    write: (writer, given) => {
      const value = given === undefined ? absent() : given
      writer.int8(value === null ? -1 : 1)
      if (value !== null) struct.write(writer, value)
    },
    minBytes: 1,
  }
}

/** Where it is tagged as well, that byte is 0 for null. */
function taggedNullableStruct(struct: ValueCodec, absent: () => unknown): ValueCodec {
  return {
    read: (reader) => (reader.uvarint() === 0 ? null : struct.read(reader)),
    write: (writer, given) => {
      const value = given === undefined ? absent() : given
      writer.uvarint(value === null ? 0 : 1)
      if (value !== null) struct.write(writer, value)
    },
    minBytes: 1,
  }
}

function arrayCodec(
  type: ArrayType,
  version: number,
  flexible: boolean,
  nullable: boolean,
  absent: () => unknown,
): ValueCodec {
  const element = elementCodec(type.element, version, flexible)
  const length = lengthCodec('array', flexible, nullable)
  const elementMinBytes = Math.max(element.minBytes, 1)
  const count = (reader: Reader) => {
    const announced = length.read(reader)
    if (announced * elementMinBytes > reader.remaining) {
      throw new ProtocolError(
        `array of ${announced} elements before byte ${reader.place}, but ${reader.remaining} bytes are left`,
      )
    }
    return announced
  }
  return {
    read: (reader) => {
      const left = count(reader)
      return left < 0 ? null : Array.from({ length: left }, () => element.read(reader))
    },
    write: (writer, given) => {
      const values = (given === undefined ? absent() : given) as readonly unknown[] | null
      length.write(writer, values === null ? -1 : values.length)
      if (values !== null) for (const value of values) element.write(writer, value)
    },
    minBytes: length.minBytes,
    elements: {
      count,
      writeCount: length.write,
      read: element.read,
      write: element.write,
      method: element.method,
    },
  }
}

function elementCodec(element: ArrayType['element'], version: number, flexible: boolean): ValueCodec {
  if (typeof element !== 'string') return structCodec(element.fields, version, flexible)
  return scalarCodec(element as PrimitiveType, flexible, false, () => undefined)
}
