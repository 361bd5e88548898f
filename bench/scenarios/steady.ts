// Heartbeats at an even pace that every server keeps easily: how long one takes when nothing is waiting.

import { beside, limit, ours } from '../servers.js'
import { type Bench, CPU, inRounds, P50, P99, type Scenario, take } from './scenario.js'

const CONNECTIONS = 100
const PER_SECOND = 5000
const MORE_ROUNDS = 4

/** How soon an idle processor wakes differs more between rounds than the servers do. */
const roundsOf = ({ rounds, quick }: Pick<Bench, 'rounds' | 'quick'>) => (quick ? 3 : rounds + MORE_ROUNDS)

export const steady: Scenario = {
  name: 'steady',
  title: 'Heartbeats at an even pace',
  about: ({ rounds, seconds, quick }) =>
    `Heartbeats at ${PER_SECOND} a second, one every ${1e6 / PER_SECOND} us, over ${CONNECTIONS} connections in turn; latency counts from when a request was due. Median of ${roundsOf({ rounds, quick })} rounds of ${seconds} s (least to most).`,
  measures: [P50, P99, CPU],
  run: (bench) =>
    beside([limit, ours], bench.peers, async (servers) => {
      const { generator, seconds, warmUpSeconds } = bench
      const spread = { connections: CONNECTIONS, groups: CONNECTIONS, members: 1, maxInFlight: 8 }
      const players = []
      for (const server of servers) {
        const play = await generator.open(server, { kind: 'heartbeats', ...spread })
        await play.run({ inFlight: 1, seconds: warmUpSeconds(server) })
        players.push({ server, play })
      }
      await inRounds(roundsOf(bench), players, async ({ server, play }) => {
        const place = { scenario: 'steady', part: `${PER_SECOND} a second`, server: server.name }
        take(bench, place, await play.run({ perSecond: PER_SECOND, waits: 'awake', seconds }))
      })
      for (const { play } of players) await play.close()
    }),
}
