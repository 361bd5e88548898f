// Decoded values as text: error codes by name, bytes as text where they are text.

import { errorName } from '../src/protocol/errors.js'

/** One line of JSON, or several when an indent is given. */
export function show(value: unknown, indent = 0): string {
  return JSON.stringify(value, asText, indent) ?? 'undefined'
}

/** As plain JSON: what a report keeps. */
export function plain(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(show(value))
}

function asText(key: string, value: unknown): unknown {
  if (key === 'unknownTaggedFields') return undefined
  if (key === 'errorCode' && typeof value === 'number') return `${value} ${errorName(value)}`
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof RegExp) return String(value)
  if (typeof value === 'string' && value.length > 5 * SHOWN)
    return `${value.slice(0, SHOWN)}... (${value.length} characters)`
  return isBytes(value) ? bytesAsText(Buffer.from(value.data)) : value
}

/** A Buffer as JSON.stringify hands it on. */
function isBytes(value: unknown): value is { data: number[] } {
  return (value as { type?: unknown } | null)?.type === 'Buffer'
}

/** Longer bytes and texts are shown by their beginning and their length. */
const SHOWN = 200

function bytesAsText(bytes: Buffer): string {
  const begin = bytes.subarray(0, SHOWN)
  const text = begin.toString('latin1')
  const shown = /^[\x20-\x7e]*$/.test(text) ? text : `0x${begin.toString('hex')}`
  return bytes.length > SHOWN ? `${shown}... (${bytes.length} bytes)` : shown
}
