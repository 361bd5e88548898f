// What an administrator does: one program that is told call after call and answers with values, the same for all clients.

import type { Bench } from '../runner/bench.js'
import type { Program } from '../runner/program.js'
import { expect, Failed, until } from '../runner/until.js'

const LIMIT_MS = 30_000

class Administrator {
  readonly supported: string[] = []
  private readonly program: Program

  constructor(program: Program) {
    this.program = program
  }

  /** undefined where the client has no such call. */
  async call(call: string, ...words: (string | number)[]): Promise<unknown> {
    const said = () =>
      this.program.events.filter(({ event }) => event === 'result' || event === 'unsupported')
    const before = said().length
    this.program.tell([call, ...words].join(' '))
    await until(
      `${call} is answered`,
      () => {
        this.program.assertWell()
        if (this.program.isOver) throw new Failed(`it ended in ${call}: ${this.program.lastWords()}`)
        return said().length > before
      },
      () => this.program.lastWords(),
      LIMIT_MS,
    )
    const event = said()[before]
    if (event?.event !== 'result') return undefined
    if (event.error !== undefined) throw new Failed(`${call} ${words.join(' ')}: ${event.error}`)
    this.supported.push(call)
    return event.value ?? null
  }

  /** Asks until the answer is as expected: what was changed may be seen a moment later. */
  async sees(expected: unknown, call: string, ...words: (string | number)[]): Promise<void> {
    let value: unknown
    const ask = async () => {
      value = await this.call(call, ...words)
      return value === undefined || JSON.stringify(value) === JSON.stringify(expected)
    }
    const what = `${[call, ...words].join(' ')} gives ${JSON.stringify(expected)}`
    await until(what, ask, () => `It gives ${JSON.stringify(value)}`, 5000)
  }
}

export async function admin(bench: Bench): Promise<string[]> {
  const administrator = new Administrator(bench.program('admin', 'admin'))
  await topics(administrator, bench)
  await groups(administrator, bench)
  await staticMember(administrator, bench)
  if (administrator.supported.length === 0) throw new Failed('it has none of these calls')
  return [...new Set(administrator.supported)]
}

async function topics(administrator: Administrator, { target }: Bench): Promise<void> {
  const created = await administrator.call('createTopic', 'made', 2)
  if (created === undefined) await target.createTopic('made', 2)
  const list = await administrator.call('listTopics')
  if (Array.isArray(list) && !list.includes('made'))
    throw new Failed(`listTopics has ${list.join()}, not 'made'`)
  await administrator.sees(2, 'partitions', 'made')
  if ((await administrator.call('growTopic', 'made', 5)) !== undefined)
    await administrator.sees(5, 'partitions', 'made')
  if ((await administrator.call('alterConfig', 'made', 'max.message.bytes', '4321')) !== undefined)
    await administrator.sees('4321', 'config', 'made', 'max.message.bytes')
  else await administrator.call('config', 'made', 'max.message.bytes')
  if ((await administrator.call('deleteTopic', 'made')) === undefined) return
  await until('the topic is gone', async () => {
    const topics = await administrator.call('listTopics')
    return !Array.isArray(topics) || !topics.includes('made')
  })
}

/** What a topic holds, and that its beginning can be cut off. */
async function records(administrator: Administrator, { topic, target }: Bench): Promise<void> {
  await administrator.sees(target.bootstrap.split(',').length, 'nodes')
  await administrator.sees(10, 'endOffset', topic, 0)
  const deleted = await administrator.call('deleteRecords', topic, 0, 3)
  await administrator.sees(deleted === undefined ? 0 : 3, 'startOffset', topic, 0)
}

async function groups(administrator: Administrator, bench: Bench): Promise<void> {
  const { group, topic } = bench
  await bench.createTopic(2)
  bench.join()
  bench.join()
  await bench.settled()
  await bench.produce(20)
  await bench.allRead()
  await records(administrator, bench)
  const list = await administrator.call('listGroups')
  if (Array.isArray(list) && !list.includes(group))
    throw new Failed(`listGroups has ${list.join()}, not '${group}'`)
  await administrator.sees({ state: 'Stable', members: 2 }, 'describeGroup', group)
  await administrator.sees({ 0: 10, 1: 10 }, 'committed', group, topic)
  for (const member of bench.alive()) await bench.leave(member)
  await administrator.sees({ state: 'Empty', members: 0 }, 'describeGroup', group)
  if ((await administrator.call('alterOffset', group, topic, 0, 4)) !== undefined)
    expect('the offset', 4, (await bench.target.committed(group, topic))[0])
  if ((await administrator.call('deleteOffset', group, topic, 1)) !== undefined)
    expect('the offset', undefined, (await bench.target.committed(group, topic))[1])
  if ((await administrator.call('deleteGroup', group)) !== undefined)
    expect('the state', 'Dead', (await bench.target.group(group)).state)
}

/** A member with a group.instance.id, whose process has died, is put out of its group. */
async function staticMember(administrator: Administrator, bench: Bench): Promise<void> {
  const group = `${bench.group}-static`
  const member = await bench.partner('static', 'consume', {
    group,
    instance: 'one',
    session: 30_000,
    poll: 30_000,
  })
  await member.says('assigned')
  await member.kill()
  if ((await administrator.call('removeMember', group, 'one')) === undefined) return
  expect('its members', 0, (await bench.target.group(group)).members)
}
