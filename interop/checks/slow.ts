// A poll loop that stands still. Most clients leave the group then, by themselves; some only stop their heartbeats; some stay
// members for as long as nobody else joins or leaves. In every case it is a member again when the
// loop goes on, or another takes its place where the program ends.

import type { Bench } from '../runner/bench.js'
import { expect } from '../runner/until.js'
import { asExpected, SESSION_MS, SLOW_MS, stillHeard } from './membership.js'

const PARTITIONS = 6

export async function slow(bench: Bench): Promise<void> {
  const kind = bench.client.slowLoop ?? 'leaves'
  if (kind === 'stays' || kind === 'holds up') return stays(bench, kind === 'holds up')
  return loses(bench, kind === 'expires' ? 1500 : SESSION_MS, kind === 'ends')
}

/** The other has all partitions while it stands still. */
async function loses(bench: Bench, session: number, ends: boolean): Promise<void> {
  await bench.createTopic(PARTITIONS)
  const first = bench.join({ session, poll: SLOW_MS })
  const second = bench.join({ session, poll: SLOW_MS })
  await bench.settled()
  await bench.produce()
  await bench.allRead()
  first.tell('stall')
  await bench.produce() // clients that hand over one record at a time stand still in the next one
  await bench.settled([second])
  await bench.produce()
  first.tell('go')
  if (ends) {
    await first.ends()
    bench.join({ session, poll: SLOW_MS })
  }
  await bench.settled()
  await readAndLeave(bench)
}

/** It is a member all the time, until a rebalance waits for it for longer than the rebalance timeout. */
async function stays(bench: Bench, holdsUp: boolean): Promise<void> {
  await bench.createTopic(PARTITIONS)
  const times = { session: SESSION_MS, rebalance: SLOW_MS }
  const first = bench.join(times)
  const second = bench.join(times)
  await bench.settled()
  await bench.produce()
  await bench.allRead()
  const before = await asExpected(bench)
  first.tell('stall')
  await bench.produce()
  await stillHeard(bench, Date.now() + SLOW_MS + 1000)
  expect('the group', before, await asExpected(bench))
  if (holdsUp) {
    const third = bench.join(times)
    await bench.settled([second, third])
  }
  first.tell('go')
  await bench.settled()
  await readAndLeave(bench)
}

async function readAndLeave(bench: Bench): Promise<void> {
  await bench.produce()
  await bench.allRead()
  for (const member of bench.alive()) await bench.leave(member)
}
