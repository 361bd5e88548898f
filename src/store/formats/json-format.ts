// Records as JSON, for logs that are ours alone and small: metadata, blocks of producer ids. What JSON would lose is refused.

import type { LogFormat } from './log-format.js'

export const jsonFormat: LogFormat = {
  writeKey: (to, { key }) => to.utf8(key),
  writeValue: (to, { value }) => to.utf8(JSON.stringify(value, checked)),
  record: (key, value) => ({ key: key.toString(), value: JSON.parse(value.toString()) }),
  describeKey: (key) => key.toString(),
  describeValue: (_, value) => JSON.parse(value.toString()),
}

function checked(this: Readonly<Record<string, unknown>>, name: string, given: unknown): unknown {
  const value = this[name] // what toJSON would make of it is no longer it
  const isPlain =
    value === undefined ||
    value === null ||
    ['string', 'number', 'boolean'].includes(typeof value) ||
    Array.isArray(value) ||
    (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
  if (!isPlain) throw new TypeError(`'${name}' is ${describe(value)}, which JSON does not keep`)
  return given
}

const describe = (value: unknown) =>
  typeof value === 'object' && value !== null ? `a ${value.constructor.name}` : typeof value
