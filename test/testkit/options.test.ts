// What plain JavaScript gets wrong is said, with the name that was probably meant.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Cohort, ConfigError, explore, startCohort } from '../../src/index.js'

let cohort: Cohort

beforeAll(async () => {
  cohort = await startCohort({ topics: { orders: 3 }, clock: 'virtual' })
})
afterAll(() => cohort.stop())

/** As JavaScript calls it. */
// biome-ignore lint/suspicious/noExplicitAny: no type stands in the way there
type Loose = any

const WRONG: [string, (cohort: Loose) => unknown, string][] = [
  [
    'requests of no API',
    (c) => c.requests('Hartbeat'),
    "requests: there is no API 'Hartbeat' (did you mean 'Heartbeat'?)",
  ],
  ['requests(5)', (c) => c.requests(5), 'requests: the API is 5, but must be a text'],
  [
    'requests by grp',
    (c) => c.requests('Heartbeat', { grp: 'x' }),
    "requests.grp: there is no such option (did you mean 'group'?)",
  ],
  ['requests by 5', (c) => c.requests('Heartbeat', { group: 5 }), 'requests.group is 5, but must be a text'],
  ['events(5)', (c) => c.events(5), 'events: the group is 5, but must be a text'],
  ['group()', (c) => c.group(), 'group: the id is undefined, but must be a text'],
  ['disconnect(5)', (c) => c.disconnect(5), 'disconnect: the client id is 5, but must be a text'],
  [
    'verify stict',
    (c) => c.verify({ stict: true }),
    "verify.stict: there is no such option (did you mean 'strict'?)",
  ],
  ['verify(true)', (c) => c.verify(true), 'verify is true, but must be an object'],
  ['quiesce(5)', (c) => c.quiesce(5), 'quiesce is 5, but must be an object'],
  [
    'quiesce soon',
    (c) => c.quiesce({ timeout: 'soon' }),
    'quiesce.timeout is "soon", but must be milliseconds, or',
  ],
  ['stable(2)', (c) => c.group('g').stable(2), 'stable is 2, but must be an object'],
  [
    'stable member',
    (c) => c.group('g').stable({ member: 2 }),
    "stable.member: there is no such option (did you mean 'members'?)",
  ],
  [
    'stable members text',
    (c) => c.group('g').stable({ members: '2' }),
    'stable.members is "2", but must be a whole number from 0 on',
  ],
  ['empty null', (c) => c.group('g').empty(null), 'empty is null, but must be an object'],
  [
    'empty timout',
    (c) => c.group('g').empty({ timout: 5 }),
    "empty.timout: there is no such option (did you mean 'timeout'?)",
  ],
  [
    'caughtUp timout',
    (c) => c.group('g').caughtUp({ timout: 5 }),
    "caughtUp.timout: there is no such option (did you mean 'timeout'?)",
  ],
  [
    'generation()',
    (c) => c.group('g').generation(),
    'generation: the generation is undefined, but must be a whole number, or a function',
  ],
  [
    'generation timout',
    (c) => c.group('g').generation(1, { timout: 5 }),
    'generation.timout: there is no such option',
  ],
  [
    'assigned()',
    (c) => c.group('g').assigned('orders'),
    'assigned: partition is undefined, but must be a whole number from 0 on',
  ],
  [
    'assigned options',
    (c) => c.group('g').assigned('orders', 0, 500),
    'assigned is 500, but must be an object',
  ],
  [
    'committed()',
    (c) => c.group('g').committed('orders', 0),
    'committed: offset is undefined, but must be a whole number from 0 to',
  ],
  [
    'committed text',
    (c) => c.group('g').committed(0, 'orders', 1),
    'committed: topic is 0, but must be a text that is not empty',
  ],
  [
    'records partitions',
    (c) => c.records('orders', { partitions: 1 }),
    "records.partitions: there is no such option (did you mean 'partition'?)",
  ],
  ['commit(undefined)', (c) => c.commit(undefined, {}), 'commit: the group is undefined, but must be a text'],
  [
    'advance(soon)',
    (c) => c.clock.advance('soon'),
    'advance: the duration is "soon", but must be milliseconds, or',
  ],
  [
    'advance silence',
    (c) => c.clock.advance('1s', { silence: 'all' }),
    "advance.silence: there is no such option (did you mean 'silent'?)",
  ],
  [
    'advance silent 5',
    (c) => c.clock.advance('1s', { silent: 5 }),
    "advance.silent is 5, but must be 'all', or a list of members",
  ],
  [
    'load(null)',
    (c) => c.load(null),
    'fixtures is null, but must be JSON lines, or an array of what they say',
  ],
  [
    'load(undefined)',
    (c) => c.load(),
    'fixtures is undefined, but must be JSON lines, or an array of what they say',
  ],
  ['load({})', (c) => c.load({ type: 'topic' }), 'fixtures is {"type":"topic"}, but must be JSON lines'],
]

it.each(WRONG)('%s is refused', async (_, call, message) => {
  const thrown = await (async () => call(cohort))().then(
    () => 'nothing',
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(ConfigError)
  expect((thrown as Error).message).toContain(message)
})

it('a thing that has itself in it is told without being walked', async () => {
  const itself: Record<string, unknown> = {}
  itself.itself = itself
  expect(() => cohort.verify(itself)).toThrow('verify.itself: there is no such option')
  expect(() => cohort.verify({ strict: itself as never })).toThrow(
    'verify.strict is [object Object], but must be',
  )
})

it('options that are not there, or undefined, are none', async () => {
  cohort.verify({ strict: undefined as never })
  cohort.requests(undefined, {})
  await cohort.group('nobody').empty({ timeout: undefined as never })
})

it.each<[Loose, string]>([
  [{ runs: 0 }, 'explore: runs is 0, but must be a whole number from 1 on'],
  [{ runs: -1 }, 'explore: runs is -1, but must be a whole number from 1 on'],
  [{ runs: 1.5 }, 'explore: runs is 1.5, but must be a whole number from 1 on'],
  [{ runs: 'x' }, 'explore: runs is "x", but must be a whole number from 1 on'],
  [{ runs: Number.NaN }, 'explore: runs is NaN, but must be a whole number from 1 on'],
  [{ seed: 'x' }, 'explore: seed is "x", but must be a whole number from 0 on'],
  [null, 'explore: options is null, but must be an object'],
  [{ run: 5 }, 'options.run: there is no such option'],
])('explore refuses %j', async (options, message) => {
  const body = async () => {
    throw new Error('it ran')
  }
  await expect(explore(options, body)).rejects.toThrow(message)
  await expect(explore({ runs: 1 }, undefined as never)).rejects.toThrow('must be a function (cohort)')
})
