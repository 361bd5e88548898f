// docs/fixtures.md: its lines can be loaded, and its tables have every field with what it must be.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startCohort } from '../../src/index.js'
import { FIXTURE_SHAPES, memberShape } from '../../src/testkit/fixture-entries.js'

const page = readFileSync(join(import.meta.dirname, '../../docs/fixtures.md'), 'utf8')
/** The rows of each table, as cells. */
const tables = page
  .split(/^\| field .*\n\| --- .*\n/m)
  .slice(1)
  .map((text) => (/^(\|.*\n)*/.exec(text)?.[0] ?? '').trimEnd().split('\n'))
  .map((rows) => rows.map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''))))

describe('docs/fixtures.md', () => {
  it('has a part for every type of line, in the order in which they are applied', () => {
    const titles = [...page.matchAll(/^## (\w+)$/gm)].map(([, title]) => title)
    expect(titles).toEqual(Object.keys(FIXTURE_SHAPES))
  })

  it.each(
    Object.entries({ ...FIXTURE_SHAPES, members: memberShape }).map(([type, shape], i) => ({
      type,
      shape,
      i,
    })),
  )('has every field of $type', ({ shape, i }) => {
    const fields = Object.entries(shape)
    expect(tables[i]?.map(([field, what]) => [field, what])).toEqual(
      fields.map(([name, { expected }]) => [`\`${name}\``, expected]),
    )
    for (const [at, [name, { isRequired }]] of fields.entries())
      expect(tables[i]?.[at]?.[2], name).toMatch(isRequired ? /^it must be$/ : /^(?!it must be).+$/)
  })

  it('has lines that can be loaded, and what becomes of them', async () => {
    const [, lines = ''] = /^```jsonl\n([\s\S]*?)^```$/m.exec(page) ?? []
    await using cohort = await startCohort()
    await cohort.load(lines)
    expect(await cohort.records('orders')).toHaveLength(2)
    const types = (await cohort.dump()).map(({ type }) => type)
    expect([...new Set(types)]).toEqual(Object.keys(FIXTURE_SHAPES))
    await expect(
      cohort.load(lines.replaceAll('"partition": 1', '"partition": 9'), 'before.jsonl'),
    ).rejects.toThrow(/^ {4}(before.jsonl.*)$/m.exec(page)?.[1] as string)
  })

  it('has what stands in for what is not given', async () => {
    await using cohort = await startCohort({
      fixtures: [
        { type: 'topic', topic: 'orders' },
        { type: 'record', topic: 'orders', value: null },
        { type: 'group', group: 'empty' },
        { type: 'group', group: 'g', members: [{ memberId: 'm', assignment: { orders: [0] } }] },
      ],
    })
    const [topic, record, empty, group] = await cohort.dump()
    expect(topic).toMatchObject({ partitions: 1 })
    expect(record).toMatchObject({ key: null, partition: 0, timestamp: expect.any(Number) })
    expect(empty).toEqual({
      ...{ type: 'group', group: 'empty', protocolType: 'consumer', generation: 1, members: [] },
    })
    expect(group).toEqual({
      ...{
        type: 'group',
        group: 'g',
        protocolType: 'consumer',
        protocol: 'range',
        generation: 1,
        leader: 'm',
      },
      members: [
        {
          ...{ memberId: 'm', clientId: '', clientHost: '/127.0.0.1' },
          ...{ sessionTimeout: 45_000, rebalanceTimeout: 300_000 },
          ...{ topics: ['orders'], assignment: { orders: [0] } },
        },
      ],
    })
  })
})
