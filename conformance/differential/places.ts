// Where in a request's bytes its fields and their lengths stand: what damage needs to know to hit one of them.

import { type Api, requestHeaderVersion } from '../../src/protocol/apis.js'
import { codec } from '../../src/protocol/compile.js'
import { requestHeader } from '../../src/protocol/header.js'
import type { Fields, FieldType } from '../../src/protocol/schema.js'
import { includes } from '../../src/protocol/versions.js'
import { Reader } from '../../src/protocol/wire.js'

export type LengthForm = 'int16' | 'int32' | 'varint'

/** The length in front of a string, of bytes or of an array. */
export interface LengthPlace {
  readonly field: string
  readonly at: number
  readonly end: number
  readonly form: LengthForm
  readonly isNullable: boolean
  /** -1 for null. */
  readonly length: number
}

/** A field that is no array and no struct, with its length if it has one. */
export interface FieldPlace {
  readonly field: string
  readonly at: number
  readonly end: number
}

export interface Places {
  readonly lengths: LengthPlace[]
  readonly fields: FieldPlace[]
}

const SIZES: Readonly<Record<string, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  float64: 8,
  uuid: 16,
}

/** `frame` begins behind the size, is whole, and has no tagged fields. */
export function placesIn(frame: Buffer, api: Api, version: number): Places {
  const reader = new Reader(frame)
  codec(requestHeader, requestHeaderVersion(api, version)).read(reader)
  const isFlexible = includes(api.request.flexible, version)
  const walk: Walk = { reader, version, isFlexible, lengths: [], fields: [] }
  walkStruct(walk, api.request.fields)
  return walk
}

interface Walk extends Places {
  readonly reader: Reader
  readonly version: number
  readonly isFlexible: boolean
}

function walkStruct(walk: Walk, fields: Fields): void {
  for (const [name, { versions, type, options }] of Object.entries(fields)) {
    if (!includes(versions, walk.version) || includes(options.tagged, walk.version)) continue
    walkValue(walk, name, type, includes(options.nullable, walk.version))
  }
  if (walk.isFlexible) walk.reader.uvarint()
}

function walkValue(walk: Walk, field: string, type: FieldType, isNullable: boolean): void {
  if (typeof type === 'string') return walkLeaf(walk, field, type, isNullable)
  if (type.kind === 'struct') return walkStruct(walk, type.fields)
  const count = walkLength(walk, field, 'int32', isNullable)
  const { element } = type
  for (let i = 0; i < count; i++) {
    if (typeof element === 'string') walkLeaf(walk, field, element, false)
    else walkStruct(walk, element.fields)
  }
}

function walkLeaf(walk: Walk, field: string, type: string, isNullable: boolean): void {
  const { reader, fields } = walk
  const at = reader.position
  const size = SIZES[type] ?? walkLength(walk, field, type === 'string' ? 'int16' : 'int32', isNullable)
  reader.position += Math.max(size, 0)
  fields.push({ field, at, end: reader.position })
}

function walkLength(
  { reader, isFlexible, lengths }: Walk,
  field: string,
  plain: 'int16' | 'int32',
  isNullable: boolean,
): number {
  const at = reader.position
  const length = isFlexible ? reader.uvarint() - 1 : plain === 'int16' ? reader.int16() : reader.int32()
  const form = isFlexible ? 'varint' : plain
  lengths.push({ field, at, end: reader.position, form, isNullable, length })
  return length
}
