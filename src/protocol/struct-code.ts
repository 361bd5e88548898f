// A struct becomes one generated function that reads it and one that writes it, with its fields by name: every decoded message is an
// object literal of constant shape, what has a fixed size stands in runs of which the bounds are checked once, and arrays are gone
// through in place, where it is known what they are of. Names come from declarations in this room, never from outside.

import { ProtocolError } from './errors.js'
import type { Field, Fields } from './schema.js'
import { absentValue, readTagged, type TaggedField, writeTagged } from './tagged.js'
import type { Placed, ReadValue, ValueCodec, WriteValue } from './types.js'

export interface Part {
  readonly name: string
  readonly codec: ValueCodec
}

/** Prefixes the place to what went wrong; the innermost error was made where it happened. */
export function inContext(error: unknown, where: string): unknown {
  if (error instanceof ProtocolError) return new ProtocolError(`${where}: ${error.message}`)
  if (error instanceof RangeError || error instanceof TypeError) {
    return new RangeError(`${where}: ${error.message}`)
  }
  return error
}

/** Longer arrays grow as they are read: how long they are is not to be believed before. */
const MADE_WHOLE = 256

/**
 * `parts` in the order of the wire. For instance:
 *
 *     (r) => {
 *       const b = r.buffer
 *       let at = 0, p = 0
 *       try {
 *         p = r.ahead(12)
 *         const v0 = p < 0 ? (at = 0, r.int32()) : g0(b, p)
 *         const v1 = p < 0 ? (at = 1, r.int64()) : g1(b, p + 4)
 *         at = 2; const v2 = r.compactString()
 *         at = 3; const n3 = c3(r), v3 = n3 < 0 ? null : made(n3); for (let i = 0; i < n3; i++) v3[i] = e3(r)
 *         at = -1
 *         const v = { a: v0, b: v1, notInThisVersion: absent[2](), c: v2, d: v3 }
 *         const n = r.uvarint(); if (n > 0) readTagged(r, v, tagged, n)
 *         return v
 *       } catch (error) { throw inContext(error, at < 0 ? 'tagged fields' : names[at]) }
 *     }
 */
export function structReader(
  fields: Fields,
  parts: readonly Part[],
  tagged: TaggedField[] | null,
): ReadValue {
  const runs = runsOf(parts)
  const reads = parts.map(({ codec: { method, elements } }, i) => {
    const one = `at = ${i}; const v${i} =`
    const run = runs[i]
    if (run !== undefined) {
      const from = run.offset === 0 ? `p = r.ahead(${run.size}); ` : ''
      return `${from}const v${i} = p < 0 ? (at = ${i}, r.${method}()) : g${i}(b, p + ${run.offset})`
    }
    if (elements !== undefined) {
      const element = elements.method === undefined ? `e${i}(r)` : `r.${elements.method}()`
      return `at = ${i}; const n${i} = c${i}(r), v${i} = n${i} < 0 ? null : made(n${i}); for (let i = 0; i < n${i}; i++) v${i}[i] = ${element}`
    }
    return method === undefined ? `${one} r${i}(r)` : `${one} r.${method}()`
  })
  const names = Object.keys(fields)
  const absent = names.map((name) => absentValue(fields[name] as Field))
  const members = names.map((name, i) => {
    const part = parts.findIndex((each) => each.name === name)
    if (part >= 0) return `${name}: v${part}`
    return `${name}: ${isShared(absent[i]?.()) ? `a${i}` : `absent[${i}]()`}`
  })
  const source = `
    ${names.map((_, i) => `const a${i} = absent[${i}]();`).join('')}
    ${parts.map((_, i) => `const { read: r${i}, placed: { at: g${i} } = {}, elements: { count: c${i}, read: e${i} } = {} } = codecs[${i}];`).join('\n')}
    return (r) => {
      const b = r.buffer
      let at = 0, p = 0
      try {
        ${reads.join('\n')}
        at = -1
        const v = { ${members.join(', ')} }
        ${tagged === null ? '' : 'const n = r.uvarint(); if (n > 0) readTagged(r, v, tagged, n)'}
        return v
      } catch (error) { throw inContext(error, at < 0 ? 'tagged fields' : names[at]) }
    }`
  return make(source, parts, { absent, tagged, readTagged, made }) as ReadValue
}

const made = (count: number): unknown[] => (count > MADE_WHOLE ? [] : new Array(count))

/** Whether one value will do for all messages: nobody can change it. */
const isShared = (value: unknown): boolean => typeof value !== 'object' || value === null

/** The same the other way round, with defaults for what is left out. */
export function structWriter(
  fields: Fields,
  parts: readonly Part[],
  tagged: TaggedField[] | null,
): WriteValue {
  const runs = runsOf(parts)
  const absent = parts.map(({ name }) => absentValue(fields[name] as Field))
  const writes = parts.map(({ name, codec: { method, elements } }, i) => {
    const given = `v${i} = v.${name} === undefined ? absent[${i}]() : v.${name};`
    const run = runs[i]
    if (run !== undefined) {
      const room = run.offset === 0 ? `p = w.reserve(${run.size}); b = w.buffer; ` : ''
      return `${room}at = ${i}; const ${given} g${i}(b, p + ${run.offset}, v${i})`
    }
    if (elements !== undefined) {
      return `at = ${i}; const ${given} c${i}(w, v${i} === null ? -1 : v${i}.length); if (v${i} !== null) for (let i = 0; i < v${i}.length; i++) e${i}(w, v${i}[i])`
    }
    if (method === undefined) return `at = ${i}; w${i}(w, v.${name})`
    return `at = ${i}; const ${given} w.${method}(v${i})`
  })
  const source = `
    ${parts.map((_, i) => `const { write: w${i}, placed: { put: g${i} } = {}, elements: { writeCount: c${i}, write: e${i} } = {} } = codecs[${i}];`).join('\n')}
    return (w, v) => {
      let at = 0, p = 0, b
      try {
        ${writes.join('\n')}
        at = -1
        ${tagged === null ? '' : tagged.length === 0 ? 'if (v.unknownTaggedFields === undefined) w.uvarint(0); else writeTagged(w, v, tagged)' : 'writeTagged(w, v, tagged)'}
      } catch (error) { throw inContext(error, at < 0 ? 'tagged fields' : names[at]) }
    }`
  return make(source, parts, { absent, tagged, writeTagged }) as WriteValue
}

interface InRun {
  /** Of all of the run. */
  readonly size: number
  /** Where in it this one stands. */
  readonly offset: number
}

/** For each part whether it stands in a row with others of fixed size. */
function runsOf(parts: readonly Part[]): (InRun | undefined)[] {
  const found = new Array<InRun | undefined>(parts.length)
  for (let from = 0; from < parts.length; from++) {
    const row: Placed[] = []
    for (let placed = parts[from]?.codec.placed; placed !== undefined; ) {
      row.push(placed)
      placed = parts[from + row.length]?.codec.placed
    }
    if (row.length < 2) continue
    const size = row.reduce((sum, placed) => sum + placed.size, 0)
    let offset = 0
    for (const [i, placed] of row.entries()) {
      found[from + i] = { size, offset }
      offset += placed.size
    }
    from += row.length - 1
  }
  return found
}

function make(source: string, parts: readonly Part[], used: Record<string, unknown>): unknown {
  const names = parts.map(({ name }) => name)
  const codecs = parts.map(({ codec }) => codec)
  const all = { ...used, codecs, names, inContext }
  return new Function(...Object.keys(all), source)(...Object.values(all))
}
