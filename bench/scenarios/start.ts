// From the start of a process to the first byte of its answer to ApiVersions, and what it has resident then.

import { LIMIT, OURS } from '../figures.js'
import { start as begin, stop, usage } from '../processes.js'
import { LIMIT_BY_TSX_COMMAND, LIMIT_COMMAND, OURS_COMMAND, OURS_FROM_SOURCE_COMMAND } from '../servers.js'
import { type Bench, inRounds, type Scenario } from './scenario.js'

const MORE_ROUNDS = 4

const COMMANDS = [
  { part: 'built', server: LIMIT, command: LIMIT_COMMAND },
  { part: 'built', server: OURS, command: OURS_COMMAND },
  { part: 'from source, by tsx', server: LIMIT, command: LIMIT_BY_TSX_COMMAND },
  { part: 'from source, by tsx', server: OURS, command: OURS_FROM_SOURCE_COMMAND },
]

const roundsOf = ({ rounds, quick }: Bench) => (quick ? 3 : rounds + MORE_ROUNDS)

export const start: Scenario = {
  name: 'start',
  title: 'Start',
  about: (bench) =>
    `Start to the first byte of an answer to ApiVersions, and what is resident then: median of ${roundsOf(bench)} starts (least to most).`,
  measures: [
    { key: 'startMs', label: 'start ms', digits: 0 },
    { key: 'residentMb', label: 'resident MB', digits: 1 },
  ],
  run: (bench) =>
    inRounds(
      roundsOf(bench),
      bench.quick ? COMMANDS.slice(0, 2) : COMMANDS,
      async ({ part, server, command }) => {
        const started = await begin(command)
        const place = { scenario: 'start', part, server }
        bench.figures.add({ ...place, measure: 'startMs' }, started.startMs)
        bench.figures.add({ ...place, measure: 'residentMb' }, usage(started.pid)?.residentMb ?? null)
        await stop(started)
      },
    ),
}
