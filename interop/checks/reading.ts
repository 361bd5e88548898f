// A group reads everything, and nothing twice but what was not committed: at rest, and while members come, go and die.

import type { Bench } from '../runner/bench.js'
import { disorder } from '../runner/judge.js'
import { expect, Failed } from '../runner/until.js'

const PARTITIONS = 6

/** Three members. */
export async function consume(bench: Bench): Promise<void> {
  await bench.createTopic(PARTITIONS)
  for (let i = 0; i < 3; i++) bench.join()
  await bench.settled()
  await bench.produce(600)
  await bench.finish()
  const read = bench.members.flatMap((member) => member.all('consumed'))
  if (read.length < 600) throw new Failed(`${read.length} of 600 records were read`)
}

/** A third member comes, and the first leaves, while records flow. */
export async function joins(bench: Bench): Promise<void> {
  await bench.createTopic(PARTITIONS)
  const first = bench.join()
  bench.join()
  await bench.settled()
  await bench.whileProducing(async () => {
    bench.join()
    await bench.settled()
    const leftAt = performance.now()
    await bench.leave(first)
    await bench.settled()
    const tookMs = performance.now() - leftAt
    // a member that does not say that it leaves is found out when its session ends, 6 s after its last heartbeat
    if (tookMs > 5500)
      throw new Failed(`the others have its partitions after ${Math.round(tookMs)} ms: did it leave?`)
  })
  await bench.finish()
}

/** One of three is killed. */
export async function crash(bench: Bench): Promise<void> {
  await bench.createTopic(PARTITIONS)
  for (let i = 0; i < 3; i++) bench.join({ session: 1500 })
  await bench.settled()
  const [victim] = bench.members
  if (victim === undefined) return
  await bench.whileProducing(async () => {
    await bench.produce()
    await victim.kill()
    await bench.settled()
  })
  await bench.finish()
}

/** The topic grows: the members notice by themselves; those that do not notice, by the next rebalance. */
export async function grow(bench: Bench): Promise<void> {
  await bench.createTopic(PARTITIONS)
  bench.join()
  bench.join()
  await bench.settled()
  await bench.produce()
  await bench.grow(PARTITIONS + 3)
  if (bench.client.growsByJoin === true) {
    await bench.asked('Metadata', 2)
    bench.join()
  }
  await bench.settled()
  await bench.produce(90)
  await bench.finish()
}

/** Commits outlive the members: who comes later begins there. */
export async function commits(bench: Bench): Promise<void> {
  await bench.createTopic(PARTITIONS)
  bench.join()
  bench.join()
  await bench.settled()
  await bench.produce(120)
  await bench.finish()
  const later = bench.join()
  await bench.settled()
  await bench.produce(60)
  await bench.finish()
  expect('records that the later member read', 60, later.all('consumed').length)
}

/** Every partition is taken from one member before another has it. */
export async function callbacks(bench: Bench): Promise<void> {
  await bench.createTopic(PARTITIONS)
  const first = bench.join()
  await bench.settled()
  const second = bench.join()
  await bench.settled()
  await bench.leave(second)
  await bench.settled()
  await bench.produce()
  await bench.finish()
  const [problem] = [first, second].flatMap(disorder)
  if (problem !== undefined) throw new Failed(problem)
  assertHandedOver([first, second])
}

function assertHandedOver(members: Bench['members']): void {
  const steps = members.flatMap(({ name, events }) =>
    events.flatMap((event) =>
      event.event === 'assigned' || event.event === 'revoked' || event.event === 'lost'
        ? event.partitions.map((partition) => ({ name, partition, at: event.at, event: event.event }))
        : [],
    ),
  )
  const order = { revoked: 0, lost: 0, assigned: 1 }
  const owner = new Map<number, string>()
  for (const step of steps.sort((a, b) => a.at - b.at || order[a.event] - order[b.event])) {
    const had = owner.get(step.partition)
    if (step.event !== 'assigned') {
      if (had === step.name) owner.delete(step.partition)
    } else {
      if (had !== undefined && had !== step.name)
        throw new Failed(`${step.name} was assigned ${step.partition} while ${had} still had it`)
      owner.set(step.partition, step.name)
    }
  }
}
