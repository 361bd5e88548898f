// Arbitrary messages out of their declarations: every field of a version with any value its type can have.

import fc from 'fast-check'
import type { ArrayType, Field, Fields, MessageSchema, PrimitiveType } from '../../src/protocol/schema.js'
import { includes } from '../../src/protocol/versions.js'

const PRIMITIVES: Readonly<Record<PrimitiveType, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  int8: fc.integer({ min: -0x80, max: 0x7f }),
  int16: fc.integer({ min: -0x8000, max: 0x7fff }),
  uint16: fc.integer({ min: 0, max: 0xffff }),
  int32: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  uint32: fc.integer({ min: 0, max: 0xffffffff }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  float64: fc.double({ noNaN: true }),
  uuid: fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => Buffer.from(bytes).toString('base64url')),
  string: fc.string({ unit: 'binary', maxLength: 200 }),
  bytes: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  records: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
}

export function arbitraryMessage(schema: MessageSchema, version: number): fc.Arbitrary<object> {
  return structOf(schema.fields, version, includes(schema.flexible, version)) as fc.Arbitrary<object>
}

/** Far above every declared tag, in ascending order as they stand on the wire. */
const unknownTags = fc
  .uniqueArray(fc.integer({ min: 1000, max: 0x7fffffff }), { maxLength: 2 })
  .chain((tags) =>
    fc
      .array(PRIMITIVES.bytes, { minLength: tags.length, maxLength: tags.length })
      .map((data) => tags.sort((a, b) => a - b).map((tag, i) => ({ tag, data: data[i] }))),
  )

function structOf(fields: Fields, version: number, flexible: boolean): fc.Arbitrary<unknown> {
  const members: Record<string, fc.Arbitrary<unknown>> = {}
  for (const [name, field] of Object.entries(fields)) {
    if (includes(field.versions, version)) members[name] = fieldValue(field, version, flexible)
  }
  const known = fc.record(members)
  if (!flexible) return known
  return fc.tuple(known, unknownTags).map(([value, unknownTaggedFields]) => {
    return unknownTaggedFields.length === 0 ? value : { ...value, unknownTaggedFields }
  })
}

function fieldValue({ type, options }: Field, version: number, flexible: boolean): fc.Arbitrary<unknown> {
  const value =
    typeof type === 'string' || type.kind === 'struct'
      ? elementOf(type, version, flexible)
      : arrayOf(type, version, flexible)
  return includes(options.nullable, version) ? fc.option(value, { nil: null }) : value
}

function arrayOf({ element }: ArrayType, version: number, flexible: boolean): fc.Arbitrary<unknown> {
  return fc.array(elementOf(element, version, flexible), { maxLength: 3 })
}

function elementOf(type: ArrayType['element'], version: number, flexible: boolean): fc.Arbitrary<unknown> {
  return typeof type === 'string' ? PRIMITIVES[type] : structOf(type.fields, version, flexible)
}
