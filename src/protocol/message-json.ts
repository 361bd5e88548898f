// A decoded message as Kafka's JsonConverter prints it: the fields of its version by name, tagged ones unless they have their default,
// bytes in base64. An int64 stays a bigint: how it is written is the printer's to say.

import type { ArrayType, Field, Fields, MessageSchema, StructType } from './schema.js'
import { absenceTest } from './tagged.js'
import { includes } from './versions.js'

export function toJson({ fields }: MessageSchema, version: number, value: object): object {
  return structJson(fields, version, value)
}

function structJson(fields: Fields, version: number, value: object): object {
  const json: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    const member = (value as Record<string, unknown>)[name]
    if (!includes(field.versions, version)) continue
    if (includes(field.options.tagged, version) && absenceTest(field)(member)) continue
    json[name] = valueJson(field.type, version, member)
  }
  return json
}

function valueJson(type: Field['type'] | ArrayType['element'], version: number, value: unknown): unknown {
  if (value === null) return null
  if (typeof type !== 'string') return compoundJson(type, version, value)
  return Buffer.isBuffer(value) ? value.toString('base64') : value
}

function compoundJson(type: ArrayType | StructType, version: number, value: unknown): unknown {
  if (type.kind === 'struct') return structJson(type.fields, version, value as object)
  return (value as unknown[]).map((each) => valueJson(type.element, version, each))
}
