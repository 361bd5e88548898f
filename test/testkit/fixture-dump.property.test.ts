// Whatever a broker holds, its dump loaded into another one is dumped from there in the same letters.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toJson } from '../../src/control/json.js'
import { type Message, startCohort } from '../../src/index.js'

const bytes = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('__proto__', 'base64', '\uFEFFmark', '1', '0', '-1', ''),
  fc.uint8Array({ maxLength: 8 }).map((octets) => Buffer.from(octets)),
)
const orNull = fc.option(bytes)
const message: fc.Arbitrary<Message> = fc.record(
  {
    key: orNull,
    value: orNull,
    partition: fc.nat(2),
    headers: fc.array(fc.tuple(bytes, orNull), { maxLength: 4 }),
    timestamp: fc.integer({ min: -1, max: 1_700_000_000_000 }),
  },
  { requiredKeys: ['value'] },
)

const name = fc.oneof(fc.string({ minLength: 1, maxLength: 4 }), fc.constantFrom('__proto__', 'g', 'orders'))
const member = fc.record(
  {
    memberId: name,
    clientId: fc.string({ maxLength: 4 }),
    instanceId: name,
    sessionTimeout: fc.nat(60_000),
    topics: fc.array(name, { maxLength: 3 }),
    assignment: fc.dictionary(name, fc.array(fc.nat(5), { maxLength: 3 }), { maxKeys: 3 }),
  },
  { requiredKeys: ['memberId'] },
)
const group = fc.record(
  {
    group: name,
    generation: fc.nat(0x7fffffff),
    protocolType: name,
    members: fc
      .uniqueArray(member, { maxLength: 3, selector: ({ memberId }) => memberId })
      .filter((members) => {
        const instances = members.flatMap(({ instanceId }) => instanceId ?? [])
        return new Set(instances).size === instances.length
      }),
  },
  { requiredKeys: ['group'] },
)
const offset = fc.record({
  ...{ group: name, topic: fc.constantFrom('orders', 'users'), partition: fc.nat(2) },
  ...{ offset: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), metadata: fc.string({ maxLength: 5 }) },
})

const lettersOf = (entries: readonly object[]) =>
  entries.map((entry) => `${JSON.stringify(toJson(entry))}\n`).join('')

it('records, offsets and groups come back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { maxLength: 8 }),
      fc.array(offset, { maxLength: 6 }),
      fc.uniqueArray(group, { maxLength: 4, selector: (each) => each.group }),
      async (messages, offsets, groups) => {
        await using cohort = await startCohort({ topics: { orders: 3, users: 3 } })
        await cohort.produce('orders', messages)
        await cohort.load([
          ...offsets.map((each) => ({ type: 'offset', ...each })),
          ...groups.map((each) => ({ type: 'group', ...each })),
        ])
        const dumped = lettersOf(await cohort.dump())
        await using other = await startCohort()
        await other.load(dumped)
        expect(lettersOf(await other.dump())).toBe(dumped)

        const stored = async (of: typeof cohort) =>
          (await of.records('orders')).map(({ key, value, headers, timestampMs, partition }) => ({
            ...{ key, value, headers, timestampMs, partition },
          }))
        expect(await stored(other)).toEqual(await stored(cohort))
      },
    ),
    { numRuns: 60 },
  )
})
