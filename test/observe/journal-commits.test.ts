// Commits that were taken well become entries when somebody reads them: the same ones, in their place, no more than are kept.

import { describe, expect, it } from 'vitest'
import type { RecordedExchange } from '../../src/observe/exchanges.js'
import { Journal } from '../../src/observe/journal.js'
import { type EntryOf, type JournalEntry, startedEntry } from '../../src/observe/journal-entry.js'
import { ErrorCodes } from '../../src/protocol/errors.js'

const STARTED = startedEntry(0, 'test', () => undefined)

interface Committed {
  readonly topic?: string
  readonly partitions: readonly (readonly [partition: number, offset: bigint])[]
  readonly errorCode?: number
  readonly atMs?: number
}

function commit({ topic = 'orders', partitions, errorCode = ErrorCodes.NONE, atMs = 1 }: Committed) {
  const asked = partitions.map(([partitionIndex, committedOffset]) => ({ partitionIndex, committedOffset }))
  const told = partitions.map(([partitionIndex]) => ({ partitionIndex, errorCode }))
  return exchange('OffsetCommit', atMs, {
    body: {
      ...{ groupId: 'readers', memberId: 'm-1', generationIdOrMemberEpoch: 3 },
      topics: [{ name: topic, topicId: '', partitions: asked }],
    },
    response: { topics: [{ name: topic, topicId: '', partitions: told }] },
  })
}

function produce(topic: string, index: number, baseOffset: bigint) {
  const partitionResponses = [{ index, baseOffset, errorCode: ErrorCodes.NONE }]
  return exchange('Produce', 1, { body: {}, response: { responses: [{ name: topic, partitionResponses }] } })
}

function exchange(
  api: RecordedExchange['api'],
  atMs: number,
  bodies: Pick<RecordedExchange, 'body' | 'response'>,
): RecordedExchange {
  const who = { clientId: 'app', software: null, nodeId: 1, connection: 1 }
  const memberId = api === 'OffsetCommit' ? 'm-1' : null
  const group = api === 'OffsetCommit' ? 'readers' : null
  return { api, version: 8, ...who, atMs, answeredAtMs: atMs + 2, group, memberId, fault: null, ...bodies }
}

const commits = (journal: Journal) => journal.entries({ types: ['commit'] }) as EntryOf<'commit'>[]
const brief = ({ topic, partition, offset, endOffset }: EntryOf<'commit'>) =>
  `${topic}-${partition} ${offset} of ${endOffset}`

describe('commits in the journal', () => {
  it('are the same to who reads them later and to who was told', () => {
    const [read, watched] = [new Journal(STARTED), new Journal(STARTED)]
    const told: JournalEntry[] = []
    watched.subscribe((entry) => told.push(entry))
    for (const journal of [read, watched]) {
      journal.exchange(produce('orders', 1, 41n))
      journal.exchange(
        commit({
          partitions: [
            [0, 7n],
            [1, 9_007_199_254_740_993n],
          ],
          atMs: 5,
        }),
      )
      journal.exchange(produce('orders', 1, 99n))
    }
    const expected = {
      group: 'readers',
      member: 'm-1',
      generation: 3,
      client: 'app',
      error: 'NONE',
      atMs: 7,
      waitedMs: 2,
    }
    expect(commits(read)).toMatchObject([expected, expected])
    expect(commits(read).map(brief)).toEqual(['orders-0 7 of null', 'orders-1 9007199254740993 of 42'])
    expect(read.entries()).toEqual(watched.entries())
    expect(told.filter(({ type }) => type === 'commit')).toEqual(commits(watched))
  })

  it('stay in their place among the others, however often they are read', () => {
    const journal = new Journal(STARTED)
    journal.exchange(commit({ partitions: [[0, 1n]] }))
    journal.lacked('something', 2)
    journal.exchange(commit({ partitions: [[0, 2n]] }))
    const types = ['started', 'commit', 'lacked', 'commit']
    expect(journal.entries().map(({ type }) => type)).toEqual(types)
    journal.exchange(commit({ partitions: [[0, 3n]] }))
    expect(journal.entries().map(({ type }) => type)).toEqual([...types, 'commit'])
    expect(commits(journal).map(({ offset }) => offset)).toEqual([1n, 2n, 3n])
  })

  it('are as many as are kept, the newest', () => {
    const journal = new Journal(STARTED, { maxEntries: 5 })
    for (let i = 0; i < 20; i++)
      journal.exchange(
        commit({
          partitions: [
            [0, BigInt(i)],
            [1, BigInt(100 + i)],
          ],
        }),
      )
    expect(commits(journal).map(({ offset }) => offset)).toEqual([117n, 18n, 118n, 19n, 119n])
    journal.exchange(commit({ partitions: Array.from({ length: 8 }, (_, i) => [i, 200n] as const) }))
    expect(commits(journal).map(({ partition }) => partition)).toEqual([3, 4, 5, 6, 7])
  })

  it('of one partition each go round, whoever reads or watches meanwhile', () => {
    const journal = new Journal(STARTED, { maxEntries: 4 })
    let stop = () => {}
    for (let i = 0; i < 30; i++) {
      if (i === 12) stop = journal.subscribe(() => {})
      if (i === 15) stop()
      if (i === 22) journal.clear()
      journal.exchange(commit({ partitions: [[0, BigInt(i)]], atMs: i }))
      if (i % 7 === 0) commits(journal)
      const first = Math.max(i < 22 ? 0 : 22, i - 3)
      const expected = Array.from({ length: i - first + 1 }, (_, n) => [BigInt(first + n), first + n + 2])
      if (i % 3 === 0) expect(commits(journal).map(({ offset, atMs }) => [offset, atMs])).toEqual(expected)
    }
  })

  it('without partitions leave nothing', () => {
    const journal = new Journal(STARTED, { maxEntries: 3 })
    for (let i = 0; i < 10; i++) journal.exchange(commit({ partitions: [] }))
    expect(journal.entries()).toEqual([STARTED])
    journal.exchange(commit({ partitions: [[0, 7n]] }))
    expect(commits(journal).map(brief)).toEqual(['orders-0 7 of null'])
  })

  it('are not told to who does not want the routine, but what was refused is', () => {
    const journal = new Journal(STARTED)
    const told: JournalEntry[] = []
    journal.subscribe((entry) => told.push(entry), { routine: false })
    journal.exchange(commit({ partitions: [[0, 1n]] }))
    journal.exchange(commit({ partitions: [[0, 2n]], errorCode: ErrorCodes.ILLEGAL_GENERATION }))
    expect(told).toMatchObject([{ type: 'commit', error: 'ILLEGAL_GENERATION', offset: 2n }])
    expect(commits(journal).map(({ error }) => error)).toEqual(['NONE', 'ILLEGAL_GENERATION'])
  })

  it('that were answered for a part only have no error where there was none', () => {
    const journal = new Journal(STARTED)
    const whole = commit({
      partitions: [
        [0, 1n],
        [1, 2n],
      ],
    })
    const { response } = commit({ partitions: [[0, 1n]] })
    journal.exchange({ ...whole, response })
    journal.exchange({ ...whole, response: null })
    expect(commits(journal).map(({ error }) => error)).toEqual(['NONE', null, null, null])
  })
})
