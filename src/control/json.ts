// Values as JSON has them: int64 as a number while that is exact, else as its digits; bytes as a text, or { base64 } where
// they are none.

import { fromBytes } from '../testkit/fixture-bytes.js'

export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  if (Buffer.isBuffer(value)) return fromBytes(value)
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => typeof member !== 'function')
      .map(([name, member]) => [name, toJson(member)]),
  )
}
