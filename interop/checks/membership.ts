// Who stays a member: a consumer that pauses, a static member that restarts.

import type { Bench } from '../runner/bench.js'
import { owned } from '../runner/judge.js'
import { expect, until } from '../runner/until.js'

const PARTITIONS = 6
export const SESSION_MS = 2000
export const SLOW_MS = 3000

/** Paused for longer than its session lasts, and than its poll loop may stand still. */
export async function pause(bench: Bench): Promise<void> {
  await bench.createTopic(PARTITIONS)
  const poll = bench.client.pausesBySilence === true ? 60_000 : SLOW_MS
  const first = bench.join({ session: SESSION_MS, poll })
  const second = bench.join({ session: SESSION_MS, poll })
  await bench.settled()
  await bench.produce()
  await bench.allRead()
  const { generation } = await bench.target.group(bench.group)
  first.tell('pause')
  await first.says('paused')
  const pausedAt = Date.now()
  await bench.produce() // a fetch that was under way may still bring some of it
  await stillHeard(bench, pausedAt + 1000)
  const [readBefore, othersBefore] = [first, second].map((member) => member.all('consumed').length)
  await bench.produce()
  await until('the other reads on', () => second.all('consumed').length > (othersBefore ?? 0))
  await stillHeard(bench, pausedAt + SLOW_MS + 1000)
  expect('records read while paused', readBefore, first.all('consumed').length)
  expect('the group', { state: 'Stable', members: 2, generation }, await asExpected(bench))
  first.tell('resume')
  await first.says('resumed')
  await bench.finish()
}

/** Until the broker had a heartbeat of the group after that time; where it does not tell, until then. */
export async function stillHeard(bench: Bench, atMs: number): Promise<void> {
  await until('a heartbeat after the session would have ended', async () => {
    for (const member of bench.alive()) member.assertWell()
    if (Date.now() < atMs) return false
    const requests = await bench.target.requests()
    if (requests === null) return true
    return requests.some(
      (each) => each.api === 'Heartbeat' && each.group === bench.group && each.atMs >= atMs,
    )
  })
}

export async function asExpected({ target, group }: Bench): Promise<object> {
  const { state, members, generation } = await target.group(group)
  return { state, members, generation }
}

/** Its process ends and another with its group.instance.id begins: nobody else notices. It is not the leader, which some
 * clients let ask for a rebalance by themselves when it has restarted. */
export async function staticMember(bench: Bench): Promise<void> {
  await bench.createTopic(PARTITIONS)
  const leader = bench.join({ instance: 'two', session: 10_000 })
  await bench.settled()
  const restarted = bench.join({ instance: 'one', session: 10_000 })
  await bench.settled()
  await bench.produce()
  await bench.allRead()
  const before = await asExpected(bench)
  const assignments = leader.all('assigned').length
  await restarted.kill()
  const again = bench.join({ instance: 'one', session: 10_000 })
  await bench.settled([again, leader])
  await bench.produce()
  await bench.allRead()
  expect('the group', before, await asExpected(bench))
  expect('how often the other was assigned', assignments, leader.all('assigned').length)
  expect('what the restarted one owns', owned(restarted.events), owned(again.events))
  await bench.assertRead()
}
