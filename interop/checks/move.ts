// The group's coordinator moves to another broker, twice, while records flow: the members find it.

import type { Bench } from '../runner/bench.js'
import type { Request } from '../runner/target.js'
import { until } from '../runner/until.js'

const PARTITIONS = 6
/** A new coordinator reads its log first. */
const LOADING_MS = 300

export async function move(bench: Bench): Promise<void> {
  await bench.createTopic(PARTITIONS)
  for (let i = 0; i < 3; i++) bench.join()
  await bench.settled()
  await bench.whileProducing(async () => {
    for (let i = 0; i < 2; i++) {
      await bench.target.moveCoordinator(bench.group, LOADING_MS)
      await followed(bench, Date.now())
      await bench.settled()
    }
  })
  await bench.finish()
}

/** Until each member had a heartbeat answered without an error after that. */
async function followed(bench: Bench, sinceMs: number): Promise<void> {
  const { target, group } = bench
  await until(`${bench.alive().length} members follow to the new coordinator`, async () => {
    for (const member of bench.alive()) member.assertWell()
    const requests = (await target.requests()) ?? []
    const fine = requests.filter((each) => each.group === group && each.atMs >= sinceMs && isAlive(each))
    return new Set(fine.map(({ memberId }) => memberId)).size >= bench.alive().length
  })
}

const isAlive = ({ api, response }: Request) =>
  api === 'Heartbeat' && (response as { errorCode?: number } | null)?.errorCode === 0
