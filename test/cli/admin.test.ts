// The commands for any broker, on ours: what they print, what they change, with what code they end.

import { afterEach, describe, expect, it } from 'vitest'
import type { Io } from '../../src/cli/admin/command.js'
import { describe as describeCommand } from '../../src/cli/admin/describe.js'
import { groups } from '../../src/cli/admin/groups.js'
import { lag } from '../../src/cli/admin/lag.js'
import { offsets } from '../../src/cli/admin/offsets.js'
import { type Cohort, startCohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { fakeBroker, metadataOf } from '../client/fake-broker.js'
import { until } from '../helpers/until.js'
import { RawMember } from '../testkit/member.js'

const COMMANDS = { groups, describe: describeCommand, lag, offsets }
const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function broker(topics: Record<string, number> = { orders: 3, users: 1 }): Promise<Cohort> {
  const cohort = await startCohort({ topics })
  open.push(() => cohort.stop())
  return cohort
}

async function member(cohort: Cohort, group: string, options = {}): Promise<RawMember> {
  const joined = await RawMember.alone(cohort, group, options)
  open.push(() => joined.client.close())
  return joined
}

const told = (more: Partial<Io> = {}) => {
  const io = { out: '', err: '', isTTY: false, ...more }
  return {
    ...io,
    write(text: string) {
      this.out += text
    },
    error(text: string) {
      this.err += text
    },
  }
}

/** `line` as it is typed behind `cohort`. */
async function run(where: Cohort | number | null, line: string, io = told()) {
  const [name, ...words] = line.split(' ')
  const port = typeof where === 'number' ? where : where?.port
  const brokers = port === undefined ? [] : ['--brokers', `127.0.0.1:${port}`]
  const code = await COMMANDS[name as keyof typeof COMMANDS]([...words, ...brokers], io)
  return { code, out: io.out, err: io.err, lines: io.out.trimEnd().split('\n') }
}

/** Runs of spaces as one: what stands in a row. */
const row = (line: string | undefined) => (line ?? '').trim().replace(/ +/g, ' ')

describe('cohort groups', () => {
  it('lists them with state, members and coordinator', async () => {
    const cohort = await broker()
    const { memberId } = await member(cohort, 'readers')
    expect(memberId).not.toBe('')
    await cohort.commit('a-simple-one', { orders: { 0: 1 } })
    const { code, lines } = await run(cohort, 'groups')
    expect(code).toBe(0)
    expect(lines).toEqual([
      'GROUP         STATE   TYPE     PROTOCOL  MEMBERS  COORDINATOR',
      `a-simple-one  Empty   classic  -               0  1 127.0.0.1:${cohort.port}`,
      `readers       Stable  classic  consumer        1  1 127.0.0.1:${cohort.port}`,
    ])
    const { out } = await run(cohort, 'groups --json')
    expect(JSON.parse(out)[1]).toEqual({
      groupId: 'readers',
      state: 'Stable',
      type: 'classic',
      protocolType: 'consumer',
      members: 1,
      coordinator: { nodeId: 1, host: '127.0.0.1', port: cohort.port },
    })
  })

  it.each([
    ['--state empty', ['a-simple-one']],
    ['--state Stable,Empty', ['a-simple-one', 'readers']],
    ['--state PREPARINGREBALANCE', []],
    ['--type Classic --state stable', ['readers']],
    ['--type share', []],
  ])('%s', async (filter, names) => {
    const cohort = await broker()
    await member(cohort, 'readers')
    await cohort.commit('a-simple-one', { orders: { 0: 1 } })
    const { out } = await run(cohort, `groups --json ${filter}`)
    expect(JSON.parse(out).map(({ groupId }: { groupId: string }) => groupId)).toEqual(names)
    if (names.length === 0)
      expect((await run(cohort, `groups ${filter}`)).out).toBe('There is no such group.\n')
  })

  it('filters by itself on a broker that cannot', async () => {
    const cohort = await startCohort({
      topics: { orders: 1 },
      apiVersions: { ListGroups: [0, 2], DescribeGroups: [0, 2] },
    })
    open.push(() => cohort.stop())
    await member(cohort, 'readers')
    await cohort.commit('a-simple-one', { orders: { 0: 1 } })
    const { lines } = await run(cohort, 'groups --state stable')
    expect(lines.slice(1).map(row)).toEqual([`readers Stable classic consumer 1 1 127.0.0.1:${cohort.port}`])
  })

  it('tells the others when one broker of a cluster is gone, and ends with 1', async () => {
    const gone = await fakeBroker({})
    await gone[Symbol.asyncDispose]()
    await using first = await fakeBroker({
      Metadata: () => metadataOf([first.port, gone.port]),
      ListGroups: () => ({ groups: [{ groupId: 'g', groupState: 'Stable', groupType: 'consumer' }] }),
    })
    const { code, lines, err } = await run(first.port, 'groups')
    expect(code).toBe(1)
    expect(row(lines[1])).toBe(`g Stable consumer - - 1 127.0.0.1:${first.port}`)
    expect(err).toMatch(/^cohort groups: 127\.0\.0\.1:\d+ cannot be reached, ECONNREFUSED.*\n$/)
  })
})

describe('cohort describe', () => {
  it('shows the members', async () => {
    const cohort = await broker()
    const { memberId } = await member(cohort, 'readers', { groupInstanceId: 'pod-1' })
    const { code, lines } = await run(cohort, 'describe readers')
    expect(code).toBe(0)
    expect(lines).toEqual([
      'Group:       readers',
      'State:       Stable',
      'Type:        classic',
      'Protocol:    consumer',
      'Assignor:    range',
      `Coordinator: broker 1, 127.0.0.1:${cohort.port}`,
      'Generation:  not told by DescribeGroups',
      'Members:     1',
      '',
      `${'MEMBER'.padEnd(memberId.length)}  CLIENT  HOST       INSTANCE  ASSIGNED  SUBSCRIBED`,
      `${memberId}  raw     127.0.0.1  pod-1     orders 0  orders`,
    ])
    const { out } = await run(cohort, 'describe readers --json')
    expect(JSON.parse(out)).toMatchObject({
      groupId: 'readers',
      state: 'Stable',
      type: 'classic',
      protocolType: 'consumer',
      assignor: 'range',
      coordinator: { nodeId: 1, host: '127.0.0.1', port: cohort.port },
      leastGeneration: null,
      members: [{ memberId, instanceId: 'pod-1', subscribed: { topics: ['orders'] } }],
    })
  })

  it.each([
    ['PreparingRebalance', 'JoinGroup', (cohort: Cohort) => cohort.group('g').rebalance('test')],
    [
      'CompletingRebalance',
      "the leader's SyncGroup",
      async (_: Cohort, leader: RawMember) => void (await leader.join()),
    ],
  ])('says of a group in %s what cannot be known', async (state, awaited, provoke) => {
    const cohort = await broker()
    const leader = await member(cohort, 'g')
    await provoke(cohort, leader)
    const { out } = await run(cohort, 'describe g')
    expect(out).toContain(`State:       ${state}\n`)
    expect(out).toContain(
      `The group is rebalancing and waits for ${awaited}. DescribeGroups does not tell who is awaited`,
    )
    expect((await run(cohort, 'lag g')).out).toContain('It is rebalancing: owners are those from before.\n')
  })

  it('of what does not exist is an error', async () => {
    const cohort = await broker()
    const { code, out, err } = await run(cohort, 'describe nobody')
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: `cohort describe: group 'nobody' does not exist: nobody has joined it or committed to it (DescribeGroups at broker 1, 127.0.0.1:${cohort.port}: GROUP_ID_NOT_FOUND)\n`,
    })
  })

  it('lets no client steer the terminal', async () => {
    const cohort = await broker()
    const { client } = await RawMember.connect(cohort, 'x')
    open.push(() => client.close())
    const groupId = 'evil\x1b[2J\x9b'
    const join = {
      groupId,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      protocolType: '\x1b]0;t\x07',
    }
    await client.send(Apis.JoinGroup, 3, { ...join, protocols: [{ name: 'p', metadata: Buffer.alloc(0) }] })
    const listed = await run(cohort, 'groups')
    expect(listed.out).toContain('evil\\x1b[2J\\x9b')
    const io = told()
    await describeCommand([groupId, '--brokers', `127.0.0.1:${cohort.port}`], io)
    const json = await run(cohort, 'groups --json')
    expect(JSON.parse(json.out)[0].groupId).toBe(groupId)
    const missing = told()
    await describeCommand(['no\x1b[31m', '--brokers', `127.0.0.1:${cohort.port}`], missing)
    for (const text of [listed.out, io.out, json.out, missing.err])
      expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })
})

