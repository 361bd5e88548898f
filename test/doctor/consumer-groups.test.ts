// The rule about groups of KIP-848. Our coordinator does not have them yet: entries are written as one that has would.

import { describe, expect, it } from 'vitest'
import { examineJournal } from '../../src/doctor/examine.js'
import { entryOf, type JournalEntry } from '../../src/observe/journal-entry.js'

const who = { group: 'g', member: 'm1', generation: 2, client: 'app', connection: 1 }
const reconcile = (atMs: number, memberState: string, partitions: string[], revoking: string[]) =>
  entryOf('reconcile', atMs, { group: 'g', member: 'm1', generation: 2, memberState, partitions, revoking })
const findings = (entries: JournalEntry[]) => examineJournal({ entries }).filter(({ rule }) => rule === 'R22')

describe('R22 does not give up its partitions', () => {
  it('is found for a member that heartbeats and does not revoke', () => {
    const [finding] = findings([
      reconcile(1000, 'UNREVOKED_PARTITIONS', ['orders-0'], ['orders-1']),
      entryOf('member-removed', 301_000, {
        ...who,
        cause:
          'Member m1 fenced from the group because it failed to transition from epoch 2 within 300000ms.',
        ...{ instance: null, connected: true, heardAgoMs: 2000, fetchedAgoMs: 400, partitions: ['orders-0'] },
        sessionTimeoutMs: 45_000,
      }),
    ])
    expect(finding?.severity).toBe('error')
    expect(finding?.headline).toBe('member m1 did not give up orders-1 in 5 min and was removed')
    expect(finding?.evidence[0]?.text).toBe(
      'm1 is UNREVOKED_PARTITIONS in epoch 2: has orders-0, is to give up orders-1',
    )
  })

  it('is a warning for an epoch that is not its own any more', () => {
    const more = { api: 'ConsumerGroupHeartbeat', version: 1, count: 1, waitedMs: 0, fault: null }
    const [finding] = findings([entryOf('error', 5000, { ...who, ...more, error: 'FENCED_MEMBER_EPOCH' })])
    expect(finding?.severity).toBe('warning')
  })

  it('is not for one that gives up in time, nor for a session that runs out', () => {
    expect(
      findings([
        reconcile(1000, 'UNREVOKED_PARTITIONS', ['orders-0'], ['orders-1']),
        reconcile(4000, 'STABLE', ['orders-0'], []),
        entryOf('member-removed', 60_000, {
          ...who,
          cause: 'Member m1 fenced from the group because its session expired.',
          ...{ instance: null, connected: false, heardAgoMs: 45_000, fetchedAgoMs: null, partitions: [] },
          sessionTimeoutMs: 45_000,
        }),
      ]),
    ).toEqual([])
  })
})
