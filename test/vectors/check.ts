// Checks one line of a vector file (format: README.md beside the files): decoded fields against the stated message,
// and bytes against bytes in both directions.

import { isDeepStrictEqual } from 'node:util'
import type { ApiName } from '../../src/protocol/api-names.js'
import { Apis, requestHeaderVersion, responseHeaderVersion } from '../../src/protocol/apis.js'
import { codec } from '../../src/protocol/compile.js'
import {
  consumerProtocolAssignment,
  consumerProtocolSubscription,
} from '../../src/protocol/embedded/consumer-protocol.js'
import { recordType } from '../../src/protocol/embedded/coordinator-records.js'
import { requestHeader, responseHeader } from '../../src/protocol/header.js'
import { toJson } from '../../src/protocol/message-json.js'
import type { MessageSchema, UnknownTaggedField } from '../../src/protocol/schema.js'
import { Reader, Writer } from '../../src/protocol/wire.js'
import { difference, fromJson, type Json, parseLine } from './json.js'
import { checkRecords } from './records.js'

interface Line {
  readonly api: string
  /** Of an API, or of a kind of record. */
  readonly key: number | null
  readonly type: string
  readonly version: number
  readonly headerVersion: number | null
  readonly case: string
  readonly message: Json
  readonly hex: string
  /** Behind the number that a stored key or value begins with. */
  readonly framedHex?: string
  readonly unknownTaggedFields?: Unknown[]
}

interface Unknown {
  readonly path: string
  readonly tag: number
  readonly hex: string
}

export type Verdict =
  | { readonly verdict: 'checked'; readonly subject: string }
  | { readonly verdict: 'skipped'; readonly reason: string }
  | { readonly verdict: 'mismatch'; readonly subject: string; readonly what: string }

const HEADERS: Record<string, MessageSchema> = {
  RequestHeader: requestHeader,
  ResponseHeader: responseHeader,
}
const EMBEDDED: Record<string, MessageSchema> = {
  ConsumerProtocolSubscription: consumerProtocolSubscription,
  ConsumerProtocolAssignment: consumerProtocolAssignment,
}

export function checkLine(text: string): Verdict {
  const line = parseLine(text) as unknown as Line
  if (line.type === 'records') return checkRecords(line as never)
  const schema = schemaOf(line)
  if (schema === undefined) return { verdict: 'skipped', reason: skipReason(line) }
  const subject = `${line.api} ${line.type}`
  try {
    const what = nameMismatch(schema, line) ?? headerMismatch(line) ?? mismatch(schema, line)
    return what === null
      ? { verdict: 'checked', subject }
      : { verdict: 'mismatch', subject: `${subject} v${line.version} ${line.case}`, what }
  } catch (error) {
    return { verdict: 'mismatch', subject: `${subject} v${line.version} ${line.case}`, what: String(error) }
  }
}

function schemaOf(line: Line): MessageSchema | undefined {
  const api = line.api in Apis ? Apis[line.api as ApiName] : undefined
  if (line.type === 'request') return api?.request
  if (line.type === 'response') return api?.response
  if (line.type === 'header') return HEADERS[line.api]
  if (line.type === 'coordinator-key') return recordType(line.key as number)?.key
  if (line.type === 'coordinator-value') return recordType(line.key as number)?.value
  return line.type === 'embedded' ? EMBEDDED[line.api] : undefined
}

function skipReason({ api, type }: Line): string {
  if (type === 'request' || type === 'response') return `API not in this project yet: ${api}`
  return `type not in this project yet: ${type}`
}

/** A kind of record is found by its number. */
function nameMismatch({ name }: MessageSchema, { type, api }: Line): string | null {
  return type.startsWith('coordinator-') && name !== api ? `${name}, not ${api}` : null
}

function headerMismatch({ api: name, type, version, headerVersion }: Line): string | null {
  if (!(name in Apis)) return null
  const api = Apis[name as ApiName]
  const ours = type === 'request' ? requestHeaderVersion(api, version) : responseHeaderVersion(api, version)
  return ours === headerVersion ? null : `header version ${ours}, not ${headerVersion}`
}

function mismatch(schema: MessageSchema, line: Line): string | null {
  const { read, write } = codec(schema, line.version)
  const bytes = Buffer.from(line.hex, 'hex')
  const reader = new Reader(bytes)
  const decoded = read(reader)
  if (reader.remaining > 0) return `${reader.remaining} bytes left over`
  const differs = difference(schema, line.version, decoded, line.message)
  if (differs !== null) return `decoded ${differs}`

  if (!isDeepStrictEqual(plain(toJson(schema, line.version, decoded)), plain(line.message))) {
    return 'decoded and printed as JSON: another text'
  }
  const again = new Writer()
  write(again, decoded)
  if (again.take().toString('hex') !== line.hex) return 'decoded and encoded again: other bytes'

  // Unknown tagged fields are in the bytes, not in the message.
  if (line.unknownTaggedFields !== undefined) return unknownMismatch(decoded, line.unknownTaggedFields)
  const fresh = new Writer()
  write(fresh, fromJson(schema, line.version, line.message))
  return fresh.take().toString('hex') === line.hex ? null : 'encoded from the message: other bytes'
}

/** A small int64 is a number in a vector and a bigint in what is decoded. */
function plain(json: unknown): unknown {
  const text = (_: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)
  return JSON.parse(JSON.stringify(json, text))
}

function unknownMismatch(decoded: object, stated: readonly Unknown[]): string | null {
  const text = (unknown: Unknown) => `${unknown.path} ${unknown.tag} ${unknown.hex}`
  const found = unknownOf(decoded, '').map(text).sort().join(', ')
  const expected = stated.map(text).sort().join(', ')
  return found === expected ? null : `unknown tagged fields ${found}, not ${expected}`
}

function unknownOf(value: unknown, path: string): Unknown[] {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return []
  return Object.entries(value).flatMap(([name, member]) => {
    if (name !== 'unknownTaggedFields') return unknownOf(member, `${path}/${name}`)
    const fields = member as UnknownTaggedField[]
    return fields.map(({ tag, data }) => ({ path, tag, hex: Buffer.from(data).toString('hex') }))
  })
}
