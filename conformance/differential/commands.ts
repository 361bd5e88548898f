// What several members may do to one group, right and wrong, as data that fast-check makes and shrinks.

import fc from 'fast-check'

export const ACTORS = 4
/** Actors from this one on are static members. */
export const FIRST_STATIC = 3

/** What is wrong with a request; most often nothing. */
export type Flaw =
  | 'none'
  | 'generation'
  | 'older generation'
  | 'member'
  | 'no member'
  | 'instance'
  | 'group'
  | 'protocol'

const flaw: fc.Arbitrary<Flaw> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Flaw>('none') },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Flaw>(
      'generation',
      'older generation',
      'member',
      'no member',
      'instance',
      'group',
      'protocol',
    ),
  },
)
const actor = fc.nat(ACTORS - 1)
const version = (first: number, last: number) => fc.integer({ min: first, max: last })

/** Versions are those that Apache Kafka 4.4.0 has too. */
export const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      actor,
      version: fc.oneof({ weight: 2, arbitrary: fc.constant(9) }, { weight: 1, arbitrary: version(0, 9) }),
      offer: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(5) }),
      forget: fc.oneof(
        { weight: 4, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      flaw,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('sync' as const), actor, version: version(0, 5), flaw }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('heartbeat' as const), actor, version: version(0, 4), flaw }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('leave' as const),
      actors: fc.array(actor, { minLength: 1, maxLength: 2 }),
      version: version(0, 5),
      flaw,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      actor,
      version: version(2, 10),
      offset: fc.integer({ min: -2, max: 99 }),
      target: fc.nat(5),
      flaw,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('simple commit' as const),
      version: version(2, 10),
      offset: fc.nat(99),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fetch' as const),
      version: version(1, 10),
      all: fc.boolean(),
      stable: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete offset' as const), target: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete group' as const), version: version(0, 3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('describe' as const), version: version(0, 6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('list' as const), version: version(0, 5) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('round' as const),
      actors: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
    }),
  },
)

export type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

/** One request. A round is a well-behaved generation: its actors join, come back until all are in, and sync. */
export type Step = Exclude<Command, { do: 'round' }>

const ROUND_JOINS = 3

export function expand(commands: readonly Command[]): Step[] {
  return commands.flatMap((each) => {
    if (each.do !== 'round') return [each]
    const joins = each.actors.map(
      (who): Step => ({ do: 'join', actor: who, version: 9, offer: 0, forget: false, flaw: 'none' }),
    )
    const syncs = each.actors.map((who): Step => ({ do: 'sync', actor: who, version: 5, flaw: 'none' }))
    return [...Array.from({ length: ROUND_JOINS }, () => joins).flat(), ...syncs]
  })
}

export const MAX_STEPS = 25
export const sequence = fc.array(command, { minLength: 1, maxLength: MAX_STEPS, size: 'max' })
