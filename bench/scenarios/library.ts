// The broker as a test has it: the library, in a process without the command, and in that of who asks it.

import { Generator } from '../generator.js'
import { beside, ours } from '../servers.js'
import { type Bench, CPU, inRounds, P50, P99, type Scenario, SPEED, take } from './scenario.js'

const CONNECTIONS = 100
const IN_FLIGHT = [1, 16]

const secondsOf = ({ quick }: Pick<Bench, 'quick'>) => (quick ? 0.5 : 1)

export const library: Scenario = {
  name: 'library',
  title: 'As a library',
  about: ({ rounds, quick }) =>
    `Heartbeats as above, of the broker that startCohort() starts: in a process of its own, and in that of the load generator, where the CPU is that of both. Median of ${rounds} rounds of ${secondsOf({ quick })} s (least to most).`,
  measures: [CPU, SPEED, P50, P99],
  run: async (bench) => {
    const { generator, rounds, topic, partitions } = bench
    const seconds = secondsOf(bench)
    const [apart, both] = [await Generator.start(), await Generator.start()]
    const hosted = [
      () => apart.host('startCohort()', topic, partitions),
      () => both.host('startCohort(), with the generator', topic, partitions),
    ]
    const measured = beside([ours, ...hosted], [], async (servers) => {
      const maxInFlight = Math.max(...IN_FLIGHT)
      const spread = { connections: CONNECTIONS, groups: CONNECTIONS, members: 1, maxInFlight }
      const players = []
      for (const [i, server] of servers.entries()) {
        const asking = i === servers.length - 1 ? both : generator
        const play = await asking.open(server, { kind: 'heartbeats', ...spread })
        for (const inFlight of IN_FLIGHT) await play.run({ inFlight, seconds })
        players.push({ server, play })
      }
      for (const inFlight of IN_FLIGHT) {
        await inRounds(rounds, players, async ({ server, play }) => {
          const place = { scenario: 'library', part: `${inFlight} in flight`, server: server.name }
          take(bench, place, await play.run({ inFlight, seconds }))
        })
      }
      for (const { play } of players) await play.close()
    })
    await measured.finally(() => Promise.all([apart.stop(), both.stop()]))
  },
}
