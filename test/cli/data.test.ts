// cohort dump, export and import on directories as brokers leave them.

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { json } from '../../src/cli/admin/json.js'
import { dump } from '../../src/cli/data/dump.js'
import { exportGroups } from '../../src/cli/data/export.js'
import { importGroups } from '../../src/cli/data/import.js'
import { startCohort } from '../../src/index.js'
import { writeAssignment, writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import { partitionFor } from '../../src/server/group-hash.js'
import { groupRecords, logRecords } from '../../src/server/records.js'
import { openLmdbStore } from '../../src/store/lmdb.js'
import { directories } from '../store/directories.js'
import { batch, group, offset } from '../store/records.js'

const { directory, clear } = directories()
afterEach(clear)

const never = () => {
  throw new Error('not asked for')
}

async function run(
  command: typeof dump,
  args: readonly string[],
  stdin = '',
): Promise<{ code: number; out: string[]; err: string }> {
  const [out, err] = [[] as string[], [] as string[]]
  const code = await command(args, {
    write: (text) => out.push(text),
    error: (text) => err.push(text),
    isTTY: false,
    stdin: Readable.from([Buffer.from(stdin)]),
  })
  return { code, out: out.join('').split('\n').slice(0, -1), err: err.join('') }
}

const member = {
  memberId: 'a-1',
  groupInstanceId: 'a',
  clientId: 'client',
  clientHost: '/127.0.0.1',
  rebalanceTimeoutMs: 300_000,
  sessionTimeoutMs: 45_000,
  subscription: writeSubscription({ topics: ['orders'] }),
  assignment: writeAssignment({ assignedPartitions: [{ topic: 'orders', partitions: [0, 1] }] }),
}

/** A group with a member, a simple one, an offset beyond 2^53, a batch, metadata. */
async function filled(): Promise<string> {
  const dir = directory()
  const store = await openLmdbStore({ dir, madeWith: { 'offsets.topic.num.partitions': '4' } })
  const records = [
    group('readers', { leader: 'a-1', members: [member] }),
    offset('readers', 'orders', 0, 7n, { metadata: 'where' }),
    offset('readers', 'orders', 1, 2n ** 60n, { metadata: '' }),
    offset('simple', 'orders', 1, 3n, { metadata: '', expireTimestampMs: 12n }),
    group('left', { protocolType: '', members: [], protocol: null, leader: null }),
  ]
  for (const record of records) {
    const shard = groupRecords(partitionFor(record.groupId, 4), never)
    await store.append(shard.log, [shard.toStored(record)])
  }
  const partitions = logRecords(never)
  await store.append(partitions.log, [partitions.toStored(batch('AAAAAAAAAAAAAAAAAAAAAQ', 1, 5))])
  await store.append('__cluster_metadata', [{ key: 'x', value: { kind: 'ClusterId', clusterId: 'c' } }])
  await store.close()
  return dir
}

const EXPORTED = [
  '{"type":"offset","group":"readers","topic":"orders","partition":0,"offset":7,"metadata":"where"}',
  '{"type":"offset","group":"readers","topic":"orders","partition":1,"offset":"1152921504606846976"}',
  '{"type":"offset","group":"simple","topic":"orders","partition":1,"offset":3}',
  '{"type":"group","group":"readers","generation":7,"protocolType":"consumer","protocol":"range","leader":"a-1","members":[{"memberId":"a-1","clientId":"client","clientHost":"/127.0.0.1","instanceId":"a","sessionTimeout":45000,"rebalanceTimeout":300000,"topics":["orders"],"assignment":{"orders":[0,1]}}]}',
]

describe('cohort dump', () => {
  it('prints every record, those of __consumer_offsets as Kafka’s tools do', async () => {
    const dir = await filled()
    const { code, out, err } = await run(dump, ['--data-dir', dir])
    expect([code, err]).toEqual([0, ''])
    const lines = out.map((line) => JSON.parse(line))
    expect(lines).toHaveLength(7)
    expect(lines).toContainEqual({
      log: `__consumer_offsets-${partitionFor('readers', 4)}`,
      key: { type: 1, data: { group: 'readers', topic: 'orders', partition: 0 } },
      value: {
        version: 4,
        data: {
          offset: 7,
          leaderEpoch: 4,
          metadata: 'where',
          commitTimestamp: 1_700_000_000_123,
        },
      },
    })
    expect(lines).toContainEqual({
      log: `__consumer_offsets-${partitionFor('simple', 4)}`,
      key: { type: 1, data: { group: 'simple', topic: 'orders', partition: 1 } },
      value: {
        version: 1,
        data: { offset: 3, metadata: '', commitTimestamp: 1_700_000_000_123, expireTimestamp: 12 },
      },
    })
    const readers = lines.find(({ key }) => key.type === 2 && key.data.group === 'readers')
    expect(readers.value.version).toBe(3)
    expect(readers.value.data).toMatchObject({
      protocolType: 'consumer',
      generation: 7,
      members: [{ memberId: 'a-1', subscription: member.subscription.toString('base64') }],
    })
    expect(lines).toContainEqual({
      log: 'partitions',
      key: { topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partition: 1, baseOffset: 5 },
      value: expect.objectContaining({ baseOffset: 5, magic: 2, recordCount: 1 }),
    })
    expect(lines).toContainEqual({
      log: '__cluster_metadata',
      key: 'x',
      value: { kind: 'ClusterId', clusterId: 'c' },
    })
  })

  it('reads a directory that is in use, and one log where one is asked for', async () => {
    const dir = await filled()
    const store = await openLmdbStore({ dir })
    await store.append('other', [{ key: 'x', value: 1 }])
    const { code, out } = await run(dump, ['--data-dir', dir, '--log', 'other'])
    expect([code, out]).toEqual([0, ['{"log":"other","key":"x","value":1}']])
    await store.append('other', [{ key: 'x', value: 2 }])
    expect((await run(dump, ['--data-dir', dir, '--log', 'other'])).out).toEqual([
      '{"log":"other","key":"x","value":2}',
    ])
    const wrong = await run(dump, ['--data-dir', dir, '--log', 'nothing'])
    expect([wrong.code, wrong.err]).toEqual([
      1,
      expect.stringContaining("there is no log 'nothing', only __cluster_metadata, "),
    ])
    await store.close()
  })

  it('says what it cannot read', async () => {
    const nowhere = join(directory(), 'none')
    expect(await run(dump, ['--data-dir', nowhere])).toEqual({
      code: 1,
      out: [],
      err: `cohort dump: there is no data directory ${nowhere}\n`,
    })
    const { code, err } = await run(dump, ['--dir', 'x'])
    expect([code, err]).toEqual([2, "cohort dump: unknown option '--dir'; --help shows the options\n"])
  })
})

describe('cohort export and import', () => {
  it('carry groups and offsets into another directory', async () => {
    const dir = await filled()
    const exported = await run(exportGroups, ['--data-dir', dir])
    expect(exported.out.slice().sort()).toEqual(EXPORTED.slice().sort())
    expect(exported.out.at(-1)).toContain('"type":"group"')
    const file = join(directory(), 'groups.jsonl')
    writeFileSync(file, exported.out.join('\n'))
    const target = join(directory(), 'new')
    const imported = await run(importGroups, ['--data-dir', target, '--offsets-partitions', '7', file])
    expect(imported).toEqual({ code: 0, out: ['1 groups and 3 offsets imported'], err: '' })
    const again = await run(exportGroups, ['--data-dir', target])
    expect(again.out.slice().sort()).toEqual(EXPORTED.slice().sort())
    const lines = (await run(dump, ['--data-dir', target])).out.map((line) => JSON.parse(line))
    expect(new Set(lines.map(({ log }) => log))).toEqual(
      new Set(['readers', 'simple'].map((id) => `__consumer_offsets-${partitionFor(id, 7)}`)),
    )
  })

  it('a broker starts with what was imported', async () => {
    const dir = join(directory(), 'new')
    const imported = await run(
      importGroups,
      ['--data-dir', dir, '--offsets-partitions', '7', '-'],
      EXPORTED.join('\n'),
    )
    expect(imported.code).toBe(0)
    const set = { 'offsets.topic.num.partitions': 7 }
    const cohort = await startCohort({ dataDir: dir, set, topics: { orders: 2 }, verify: false })
    const entries = (await cohort.dump()).filter(({ type }) => type === 'offset' || type === 'group')
    await cohort.stop()
    expect(entries.map((entry) => json(entry, 0).trim()).sort()).toEqual(EXPORTED.slice().sort())
  })

  it('reads the standard input, replaces what is there, and passes over what is not of groups', async () => {
    const dir = await filled()
    const text = [
      '{"type":"topic","topic":"orders"}',
      '',
      '{"type":"offset","group":"simple","topic":"orders","partition":1,"offset":9}',
    ].join('\n')
    const { code, out } = await run(importGroups, ['--data-dir', dir, '-'], text)
    expect([code, out]).toEqual([
      0,
      ['0 groups and 1 offsets imported; 1 topics and records are not imported'],
    ])
    const exported = (await run(exportGroups, ['--data-dir', dir])).out
    expect(exported).toContain('{"type":"offset","group":"simple","topic":"orders","partition":1,"offset":9}')
    expect(exported).toHaveLength(4)
  })

  it('refuse a directory in use, other partitions, and lines that are wrong, and change nothing', async () => {
    const dir = await filled()
    const file = join(directory(), 'wrong.jsonl')
    writeFileSync(file, '{"type":"offset","group":"g","topic":"t","partition":-1,"offset":1}\n')
    const wrong = await run(importGroups, ['--data-dir', dir, file])
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringMatching(/^cohort import: \S+wrong.jsonl:1.partition is -1/),
    ])
    const missing = await run(importGroups, ['--data-dir', dir, `${file}.not`])
    expect([missing.code, missing.err]).toEqual([2, `cohort import: ${file}.not cannot be read (ENOENT)\n`])
    writeFileSync(file, EXPORTED.join('\n'))
    const others = await run(importGroups, ['--data-dir', dir, '--offsets-partitions', '5', file])
    expect([others.code, others.err]).toEqual([
      1,
      expect.stringContaining('it was made with offsets.topic.num.partitions=4'),
    ])
    const store = await openLmdbStore({ dir })
    const used = await run(importGroups, ['--data-dir', dir, file])
    expect([used.code, used.err]).toEqual([1, expect.stringContaining(`process ${process.pid} is using it`)])
    expect((await run(exportGroups, ['--data-dir', dir])).code).toBe(0)
    await store.close()
  })

  it('export what is whole of a directory whose log of the last writes is damaged, and say so', async () => {
    const dir = directory()
    const copy = directory()
    const store = await openLmdbStore({ dir, madeWith: { 'offsets.topic.num.partitions': '1' } })
    const shard = groupRecords(0, never)
    for (const partition of [0, 1, 2])
      await store.append(shard.log, [shard.toStored(offset('simple', 'orders', partition, 3n))])
    for (const name of ['data.mdb', 'wal-0', 'wal-1']) copyFileSync(join(dir, name), join(copy, name))
    await store.close()
    const path = join(copy, 'wal-0')
    const content = readFileSync(path)
    const second = content.indexOf('simple', content.indexOf('simple') + 1)
    content[second] = 0x57
    writeFileSync(path, content)
    const { code, out, err } = await run(exportGroups, ['--data-dir', copy])
    expect(code).toBe(1)
    expect(out).toHaveLength(1)
    expect(err).toMatch(
      /^cohort export: the log of the last writes is damaged: wal-0 is damaged at byte \d+: write 2 is not whole, and write 3 follows/,
    )
  })

  it('export what is whole of a damaged directory', async () => {
    const dir = await filled()
    const path = join(dir, 'data.mdb')
    const content = readFileSync(path)
    for (let at = content.indexOf('where'); at >= 0; at = content.indexOf('where')) content[at] = 0x57
    writeFileSync(path, content)
    const { code, out, err } = await run(exportGroups, ['--data-dir', dir])
    expect(code).toBe(1)
    expect(out.sort()).toEqual(EXPORTED.slice(1).sort())
    expect(err).toBe(
      `cohort export: an entry of __consumer_offsets-${partitionFor('readers', 4)} is damaged, {"type":1,"data":{"group":"readers","topic":"orders","partition":0}}: its checksum is another\n`,
    )
  })
})
