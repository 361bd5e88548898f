// A message as Kafka's JsonConverter prints it, from a decoded value and back: how vectors state what bytes mean.

import type { ArrayType, Field, Fields, MessageSchema, PrimitiveType } from '../../src/protocol/schema.js'
import { includes } from '../../src/protocol/versions.js'

export type Json = null | boolean | number | bigint | string | Json[] | { [key: string]: Json }

/** JSON.parse that keeps int64: numbers of 16 digits and more become bigint. */
export function parseLine(line: string): Json {
  const guarded = line.replace(/([:[,])(-?\d{16,})(?=[,\]}])/g, '$1"$2n"')
  return JSON.parse(guarded, (_, value) =>
    typeof value === 'string' && /^-?\d{16,}n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  )
}

/** The converter's JSON as a value to encode. */
export function fromJson(schema: MessageSchema, version: number, json: Json): object {
  return structFrom(schema.fields, version, json) as object
}

function structFrom(fields: Fields, version: number, json: Json): unknown {
  if (json === null) return null
  const object = json as { [key: string]: Json }
  const value: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    if (name in object) value[name] = valueFrom(field.type, version, object[name] as Json)
  }
  return value
}

function valueFrom(type: Field['type'] | ArrayType['element'], version: number, json: Json): unknown {
  if (json === null) return null
  if (typeof type === 'string') return scalarFrom(type, json)
  if (type.kind === 'array') return (json as Json[]).map((item) => valueFrom(type.element, version, item))
  return structFrom(type.fields, version, json)
}

function scalarFrom(type: PrimitiveType, json: Json): unknown {
  if (type === 'bytes' || type === 'records') return Buffer.from(json as string, 'base64')
  return type === 'int64' ? BigInt(json as number | bigint) : json
}

/** Why the decoded value is not what the JSON says, or null when it is. Members that are absent are proved by
 * the bytes. */
export function difference(schema: MessageSchema, version: number, value: object, json: Json): string | null {
  return structDifference(schema.fields, version, value as Record<string, unknown>, json, '')
}

function structDifference(
  fields: Fields,
  version: number,
  value: Record<string, unknown>,
  json: Json,
  path: string,
): string | null {
  const object = json as { [key: string]: Json }
  for (const name of Object.keys(object)) {
    if (!(name in fields)) return `${path}/${name}: not declared`
    if (!includes(fields[name]?.versions, version)) return `${path}/${name}: declared outside v${version}`
  }
  for (const [name, field] of Object.entries(fields)) {
    const at = `${path}/${name}`
    const found =
      name in object ? valueDifference(field.type, version, value[name], object[name] as Json, at) : null
    if (found !== null) return found
    const isTagged = includes(field.options.tagged, version)
    if (!(name in object) && includes(field.versions, version) && !isTagged) return `${at}: not in the vector`
  }
  return null
}

function valueDifference(
  type: Field['type'] | ArrayType['element'],
  version: number,
  value: unknown,
  json: Json,
  path: string,
): string | null {
  if (json === null || value === null) return json === value ? null : `${path}: ${value} is not ${json}`
  if (typeof type === 'string') {
    const expected = scalarFrom(type, json)
    const same = Buffer.isBuffer(expected) ? expected.equals(value as Buffer) : expected === value
    return same ? null : `${path}: ${String(value)} is not ${String(expected)}`
  }
  if (type.kind === 'struct') {
    return structDifference(type.fields, version, value as Record<string, unknown>, json, path)
  }
  const values = value as unknown[]
  const expected = json as Json[]
  if (values.length !== expected.length) return `${path}: ${values.length} elements, not ${expected.length}`
  for (const [i, item] of expected.entries()) {
    const found = valueDifference(type.element, version, values[i], item, `${path}/${i}`)
    if (found !== null) return found
  }
  return null
}
