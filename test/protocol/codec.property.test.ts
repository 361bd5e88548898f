// Every message in every version: what is encoded decodes to the same, and no bytes whatever do more than be refused.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApiName } from '../../src/protocol/api-names.js'
import { Apis } from '../../src/protocol/apis.js'
import { codec } from '../../src/protocol/compile.js'
import {
  consumerProtocolAssignment,
  consumerProtocolSubscription,
} from '../../src/protocol/embedded/consumer-protocol.js'
import { ProtocolError } from '../../src/protocol/errors.js'
import type { MessageSchema } from '../../src/protocol/schema.js'
import { parseVersions } from '../../src/protocol/versions.js'
import { Reader, Writer } from '../../src/protocol/wire.js'
import { arbitraryMessage } from './arbitrary.js'

const schemas: MessageSchema[] = [
  ...(Object.keys(Apis) as ApiName[]).flatMap((name) => [Apis[name].request, Apis[name].response]),
  consumerProtocolSubscription,
  consumerProtocolAssignment,
]

const versioned = schemas.flatMap((schema) => {
  const { first, last } = parseVersions(schema.versions)
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    schema,
    version: first + i,
    name: schema.name,
  }))
})

function encode(schema: MessageSchema, version: number, value: object): Buffer {
  const writer = new Writer()
  codec(schema, version).write(writer, value as never)
  return writer.take()
}

/** The value, or null for a ProtocolError; anything else that is thrown fails the test. */
function decodeOrRefuse(schema: MessageSchema, version: number, bytes: Buffer): object | null {
  try {
    return codec(schema, version).read(new Reader(bytes))
  } catch (error) {
    if (error instanceof ProtocolError) return null
    throw error
  }
}

/** How many values a decoded message holds: what decoding has allocated. */
function size(value: unknown): number {
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, member) => sum + size(member), 1)
}

describe('codecs', () => {
  it.each(versioned)('$name v$version: a round trip keeps every field', ({ schema, version }) => {
    fc.assert(
      fc.property(arbitraryMessage(schema, version), (value) => {
        const bytes = encode(schema, version, value)
        const reader = new Reader(bytes)
        const decoded = codec(schema, version).read(reader)
        expect(decoded).toMatchObject(value)
        expect(reader.remaining).toBe(0)
        expect(encode(schema, version, decoded)).toEqual(bytes)
      }),
      { numRuns: 10 },
    )
  })

  it.each(versioned)('$name v$version: random bytes are decoded or refused', ({ schema, version }) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const decoded = decodeOrRefuse(schema, version, Buffer.from(bytes))
        if (decoded !== null) expect(size(decoded)).toBeLessThan(100 * (bytes.length + 10))
      }),
      { numRuns: 30 },
    )
  })

  it.each(versioned)(
    '$name v$version: mutated and cut bytes are decoded or refused',
    ({ schema, version }) => {
      const mutation = fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }), cut: fc.nat() })
      fc.assert(
        fc.property(arbitraryMessage(schema, version), mutation, (value, { at, byte, cut }) => {
          const bytes = encode(schema, version, value)
          if (bytes.length === 0) return
          bytes[at % bytes.length] = byte
          decodeOrRefuse(schema, version, bytes)
          decodeOrRefuse(schema, version, bytes.subarray(0, cut % bytes.length))
        }),
        { numRuns: 10 },
      )
    },
  )
})
