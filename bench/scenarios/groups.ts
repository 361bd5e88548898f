// What a heartbeat costs among many groups beside what it costs among few, and what a group costs in memory. Few and many are asked of
// two processes in turn; a peer is one process, and asked first while it has few.

import type { Play } from '../generator.js'
import { usage } from '../processes.js'
import { beside, limit, ours } from '../servers.js'
import type { Server } from '../throughput/servers.js'
import { type Bench, CPU, inRounds, P50, type Scenario, SPEED, take } from './scenario.js'

const CONNECTIONS = 100
const FEW = 100
const MANY = 20_000
const KILOBYTES = 'kilobytes'

export const groups: Scenario = {
  name: 'groups',
  title: 'Many groups',
  about: ({ rounds, seconds }) =>
    `Heartbeats of ${FEW} groups of one member, and of ${MANY}, over ${CONNECTIONS} connections with one in flight each; what is resident more with the ${MANY}, for each of them, after the server has been warm. Median of ${rounds} rounds of ${seconds} s (least to most).`,
  measures: [CPU, SPEED, P50, { key: KILOBYTES, label: 'KB/group', digits: 2 }],
  run: async (bench) => {
    await beside([limit, limit, ours, ours], [], async ([limitFew, limitMany, oursFew, oursMany]) => {
      const asked = [
        await few(bench, limitFew as Server),
        await few(bench, oursFew as Server),
        await many(bench, limitMany as Server),
        await many(bench, oursMany as Server),
      ]
      await ask(bench, asked)
    })
    for (const server of bench.peers) {
      await ask(bench, [await few(bench, server)])
      await ask(bench, [await many(bench, server)])
    }
  },
}

interface Asked {
  readonly server: Server
  readonly count: number
  readonly play: Play
  /** Of each group; null: not measured. */
  readonly kilobytes: number | null
}

async function few({ generator, warmUpSeconds }: Bench, server: Server, count = FEW): Promise<Asked> {
  const spread = { connections: CONNECTIONS, groups: count, members: 1, maxInFlight: 1 }
  const play = await generator.open(server, { kind: 'heartbeats', ...spread })
  await play.run({ inFlight: 1, seconds: warmUpSeconds(server) })
  return { server, count, play, kilobytes: null }
}

/** What a load leaves behind is there before. */
async function many(bench: Bench, server: Server): Promise<Asked> {
  await (await few(bench, server)).play.close()
  const before = residentKb(server)
  const asked = await few(bench, server, MANY)
  const after = residentKb(server)
  return { ...asked, kilobytes: before && after && (after - before) / MANY }
}

const residentKb = ({ pid }: Server) => pid && (usage(pid)?.residentMb ?? Number.NaN) * 1024

async function ask(bench: Bench, all: readonly Asked[]): Promise<void> {
  const placeOf = ({ server, count }: Asked) => {
    return { scenario: 'groups', part: `${count} groups`, server: server.name }
  }
  await inRounds(bench.rounds, all, async (asked) => {
    take(bench, placeOf(asked), await asked.play.run({ inFlight: 1, seconds: bench.seconds }))
  })
  for (const asked of all) {
    if (asked.count === MANY) bench.figures.add({ ...placeOf(asked), measure: KILOBYTES }, asked.kilobytes)
    await asked.play.close()
  }
}
