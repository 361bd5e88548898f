// What several members may do to one group, right and wrong, as data that fast-check makes and shrinks.

import fc from 'fast-check'
import { damage } from './damage.js'

export const ACTORS = 4
/** Actors from this one on are static members. */
export const FIRST_STATIC = 3

const FLAWS = [
  'generation',
  'older generation',
  'member',
  'no member',
  'instance',
  'group',
  'protocol',
] as const

/** What is wrong with a request that is well formed; most often nothing. */
export type Flaw = 'none' | (typeof FLAWS)[number]

/** Which of a member's timeouts are so short that they run out in a pause. */
export type Timeouts = 'long' | 'short session' | 'short rebalance' | 'both short'

const flaw: fc.Arbitrary<Flaw> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Flaw>('none') },
  { weight: 2, arbitrary: fc.constantFrom<Flaw>(...FLAWS) },
)
const actor = fc.nat(ACTORS - 1)
const seldom = fc.oneof(
  { weight: 4, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
)
const version = (first: number, last: number) => fc.integer({ min: first, max: last })
const weighted = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary })

const long = fc.constant<Timeouts>('long')
const short = fc.constantFrom<Timeouts>('long', 'short session', 'short rebalance', 'both short')

/** Versions are those that Apache Kafka 4.4.0 has too. */
const requests = (timeouts: fc.Arbitrary<Timeouts>) =>
  fc.oneof(
    weighted(
      8,
      fc.record({
        do: fc.constant('join' as const),
        actor,
        version: fc.oneof(weighted(1, version(0, 9)), weighted(2, fc.constant(9))),
        offer: fc.oneof(weighted(3, fc.constant(0)), weighted(2, fc.nat(5))),
        forget: seldom,
        timeouts,
        flaw,
      }),
    ),
    weighted(8, fc.record({ do: fc.constant('sync' as const), actor, version: version(0, 5), flaw })),
    weighted(3, fc.record({ do: fc.constant('heartbeat' as const), actor, version: version(0, 4), flaw })),
    weighted(
      2,
      fc.record({
        do: fc.constant('leave' as const),
        actors: fc.array(actor, { minLength: 1, maxLength: 2 }),
        version: version(0, 5),
        flaw,
      }),
    ),
    weighted(
      4,
      fc.record({
        do: fc.constant('commit' as const),
        actor,
        version: version(2, 10),
        offset: fc.integer({ min: -2, max: 99 }),
        target: fc.nat(5),
        flaw,
      }),
    ),
    weighted(
      1,
      fc.record({
        do: fc.constant('simple commit' as const),
        version: version(2, 10),
        offset: fc.nat(99),
      }),
    ),
    weighted(
      2,
      fc.record({
        do: fc.constant('fetch' as const),
        version: version(1, 10),
        all: fc.boolean(),
        stable: fc.boolean(),
      }),
    ),
    weighted(1, fc.record({ do: fc.constant('delete offset' as const), target: fc.nat(3) })),
    weighted(1, fc.record({ do: fc.constant('delete group' as const), version: version(0, 3) })),
    weighted(
      2,
      fc.record({
        do: fc.constant('describe' as const),
        version: version(0, 6),
        withOperations: fc.boolean(),
      }),
    ),
    weighted(
      1,
      fc.record({ do: fc.constant('list' as const), version: version(0, 5), isFiltered: fc.boolean() }),
    ),
    weighted(
      1,
      fc.record({
        do: fc.constant('find' as const),
        version: version(0, 6),
        keyType: fc.constantFrom(0, 3, -1),
      }),
    ),
  )

const damaged = (timeouts: fc.Arbitrary<Timeouts>) =>
  fc.record({ do: fc.constant('damaged' as const), request: requests(timeouts), damage })

/** A well-behaved generation: its actors join, come back until all are in, and sync. */
const round = (timeouts: fc.Arbitrary<Timeouts>, maxActors: number) =>
  fc.record({
    do: fc.constant('round' as const),
    actors: fc.subarray([0, 1, 2, 3], { minLength: 1, maxLength: maxActors }),
    timeouts,
  })

const pause = fc.record({ do: fc.constant('pause' as const), isLong: fc.boolean() })

type Of<T> = T extends fc.Arbitrary<infer V> ? V : never
export type Request = Of<ReturnType<typeof requests>>
export type Step = Request | Of<ReturnType<typeof damaged>> | Of<typeof pause>
export type Command = Step | Of<ReturnType<typeof round>>

const ROUND_JOINS = 3

export function expand(commands: readonly Command[]): Step[] {
  return commands.flatMap((each) => {
    if (each.do !== 'round') return [each]
    const { actors, timeouts } = each
    const joins = actors.map(
      (who): Step => ({
        do: 'join',
        actor: who,
        version: 9,
        offer: 0,
        forget: false,
        timeouts,
        flaw: 'none',
      }),
    )
    const syncs = actors.map((who): Step => ({ do: 'sync', actor: who, version: 5, flaw: 'none' }))
    return [...Array.from({ length: ROUND_JOINS }, () => joins).flat(), ...syncs]
  })
}

/** In such a sequence each request must follow the one before within a certain time (time.ts). */
export function isTimed(commands: readonly Command[]): boolean {
  return commands.some((each) => each.do === 'pause')
}

const MAX_COMMANDS = 25
/** Few, for they share the time in which nothing may run out. */
const MAX_TIMED_COMMANDS = 10

/** Without pauses. */
export const untimed: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(weighted(32, requests(long)), weighted(4, round(long, ACTORS)), weighted(5, damaged(long))),
  { minLength: 1, maxLength: MAX_COMMANDS, size: 'max' },
)

/** With short timeouts, and pauses in which they run out. */
const timed: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    weighted(20, requests(short)),
    weighted(8, round(short, 2)),
    weighted(1, damaged(short)),
    weighted(9, pause),
  ),
  { minLength: 2, maxLength: MAX_TIMED_COMMANDS, size: 'max' },
)

export const sequence: fc.Arbitrary<Command[]> = fc.oneof(weighted(4, untimed), weighted(1, timed))

/** Whatever comes of expanding or shrinking a sequence. */
export const steps: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(requests(short), round(short, ACTORS), damaged(short), pause),
  { minLength: 0, maxLength: 1000, size: 'max' },
)
