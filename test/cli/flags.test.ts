// Flags: what is read without commander is what commander reads.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FLAGS, readFlags, readPlainly } from '../../src/cli/flags.js'
import { readByCommander } from '../../src/cli/flags-commander.js'
import { UsageError } from '../../src/cli/usage-error.js'

const names = FLAGS.map(({ usage }) => usage.split(' ')[0] as string)
const values = [
  'a',
  'orders:3',
  'users:1',
  '0',
  '9092',
  'x:1',
  'a.b=c',
  'a.b=d=e',
  'fsync',
  'info',
  '',
  '-1',
  '--',
  '-x',
]
const word = fc.oneof(
  fc.constantFrom(...names),
  fc.constantFrom(...values),
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values)).map((pair) => pair.join('=')),
)
/** A flag with a value that it may have. */
const right = fc.constantFrom(
  ['--host', '127.0.0.1'],
  ['--port=0'],
  ['--port', '65535'],
  ['--brokers', '3'],
  ['--advertise', 'broker:9092'],
  ['--topic', 'orders:3'],
  ['--topic', 'users:1'],
  ['--config', 'server.properties'],
  ['--set', 'num.partitions=3'],
  ['--set', 'num.partitions=4'],
  ['--set=group.max.size=5'],
  ['--data-dir', './data'],
  ['--ephemeral'],
  ['--durability', 'fsync'],
  ['--http', '127.0.0.1:0'],
  ['--no-http'],
  ['--test-kit'],
  ['--log-level', 'silent'],
)

const byCommander = (argv: readonly string[]) => {
  try {
    return readByCommander(argv)
  } catch (error) {
    return error
  }
}

describe('flags', () => {
  it('are read without commander where they are right, to the same end', () => {
    const property = fc.property(fc.array(right), (pairs) => {
      const argv = pairs.flat()
      expect(readPlainly(argv)).toEqual(byCommander(argv))
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('are left to commander where they are wrong', () => {
    const property = fc.property(fc.array(word, { maxLength: 4 }), (argv) => {
      const plainly = readPlainly(argv)
      if (plainly !== undefined) expect(plainly).toEqual(byCommander(argv))
    })
    fc.assert(property, { numRuns: 2000 })
  })

  it.each([
    [
      ['--port', 'x'],
      "option '--port <port>' argument 'x' is invalid. It must be a whole number from 0 to 65535.",
    ],
    [['--port'], "option '--port <port>' argument missing"],
    [['--prot', '1'], "unknown option '--prot' (Did you mean --port?)"],
    [['--ephemeral=true'], "unknown option '--ephemeral=true'"],
  ])('%j is refused in one line', async (argv, line) => {
    await expect(readFlags(argv)).rejects.toEqual(new UsageError(line))
  })
})
