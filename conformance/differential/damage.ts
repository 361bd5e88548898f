// Ways to spoil the bytes of a request, as data, and the spoiling. The same damage hits the same field of the same request
// on both brokers, for their ids are equally long.

import fc from 'fast-check'
import type { Api } from '../../src/protocol/apis.js'
import { FRAME_PREFIX_BYTES, REQUEST_PREFIX_BYTES } from '../../src/protocol/layouts.js'
import { parseVersions } from '../../src/protocol/versions.js'
import { Writer } from '../../src/protocol/wire.js'
import { type LengthPlace, type Places, placesIn } from './places.js'

const any = fc.nat(9999)

/** Numbers that choose among places are taken modulo how many there are. */
export const damage = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: any }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('byte' as const),
      at: any,
      mask: fc.integer({ min: 1, max: 255 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('null' as const), place: any }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('length' as const),
      place: any,
      to: fc.constantFrom(
        'negative' as const,
        'least' as const,
        'huge' as const,
        'longer' as const,
        'shorter' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('trailing' as const),
      bytes: fc.array(fc.nat(255), { minLength: 1, maxLength: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('version' as const),
      to: fc.constantFrom('next' as const, 'last' as const, 'negative' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('size' as const), to: fc.constantFrom(-1, 0, 7, 0x7fffffff) }),
  },
)

export type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

/** A changed byte in these would mean another group, another time, or a coordinator that is not of groups. */
const SPARED: readonly string[] = ['groupId', 'sessionTimeoutMs', 'rebalanceTimeoutMs', 'keyType']

/** `request` is a whole request with its size. */
export function spoil(request: Buffer, api: Api, version: number, damage: Damage): Buffer {
  const frame = Buffer.from(request.subarray(FRAME_PREFIX_BYTES))
  const places = placesIn(frame, api, version)
  switch (damage.kind) {
    case 'cut':
      return framed(frame.subarray(0, damage.at % frame.length))
    case 'byte':
      return framed(withByte(frame, places, damage.at, damage.mask))
    case 'null': {
      const due = places.lengths.filter(({ isNullable }) => !isNullable)
      return framed(withLength(frame, pick(due, damage.place), -1))
    }
    case 'length':
      return framed(withOtherLength(frame, places, damage))
    case 'trailing':
      return framed(Buffer.concat([frame, Buffer.from(damage.bytes)]))
    case 'version':
      frame.writeInt16BE(otherVersion(api, damage.to), VERSION_AT)
      return framed(frame)
    case 'size':
      return framed(frame, damage.to)
  }
}

const VERSION_AT = 2

function otherVersion(api: Api, to: 'next' | 'last' | 'negative'): number {
  if (to === 'next') return parseVersions(api.request.versions).last + 1
  return to === 'last' ? 0x7fff : -1
}

function framed(frame: Buffer, size = frame.length): Buffer {
  const prefix = Buffer.alloc(FRAME_PREFIX_BYTES)
  prefix.writeInt32BE(size)
  return Buffer.concat([prefix, frame])
}

function withByte(frame: Buffer, { fields }: Places, at: number, mask: number): Buffer {
  const spared = fields.filter(({ field }) => SPARED.includes(field))
  const places = Array.from(frame.keys()).filter(
    (i) => i >= REQUEST_PREFIX_BYTES && !spared.some((field) => i >= field.at && i < field.end),
  )
  const hit = pick(places, at)
  if (hit !== undefined) frame.writeUInt8(frame.readUInt8(hit) ^ mask, hit)
  return frame
}

type LengthDamage = Extract<Damage, { kind: 'length' }>

function withOtherLength(frame: Buffer, { lengths }: Places, { place, to }: LengthDamage): Buffer {
  if (to === 'negative') return withLength(frame, pick(lengths, place), -2)
  if (to === 'least') return withLength(frame, pick(lengths, place), LEAST)
  if (to === 'huge') return withLength(frame, pick(lengths, place), HUGE)
  const others = lengths.filter(({ field, length }) => !SPARED.includes(field) && length > 0)
  const found = pick(others, place)
  return withLength(frame, found, (found?.length ?? 0) + (to === 'longer' ? 1 : -1))
}

const HUGE = 0x7ffffffe
const LEAST = -0x80000000

/** A compact length is one more than it says; negative ones take all five bytes. */
function withLength(frame: Buffer, place: LengthPlace | undefined, length: number): Buffer {
  if (place === undefined) return frame
  const writer = new Writer()
  if (place.form === 'varint') writer.uvarint(length + 1)
  else if (place.form === 'int32') writer.int32(length)
  else writer.int16(length > 0x7fff ? 0x7fff : length < -0x8000 ? -0x8000 : length)
  return Buffer.concat([frame.subarray(0, place.at), writer.take(), frame.subarray(place.end)])
}

function pick<T>(from: readonly T[], index: number): T | undefined {
  return from[index % from.length]
}
