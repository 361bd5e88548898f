// The picture of a group: from a recording of real consumers, and from single entries.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type EntryOf, type EntryType, entryOf, type JournalEntry } from '../../src/observe/journal-entry.js'
import { readLine } from '../../src/observe/journal-line.js'
import { watchEntry } from '../../src/observe/watch-entries.js'
import { type Page, watchLines } from '../../src/observe/watch-lines.js'
import { nothingWatched, type WatchSource } from '../../src/observe/watch-state.js'

const LIVE: WatchSource = { singlesSinceMs: 0 }
const KEPT: WatchSource = { singlesSinceMs: null }

/** Three kafkajs consumers, the first blocked for longer than its session. */
const recording = readFileSync(join(import.meta.dirname, 'blocked-consumer.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(readLine)

function watchedOf(entries: readonly JournalEntry[], source = LIVE) {
  const watched = nothingWatched(source)
  for (const entry of entries) watchEntry(watched, entry)
  return watched
}

function picture(
  entries: readonly JournalEntry[],
  page: Partial<Page> = {},
  source = LIVE,
  group: string | null = 'g',
) {
  const watched = watchedOf(entries, source)
  const whole = { nowMs: watched.atMs, windowMs: 10_000, columns: 110, rows: 40, hasColour: false, ...page }
  return watchLines(watched, group, whole)
}

const page = readFileSync(join(import.meta.dirname, '../../docs/watch.md'), 'utf8')
const shown = /^```\n([\s\S]*?)^```$/m.exec(page)?.[1]
const whole = { windowMs: 18_000, columns: 110, rows: 24 }

// Entries, in tenths of a second.

const MEMBER = { client: 'c', connection: 1, error: 'NONE', fault: null, waitedMs: 0 }
const at = <Type extends EntryType>(
  tenths: number,
  type: Type,
  fields: Partial<EntryOf<Type>>,
): EntryOf<Type> => entryOf(type, tenths * 100, { group: 'g', ...MEMBER, ...fields } as never)
const state = (tenths: number, from: string, to: string, generation: number) =>
  at(tenths, 'state', { from, to, generation, cause: 'a reason' })
const joinOf = (tenths: number, member: string, more: Partial<EntryOf<'join'>> = {}) =>
  at(tenths, 'join', {
    member,
    client: member,
    generation: 1,
    askedAs: member,
    instance: null,
    sessionTimeoutMs: 3000,
    rebalanceTimeoutMs: 60_000,
    protocol: 'range',
    leader: null,
    protocols: ['range'],
    owned: [],
    skipAssignment: false,
    ...more,
  })
const syncOf = (tenths: number, member: string, ...partitions: string[]) =>
  at(tenths, 'sync', { member, client: member, generation: 1, partitions, leads: false, protocol: 'range' })
const removal = (tenths: number, member: string, more: Partial<EntryOf<'member-removed'>> = {}) =>
  at(tenths, 'member-removed', {
    member,
    cause: `removing member ${member} on heartbeat expiration.`,
    instance: null,
    heardAgoMs: 3000,
    fetchedAgoMs: null,
    connected: null,
    partitions: [],
    ...more,
  })
const beat = (tenths: number, member: string, error = 'NONE') =>
  at(tenths, 'heartbeat', { member, client: member, error, gapMs: null })
const asked = (tenths: number, member: string | null, api: string, instance: string | null = null) =>
  at(tenths, 'asked', { member, api, instance })

/** The lane of a label. */
function lane(lines: readonly string[], label: string): string {
  const line = lines.find((each) => each.startsWith(label)) ?? `no lane '${label}' in\n${lines.join('\n')}`
  return line.slice(20, 120).trimEnd()
}
/** At ten seconds: 20 columns for labels, 100 of a tenth of a second, 34 for what stands behind. */
const wide = (entries: readonly JournalEntry[]) => picture(entries, { nowMs: 10_000, columns: 154 })

describe('a blocked consumer', () => {
  it('is drawn as docs/watch.md shows it', () => {
    expect(`${picture(recording, whole, LIVE, 'readers').join('\n')}\n`).toBe(shown)
  })

  it('while the others are awaited', () => {
    const until = recording.filter(({ atMs }) => atMs < Date.parse('2026-11-21T09:36:55.300Z'))
    const lines = picture(until, { ...whole, nowMs: Date.parse('2026-11-21T09:36:55.300Z') }, LIVE, 'readers')
    expect(lines[0]).toBe('readers  PreparingRebalance for 360 ms, generation 3, 2 members')
    expect(lines).toContain('awaited for 360 ms: C worker-c (its JoinGroup)')
    expect(lines.find((line) => line.startsWith('B worker-b'))).toMatch(/ {2}waits in JoinGroup, 330 ms$/)
    expect(lines.filter((line) => / {2}nobody for /.test(line))).toHaveLength(3)
  })

  it('has colours that change nothing else', () => {
    const plain = picture(recording, whole, LIVE, 'readers')
    const coloured = picture(recording, { ...whole, hasColour: true }, LIVE, 'readers')
    const codes = coloured.map((line) => line.replaceAll('\x1b[', '<'))
    expect(codes.map((line) => line.replace(/<\d+m/g, ''))).toEqual(plain)
    // Its silence is faint, yellow after two seconds, red after four.
    const silence = codes.find((line) => line.includes('worker-a'))
    expect(silence).toMatch(/<2m-+<0m<33m-+<0m<31m-+X<0m/)
  })

  it.each([
    [60, 20],
    [40, 10],
    [200, 60],
    [20, 4],
  ])('fits into %i columns and %i rows', (columns, rows) => {
    const lines = picture(recording, { ...whole, columns, rows }, LIVE, 'readers')
    expect(lines.length).toBeLessThanOrEqual(Math.max(rows, 4))
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns)
  })

  it('from a file: heartbeats are those that were summed up, nobody is awaited', () => {
    const kept = recording.filter(({ type }) => type !== 'heartbeat' && type !== 'asked')
    const lines = picture(kept, whole, KEPT, 'readers')
    expect(lines.find((line) => line.startsWith('A worker-a'))).toMatch(/\.{5,}-{10,}X/)
    expect(lines.join('\n')).not.toMatch(/silent \d+ ms of|awaited/)
  })
})

describe('ownership', () => {
  const begun = [state(0, 'Empty', 'PreparingRebalance', 0), joinOf(1, 'a'), syncOf(2, 'a', 'o-0', 'o-1')]
  const owners = (entries: readonly JournalEntry[]) => {
    const group = watchedOf([...begun, ...entries]).groups.get('g')
    return Object.fromEntries(
      [...(group?.partitions ?? [])].map(([name, tenures]) => [
        name,
        tenures.map(({ owner, fromMs }) => `${owner ?? '.'}${fromMs / 100}`).join(' '),
      ]),
    )
  }

  it('ends as a member asks to join again, if it keeps nothing', () => {
    expect(owners([asked(10, 'a', 'JoinGroup')])).toEqual({ 'o-0': 'A2 .10', 'o-1': 'A2 .10' })
    expect(owners([joinOf(15, 'a', { waitedMs: 400 })])).toEqual({ 'o-0': 'A2 .11', 'o-1': 'A2 .11' })
  })

  it('goes on where a member says that it keeps it, until it is assigned otherwise (KIP-429)', () => {
    const cooperative = { owned: ['o-0', 'o-1'], protocols: ['cooperative-sticky'] }
    const first = joinOf(15, 'a', cooperative)
    expect(owners([first, asked(20, 'a', 'JoinGroup')])).toEqual({ 'o-0': 'A2', 'o-1': 'A2' })
    const given = [first, syncOf(16, 'a', 'o-0'), joinOf(20, 'b'), syncOf(21, 'b', 'o-1')]
    expect(owners(given)).toEqual({ 'o-0': 'A2', 'o-1': 'A2 .16 B21' })
  })

  it('ends with a removal', () => {
    expect(owners([removal(30, 'a')])).toEqual({ 'o-0': 'A2 .30', 'o-1': 'A2 .30' })
  })

  it('of a static member that is back begins anew with its assignment, in its lane', () => {
    const replaced = at(30, 'member-replaced', { member: 'a2', oldMember: 'a', instance: 'i' })
    const entries = [
      replaced,
      joinOf(31, 'a2', { askedAs: '', skipAssignment: true }),
      syncOf(32, 'a2', 'o-0', 'o-1'),
    ]
    expect(owners(entries)).toEqual({ 'o-0': 'A2 .30 A32', 'o-1': 'A2 .30 A32' })
    expect(wide([...begun, ...entries]).join('\n')).toMatch(/o-0 +A+\.+A+ +back to A, nobody for 200 ms$/m)
  })

  it('of a consumer group is what it reconciles to (KIP-848)', () => {
    const reconcile = at(40, 'reconcile', {
      member: 'a',
      generation: 7,
      memberState: 'stable',
      partitions: ['o-1'],
      revoking: [],
    })
    expect(owners([reconcile])).toEqual({ 'o-0': 'A2 .40', 'o-1': 'A2' })
  })
})

describe('a lane', () => {
  it('has what a member did', () => {
    const entries = [
      joinOf(10, 'a', { waitedMs: 500 }),
      syncOf(13, 'a'),
      beat(20, 'a'),
      at(22, 'commit', { member: 'a', topic: 'o', partition: 0, offset: 1n, endOffset: null }),
      beat(30, 'a', 'REBALANCE_IN_PROGRESS'),
      at(32, 'error', {
        member: 'a',
        api: 'Heartbeat',
        version: 4,
        error: 'REBALANCE_IN_PROGRESS',
        count: 1,
      }),
      at(34, 'error', {
        member: 'a',
        api: 'OffsetCommit',
        version: 4,
        error: 'ILLEGAL_GENERATION',
        count: 1,
      }),
      at(36, 'connection-closed', { member: 'a' }),
      asked(40, 'a', 'JoinGroup'),
    ]
    expect(lane(wide(entries), 'A a')).toBe(
      `     ~~~~~J--S------.-c-------r-r-!-x---${'~'.repeat(60)}  waits`.slice(0, 100),
    )
  })

  it('ends where it left or was removed', () => {
    const left = [
      joinOf(0, 'a'),
      removal(20, 'a', { cause: 'left' }),
      at(20, 'leave', { member: 'a', instance: null }),
    ]
    expect(wide(left).find((line) => line.startsWith('A a'))).toMatch(/^A a {17}J-{19}L {81}left$/)
    const expired = [joinOf(0, 'a'), removal(30, 'a')]
    expect(wide(expired).find((line) => line.startsWith('A a'))).toMatch(
      /^A a {17}J-{29}X {71}session ran out, silent 3 s$/,
    )
  })

  it('of the group has phases and generations', () => {
    const entries = [
      state(10, 'Empty', 'PreparingRebalance', 0),
      state(15, 'PreparingRebalance', 'CompletingRebalance', 1),
      state(18, 'CompletingRebalance', 'Stable', 1),
      state(40, 'Stable', 'PreparingRebalance', 1),
      state(40, 'PreparingRebalance', 'CompletingRebalance', 2),
      state(40, 'CompletingRebalance', 'Stable', 2),
      state(90, 'Stable', 'Empty', 3),
    ]
    expect(lane(wide(entries), 'group')).toBe(
      `          PPPPPCCC1${'='.repeat(21)}2${'='.repeat(49)}${'_'.repeat(10)}`,
    )
  })

  it('of a partition never passes over a part without an owner', () => {
    const back = { ...syncOf(30, 'a', 'o-0'), atMs: 3001 }
    const entries = [joinOf(0, 'a'), syncOf(10, 'a', 'o-0'), asked(30, 'a', 'JoinGroup'), back]
    expect(lane(wide(entries), '  o-0')).toBe(`          ${'A'.repeat(20)}.${'A'.repeat(69)}`)
  })
})

describe('a picture', () => {
  it('names members of one client apart, and calls them so in what is told', () => {
    const lines = picture([
      joinOf(1, 'c-1111', { client: 'c' }),
      joinOf(2, 'c-2222', { client: 'c' }),
      removal(3, 'c-2222'),
    ])
    expect(lines.map((line) => line.slice(0, 8))).toEqual(expect.arrayContaining(['A c 1111', 'B c 2222']))
    expect(lines.join('\n')).toContain('B c is removed: removing member B c on heartbeat expiration.')
  })

  it('lets no client steer the terminal', () => {
    const evil = '\x1b[2Jx\n\x9b'
    const lines = picture([
      joinOf(1, evil, { client: evil, instance: evil }),
      syncOf(2, evil, `${evil}-0`),
      at(3, 'state', { from: 'Stable', to: 'PreparingRebalance', generation: 1, cause: evil }),
      at(4, 'member-pending', { member: evil }),
    ])
    for (const line of lines) expect(line).not.toMatch(/\p{Cc}/u)
  })

  it('shows all groups, those first in which something happened last', () => {
    const entries = [joinOf(1, 'a'), { ...joinOf(2, 'b'), group: 'other' }]
    const heads = picture(entries, {}, LIVE, null).filter((line) => /^(g|other) {2}/.test(line))
    expect(heads.map((line) => line.split(' ')[0])).toEqual(['other', 'g'])
  })

  it('of nothing says so', () => {
    expect(picture([], {}, LIVE, 'x\x07')).toEqual(["Nothing has happened to group 'x\\x07' yet."])
    expect(picture([], {}, LIVE, null)).toEqual(['Nothing has happened to a group yet.'])
  })

  it('begins anew with a broker that does', () => {
    const started = entryOf('started', 500, { format: 1, software: 's', settings: {}, gapBoundsMs: [] })
    expect(picture([joinOf(1, 'a'), started])).toEqual(["Nothing has happened to group 'g' yet."])
  })

  it('tells who is awaited, ids that were given out included', () => {
    const entries = [
      joinOf(1, 'a'),
      joinOf(1, 'b', { instance: 'pod' }),
      state(10, 'Stable', 'PreparingRebalance', 1),
      at(11, 'member-pending', { member: 'c-new' }),
      asked(12, null, 'JoinGroup', 'pod'),
    ]
    expect(picture(entries, { nowMs: 2000 })).toContain(
      'awaited for 1 s: A a (its JoinGroup), c-new (was given this id, has not joined with it)',
    )
    const all = [...entries.slice(0, 3), asked(12, 'a', 'JoinGroup'), asked(12, 'b', 'JoinGroup')]
    expect(picture(all, { nowMs: 2000 })).toContain('awaited for 1 s: nobody: what is left is a timer')
    const syncing = [
      ...all,
      state(13, 'PreparingRebalance', 'CompletingRebalance', 2),
      joinOf(13, 'a'),
      joinOf(13, 'b'),
      asked(14, 'b', 'SyncGroup'),
    ]
    expect(picture(syncing, { nowMs: 2000 })).toContain('awaited for 700 ms: A a (its SyncGroup)')
  })

  it('tells nobody awaited where requests are not told as they come, as in a file', () => {
    const entries = [joinOf(1, 'a'), state(10, 'Stable', 'PreparingRebalance', 1)]
    expect(picture(entries, {}, { singlesSinceMs: null }).join('\n')).not.toContain('awaited')
    expect(picture(entries, {}, { singlesSinceMs: 1000 }).join('\n')).toContain('awaited')
  })

  it('keeps to those partitions that moved last where there are many', () => {
    const names = Array.from({ length: 40 }, (_, i) => `o-${i}`)
    const entries = [
      joinOf(1, 'a'),
      syncOf(2, 'a', ...names),
      joinOf(3, 'b'),
      joinOf(4, 'a', { owned: names.slice(0, -1) }),
      syncOf(5, 'b', 'o-39'),
    ]
    const lines = picture(entries, { rows: 20 })
    expect(lines).toContain('  and 36 more partitions')
    expect(lines.some((line) => line.startsWith('  o-39'))).toBe(true)
  })

  it('stays small, however long it is looked at', () => {
    const watched = watchedOf([joinOf(0, 'a'), joinOf(0, 'gone'), removal(1, 'gone')])
    for (let tenths = 1; tenths < 100_000; tenths += 10) watchEntry(watched, beat(tenths, 'a'))
    const group = watched.groups.get('g')
    expect(group?.members.map(({ memberId }) => memberId)).toEqual(['a'])
    expect(group?.members[0]?.marks.length).toBeLessThanOrEqual(601)
    for (let i = 0; i < 1100; i++) watchEntry(watched, { ...joinOf(100_000, 'a'), group: `group-${i}` })
    expect(watched.groups.size).toBeLessThanOrEqual(1001)
  })

  it('has a letter for each of a herd', () => {
    const herd = Array.from({ length: 500 }, (_, i) => joinOf(1, `m-${i}`))
    const letters = watchedOf(herd)
      .groups.get('g')
      ?.members.map(({ letter }) => letter)
    expect(new Set(letters).size).toBe(500)
    expect(letters?.every((letter) => letter.length === 1)).toBe(true)
  })
})
