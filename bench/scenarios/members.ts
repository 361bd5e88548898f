// npm run bench:members: as many members as one process is to bear.

import { usage } from '../processes.js'
import { beside, ours } from '../servers.js'
import { inRounds, P50, P99, type Scenario } from './scenario.js'

const GROUPS = 1000
const MEMBERS_EACH = 100
const MEMBERS = GROUPS * MEMBERS_EACH
const CONNECTIONS = 10_000
const EVERY_SECONDS = 3
const LOAD_SECONDS = 10

export const members: Scenario = {
  name: 'members',
  title: '100,000 members',
  about: ({ rounds }) =>
    `${MEMBERS} members in groups of ${MEMBERS_EACH}, over ${CONNECTIONS} connections, with a Heartbeat of each every ${EVERY_SECONDS} s: what is resident more with them, connections and all, and CPU of the server in percent of one core. Median of ${rounds} rounds of ${LOAD_SECONDS} s (least to most).`,
  measures: [
    { key: 'kilobytes', label: 'KB/member', digits: 2 },
    { key: 'cpuPercent', label: 'server CPU %', digits: 1 },
    { key: 'perSecond', label: 'heartbeats/s', digits: 0 },
    P50,
    P99,
  ],
  run: ({ generator, peers, rounds, figures }) =>
    beside([ours], peers, async (servers) => {
      const spread = { connections: CONNECTIONS, groups: GROUPS, members: MEMBERS_EACH, maxInFlight: 1 }
      const load = { perSecond: MEMBERS / EVERY_SECONDS, waits: 'asleep', seconds: LOAD_SECONDS } as const
      for (const server of servers) {
        const { name, pid } = server
        const before = pid && usage(pid)?.residentMb
        const play = await generator.open(server, { kind: 'heartbeats', ...spread })
        await play.run(load)
        const place = { scenario: 'members', part: `${MEMBERS} members`, server: name }
        await inRounds(rounds, [play], async () => {
          const { cpuSeconds, elapsedMs, requests, p50Micros, p99Micros } = await play.run(load)
          const after = pid && usage(pid)?.residentMb
          const kilobytes = before && after && ((after - before) * 1024) / MEMBERS
          figures.add({ ...place, measure: 'kilobytes' }, kilobytes ?? null)
          figures.add({ ...place, measure: 'cpuPercent' }, cpuSeconds && (cpuSeconds * 100_000) / elapsedMs)
          figures.add({ ...place, measure: 'perSecond' }, (requests * 1000) / elapsedMs)
          figures.add({ ...place, measure: P50.key }, p50Micros)
          figures.add({ ...place, measure: P99.key }, p99Micros)
        })
        await play.close()
      }
    }),
}