describe('cohort lag', () => {
  async function behind() {
    const cohort = await broker()
    await cohort.produce(
      'orders',
      [0, 0, 1].map((partition) => ({ value: 'x', partition })),
    )
    const reader = await member(cohort, 'g')
    await reader.commit(1)
    return { cohort, reader }
  }

  it('shows what is not committed, by partition and owner', async () => {
    const { cohort, reader } = await behind()
    const { code, lines } = await run(cohort, 'lag g')
    expect(code).toBe(0)
    expect(lines).toEqual([
      'g is Stable, 1 record behind in all.',
      '',
      'TOPIC   PARTITION  COMMITTED  END  LAG  OWNER',
      `orders          0          1    2    1  ${reader.memberId}`,
    ])
    const { out } = await run(cohort, 'lag g --json')
    expect(JSON.parse(out)).toEqual({
      groupId: 'g',
      state: 'Stable',
      atMs: expect.any(Number),
      totalLag: 1,
      partitions: [
        {
          topic: 'orders',
          partition: 0,
          committed: 1,
          end: 2,
          lag: 1,
          owner: reader.memberId,
          clientId: 'raw',
          error: null,
        },
      ],
    })
  })

  it('notes what is not committed, and what was made anew', async () => {
    const cohort = await broker()
    await member(cohort, 'g')
    await cohort.commit('g2', { orders: { 1: 5 } })
    expect((await run(cohort, 'lag g')).out).toContain(
      'Nothing is committed for 1 of them: they count from the beginning of the log.\n',
    )
    const { out } = await run(cohort, 'lag g2')
    expect(out).toContain('g2 is Empty, 0 records behind in all.')
    expect(out).toContain('orders-1 ends before what is committed: the topic was probably made anew.\n')
  })

  it.each([
    ['0', 1],
    ['1', 0],
  ])('--max-lag %s ends with %i', async (most, code) => {
    const { cohort } = await behind()
    const ended = await run(cohort, `lag g --max-lag ${most}`)
    expect(ended.code).toBe(code)
    expect(ended.err).toBe(code === 0 ? '' : 'cohort lag: the lag is 1, and --max-lag is 0\n')
  })

  it('--max-lag ends with 1 when it is not known', async () => {
    const { cohort } = await behind()
    cohort.fault({ api: 'ListOffsets', error: 'TOPIC_AUTHORIZATION_FAILED' })
    const { code, out, err } = await run(cohort, 'lag g --max-lag 5')
    expect(code).toBe(1)
    expect(row(out.split('\n')[3])).toMatch(/^orders 0 1 - - raw/)
    expect(out).toContain("this client may not do that to topic 'orders': it needs an ACL for it")
    expect(err).toBe('cohort lag: the lag of orders-0 is not known, and --max-lag is 5\n')
  })

  it('an int64 beyond what a number holds is a string in JSON', async () => {
    const cohort = await broker()
    await cohort.commit('g', { orders: { 0: 2n ** 60n } })
    const { out } = await run(cohort, 'lag g --json')
    expect(JSON.parse(out).partitions[0]).toMatchObject({ committed: `${2n ** 60n}`, end: 0 })
  })

  it('--watch goes on until it is told to end, through errors too', async () => {
    const { cohort, reader } = await behind()
    const ending = new AbortController()
    const io = told({ signal: ending.signal, isTTY: true })
    const watched = run(cohort, 'lag g --watch --max-lag 0', io)
    await until('the first', () => io.out.includes('1 record behind'))
    expect(io.out.startsWith('\x1b[H\x1b[J')).toBe(true)
    await reader.commit(2)
    await until('the next', () => io.out.includes('0 records behind'))
    const fault = cohort.fault({ api: 'DescribeGroups', error: 'GROUP_AUTHORIZATION_FAILED' })
    await until('an error', () => io.err.includes('needs an ACL'))
    fault.remove()
    const before = io.out.length
    await until('it goes on', () => io.out.length > before)
    ending.abort()
    expect((await watched).code).toBe(0)
  })

  it('--watch --json is a line each time', async () => {
    const { cohort } = await behind()
    const ending = new AbortController()
    const io = told({ signal: ending.signal })
    const watched = run(cohort, 'lag g --watch --json --max-lag 0', io)
    await until('two of them', () => io.out.split('\n').length > 2)
    ending.abort()
    const { code, lines } = await watched
    expect(lines.map((line) => JSON.parse(line).totalLag)).toEqual(lines.map(() => 1))
    expect(code).toBe(1)
  })
})

