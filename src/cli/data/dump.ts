// `cohort dump`: all that is in a data directory, a line of JSON for each record, keys and values of __consumer_offsets as Kafka's tools
// print them.

import { Command } from 'commander'
import { openReader } from '../../store/reader.js'
import { json } from '../admin/json.js'
import type { Io } from '../io.js'
import { type DataFlags, perform, told, withDataDir } from './command.js'

interface Flags extends DataFlags {
  readonly log?: string
}

export function dump(argv: readonly string[], io: Io): Promise<number> {
  const command = withDataDir(new Command('cohort dump'))
    .description('Prints all that a data directory has, as JSON lines; also while a broker uses it.')
    .option('--log <name>', 'only this log, as __consumer_offsets-12, partitions, __cluster_metadata')
  return perform<Flags>(command, argv, io, async ({ dataDir, log: only }) => {
    const reader = await openReader(dataDir)
    try {
      if (only !== undefined && !reader.logs.includes(only)) {
        return told(io, command, `there is no log '${only}', only ${reader.logs.join(', ') || 'none'}`, 1)
      }
      let damaged = 0
      for (const { log, described, damage } of reader.entries(only)) {
        if (damage === null) io.write(json({ log, ...described }, 0))
        else damaged += told(io, command, damage, 1)
      }
      return damaged === 0 ? 0 : 1
    } finally {
      await reader.close()
    }
  })
}
