// OffsetCommit of many partitions by members of groups, kept in memory.

import { beside, ours } from '../servers.js'
import { createTopic } from '../throughput/servers.js'
import { CPU, inRounds, P50, P99, type Scenario, SPEED, take } from './scenario.js'

const CONNECTIONS = 100

export const commits: Scenario = {
  name: 'commits',
  title: 'Commits',
  about: ({ rounds, seconds, partitions }) =>
    `OffsetCommit of ${partitions} partitions over ${CONNECTIONS} connections, each with a group of one member and one request in flight, in memory; what was committed last is read back in the end. Median of ${rounds} rounds of ${seconds} s (least to most).`,
  measures: [CPU, SPEED, P50, P99],
  run: (bench) =>
    beside([ours], bench.peers, async (servers) => {
      const { generator, rounds, seconds, warmUpSeconds, topic, partitions } = bench
      const players = []
      for (const server of servers) {
        if (!bench.peers.includes(server)) await createTopic(server, topic, partitions)
        const opening = { kind: 'commits', connections: CONNECTIONS, topic, partitions } as const
        const play = await generator.open(server, opening)
        await play.run({ inFlight: 1, seconds: warmUpSeconds(server) })
        players.push({ server, play })
      }
      await inRounds(rounds, players, async ({ server, play }) => {
        const place = { scenario: 'commits', part: `${partitions} partitions`, server: server.name }
        take(bench, place, await play.run({ inFlight: 1, seconds }))
      })
      for (const { play } of players) await play.close()
    }),
}