describe('cohort offsets', () => {
  async function idle() {
    const cohort = await broker()
    await cohort.produce(
      'orders',
      [0, 0, 0, 1].map((partition, i) => ({ value: 'x', partition, timestamp: Date.UTC(2026, 0, 1, i) })),
    )
    await cohort.commit('g', { orders: { 0: 2, 1: 1 } })
    const committed = async () => {
      const of = (partition: number) => cohort.group('g').committedOffset('orders', partition)
      return [await of(0), await of(1), await of(2)].map(Number)
    }
    return { cohort, committed }
  }

  it.each([
    ['--topic orders --to earliest', [0, 0, 0]],
    ['--topic orders:0 --to latest', [3, 1, -1]],
    ['--topic orders:0 --topic orders:2 --to latest', [3, 1, 0]],
    ['--all-topics --to 1', [1, 1, -1]],
    ['--all-topics --to -1', [1, 0, -1]],
    ['--all-topics --to +1', [3, 1, -1]],
    ['--all-topics --to 2026-01-01T01:30', [2, 0, -1]],
    ['--all-topics --to 2026-01-01T02:30:00.000+01:00', [2, 0, -1]],
    ['--all-topics --to 2026-01-01', [0, 0, -1]],
  ])('reset %s', async (where, becomes) => {
    const { cohort, committed } = await idle()
    const plan = await run(cohort, `offsets reset g ${where}`)
    expect(plan).toMatchObject({ code: 0, err: '' })
    expect(plan.lines.at(-1)).toBe('Nothing was changed: this is the plan, --execute carries it out.')
    expect(await committed()).toEqual([2, 1, -1])
    const done = await run(cohort, `offsets reset g ${where} --execute`)
    expect(done).toMatchObject({ code: 0, err: '' })
    expect(done.lines.slice(0, -2)).toEqual(plan.lines.slice(0, -2))
    expect(done.lines.at(-1)).toBe('Done.')
    expect(await committed()).toEqual(becomes)
  })

  it('prints the plan, old and new', async () => {
    const { cohort } = await idle()
    const { lines } = await run(cohort, 'offsets reset g --topic orders --to 2')
    expect(lines).toEqual([
      'TOPIC   PARTITION  OLD  NEW  NOTE',
      'orders          0    2    2',
      'orders          1    1    1  the log ends there, before 2',
      'orders          2    -    0  the log ends there, before 2',
      '',
      'Nothing was changed: this is the plan, --execute carries it out.',
    ])
    const { out } = await run(cohort, 'offsets reset g --topic orders:0 --to 1 --json')
    expect(JSON.parse(out)).toEqual({
      groupId: 'g',
      executed: false,
      partitions: [{ topic: 'orders', partition: 0, from: 2, to: 1, note: null, error: null }],
    })
  })

  it('set takes exactly these', async () => {
    const { cohort, committed } = await idle()
    const { code, lines } = await run(cohort, 'offsets set g orders:0=1 orders:2=9 --execute')
    expect(code).toBe(0)
    expect(lines.slice(1, 3).map(row)).toEqual([
      'orders 0 2 1',
      'orders 2 - 9 the log is 0 to 0: consumers will do what auto.offset.reset says',
    ])
    expect(await committed()).toEqual([1, 1, 9])
  })

  it('set makes a group that does not exist yet', async () => {
    const { cohort } = await idle()
    expect(await run(cohort, 'offsets set fresh orders:0=1 --execute')).toMatchObject({ code: 0 })
    expect(await cohort.group('fresh').committedOffset('orders', 0)).toBe(1n)
  })

  it('delete forgets what is committed', async () => {
    const { cohort, committed } = await idle()
    const plan = await run(cohort, 'offsets delete g --topic orders:1')
    expect(plan.lines.slice(0, 2).map(row)).toEqual(['TOPIC PARTITION OLD NEW', 'orders 1 1 -'])
    expect(await committed()).toEqual([2, 1, -1])
    await run(cohort, 'offsets delete g --topic orders:1 --execute')
    expect(await committed()).toEqual([2, -1, -1])
  })

  it.each([
    ['reset g --topic orders --to earliest --execute', 'reset'],
    ['set g orders:0=0 --execute', 'set'],
  ])('%s is refused while the group has members', async (line, verb) => {
    const cohort = await broker()
    const reader = await member(cohort, 'g')
    await reader.commit(3)
    expect(await run(cohort, `offsets ${line}`)).toMatchObject({
      code: 1,
      out: '',
      err: `cohort offsets ${verb}: group 'g' is Stable and has members (clients 'raw'): its offsets can be ${verb} only when none is left, so stop them first\n`,
    })
    expect(await cohort.group('g').committedOffset('orders', 0)).toBe(3n)
  })

  it('a static member that is gone counts until its session has run out', async () => {
    const cohort = await broker()
    await member(cohort, 'g', { groupInstanceId: 'pod-1' })
    const { err } = await run(cohort, 'offsets reset g --topic orders --to earliest')
    expect(err).toMatch(/; a static member is left, also when it was stopped, until its session runs out\n$/)
  })

  it('a member that comes between plan and execution is told by the coordinator', async () => {
    const { cohort, committed } = await idle()
    cohort.fault({ api: 'OffsetCommit', error: 'UNKNOWN_MEMBER_ID', times: 1 })
    const { code, err, out } = await run(
      cohort,
      'offsets reset g --topic orders --to earliest --execute --json',
    )
    expect(code).toBe(1)
    expect(err).toMatch(
      /^cohort offsets reset: group 'g' has members: stop them first \(OffsetCommit at .*\)\n$/,
    )
    expect(JSON.parse(out).partitions[0].error).toMatch(/^group 'g' has members/)
    expect(await committed()).toEqual([2, 1, -1])
  })

  it('delete is refused while a member is subscribed', async () => {
    const cohort = await broker()
    const reader = await member(cohort, 'g')
    await reader.commit(3)
    await cohort.commit('other', { users: { 0: 1 } })
    expect(await run(cohort, 'offsets delete g --topic orders --execute')).toMatchObject({
      code: 1,
      err: "cohort offsets delete: group 'g' is consuming topic 'orders' (client 'raw'): stop its members first\n",
    })
  })

  it.each([
    ['reset g --topic nope --to latest', "topic 'nope' does not exist"],
    ['reset g --topic orders:3 --to latest', "topic 'orders' has partitions 0 to 2: there is no 3"],
    ['set g users:1=0', "topic 'users' has partitions 0 alone: there is no 1"],
    [
      'reset nobody --all-topics --to latest',
      "group 'nobody' has committed nothing: say which topics with --topic",
    ],
    ['delete g --topic users', "group 'g' has nothing committed in topic 'users'"],
    ['delete g --topic orders:2', "group 'g' has nothing committed in these partitions of topic 'orders'"],
  ])('%s fails', async (line, message) => {
    const { cohort } = await idle()
    const { code, out, err } = await run(cohort, `offsets ${line}`)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toBe(`cohort offsets ${line.split(' ')[0]}: ${message}\n`)
  })
})

