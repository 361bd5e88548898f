// Heartbeats as fast as answers come: what a request costs that changes nearly nothing.

import { beside, limit, ours, unwatched } from '../servers.js'
import { CPU, inRounds, P50, P99, type Scenario, SPEED, take } from './scenario.js'

const CONNECTIONS = 100
const IN_FLIGHT = [1, 16]

export const heartbeats: Scenario = {
  name: 'heartbeats',
  title: 'Heartbeats',
  about: ({ rounds, seconds }) =>
    `Heartbeats over ${CONNECTIONS} connections, each with a group of one member, with 1 and with 16 in flight each: median of ${rounds} rounds of ${seconds} s (least to most).`,
  measures: [CPU, SPEED, P50, P99],
  run: (bench) =>
    beside([limit, ours, unwatched], bench.peers, async (servers) => {
      const { generator, rounds, seconds, warmUpSeconds } = bench
      const maxInFlight = Math.max(...IN_FLIGHT)
      const spread = { connections: CONNECTIONS, groups: CONNECTIONS, members: 1, maxInFlight }
      const players = []
      for (const server of servers) {
        const play = await generator.open(server, { kind: 'heartbeats', ...spread })
        for (const inFlight of IN_FLIGHT) await play.run({ inFlight, seconds: warmUpSeconds(server) })
        players.push({ server, play })
      }
      for (const inFlight of IN_FLIGHT) {
        await inRounds(rounds, players, async ({ server, play }) => {
          const place = { scenario: 'heartbeats', part: `${inFlight} in flight`, server: server.name }
          take(bench, place, await play.run({ inFlight, seconds }))
        })
      }
      for (const { play } of players) await play.close()
    }),
}
