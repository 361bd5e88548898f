// Members that do nothing but be alive.

import { usage } from '../processes.js'
import { beside, ours } from '../servers.js'
import { inRounds, P50, type Scenario } from './scenario.js'

const GROUPS = 50
const MEMBERS_EACH = 100
const MEMBERS = GROUPS * MEMBERS_EACH
const EVERY_SECONDS = 3

export const idle: Scenario = {
  name: 'idle',
  title: 'Idle members',
  about: ({ rounds, seconds }) =>
    `${MEMBERS} members in groups of ${MEMBERS_EACH}, each on a connection of its own, with a Heartbeat every ${EVERY_SECONDS} s: CPU of the server in percent of one core, and what is resident. Median of ${rounds} rounds of ${2 * seconds} s (least to most).`,
  measures: [
    { key: 'cpuPercent', label: 'server CPU %', digits: 1 },
    { key: 'residentMb', label: 'resident MB', digits: 0 },
    P50,
  ],
  run: ({ generator, peers, rounds, seconds, figures }) =>
    beside([ours], peers, async (servers) => {
      const spread = { connections: MEMBERS, groups: GROUPS, members: MEMBERS_EACH, maxInFlight: 1 }
      const load = { perSecond: MEMBERS / EVERY_SECONDS, waits: 'asleep' } as const
      const players = []
      for (const server of servers) {
        const play = await generator.open(server, { kind: 'heartbeats', ...spread })
        await play.run({ ...load, seconds })
        players.push({ server, play })
      }
      await inRounds(rounds, players, async ({ server: { name, pid }, play }) => {
        const { cpuSeconds, elapsedMs, p50Micros } = await play.run({ ...load, seconds: 2 * seconds })
        const place = { scenario: 'idle', part: `${MEMBERS} members`, server: name }
        figures.add({ ...place, measure: 'cpuPercent' }, cpuSeconds && (cpuSeconds * 100_000) / elapsedMs)
        figures.add({ ...place, measure: 'residentMb' }, (pid && usage(pid)?.residentMb) ?? null)
        figures.add({ ...place, measure: P50.key }, p50Micros)
      })
      for (const { play } of players) await play.close()
    }),
}
