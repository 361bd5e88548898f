// One large group: all join at the same time, then one more does.

import { beside, ours } from '../servers.js'
import { type Bench, inRounds, type Scenario } from './scenario.js'

const MEMBERS = 1000
const MORE_ROUNDS = 6
const WARM_UPS = 3

const roundsOf = ({ rounds, quick }: Bench) => (quick ? 3 : rounds + MORE_ROUNDS)

export const rebalance: Scenario = {
  name: 'rebalance',
  title: 'One large group',
  about: (bench) =>
    `${MEMBERS} members, each on a connection of its own, join one group at the same time, as clients do: JoinGroup without and with a member id, SyncGroup, and again upon REBALANCE_IN_PROGRESS. Until all have their assignment of one generation; then one more joins, the others ask by Heartbeat and join again at once. The generator's part is in it. Groups wait for no more members before their first generation. Median of ${roundsOf(bench)} rounds (least to most), after ${WARM_UPS} that do not count.`,
  measures: [{ key: 'stableMs', label: 'ms until stable', digits: 0 }],
  run: (bench) =>
    beside([ours], bench.peers, async (servers) => {
      const { generator, figures } = bench
      for (const server of servers) {
        for (let i = 0; i < WARM_UPS; i++) await generator.gather(server, MEMBERS)
      }
      await inRounds(roundsOf(bench), servers, async (server) => {
        const { allMs, oneMoreMs } = await generator.gather(server, MEMBERS)
        const place = { scenario: 'rebalance', server: server.name, measure: 'stableMs' }
        figures.add({ ...place, part: `${MEMBERS} join` }, allMs)
        figures.add({ ...place, part: 'one more joins' }, oneMoreMs)
      })
    }),
}