describe('wrong usage', () => {
  it.each([
    ['groups --state Stabil', /There is no 'Stabil'; there are PreparingRebalance, /],
    ['groups surplus', /too many arguments/],
    ['groups --brokers nowhere', /'nowhere' is not host:port; --help shows the options/],
    ['groups --timeout soon', /It is a time above 0, as in '500ms'/],
    ['describe', /missing required argument 'group'/],
    ['lag g --max-lag many', /It is a whole number from 0 on/],
    ['lag g --wach', /unknown option '--wach'.*Did you mean --watch\?/],
    ['offsets', /reset, set or delete is needed; --help shows what there is/],
    ['offsets rest g', /there is no 'rest'/],
    ['offsets reset g --topic t', /required option '--to <where>' not specified/],
    ['offsets reset g --to latest', /--topic or --all-topics is needed/],
    ['offsets reset g --to latest --topic t --all-topics', /do not go together/],
    ['offsets reset g --topic t --to yesterday', /It is earliest, latest, an offset, a time like/],
    ['offsets reset g --topic t --to 2026-13-01', /It is earliest, latest/],
    ['offsets reset g --topic t --to 9223372036854775808', /larger than any offset/],
    ['offsets reset g --topic t:x --to 1', /some of its partitions as in 'orders:0,2'/],
    ['offsets set g', /missing required argument/],
    ['offsets set g t:0', /'t:0' is not topic:partition=offset, as in 'orders:0=42'/],
    ['offsets set g t:0=1 t:0=2', /t:0 is told more than once/],
    ['offsets delete g', /--topic is needed/],
  ])('%s', async (line, message) => {
    const { code, out, err } = await run(null, line)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })

  it.each(['groups', 'describe', 'lag', 'offsets', 'offsets reset', 'offsets set', 'offsets delete'])(
    '%s --help',
    async (name) => {
      const { code, out, err } = await run(null, `${name} --help`)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toMatch(new RegExp(`^Usage: cohort ${name}`))
    },
  )
})
