// One entry of each type, as docs/journal.md shows them.

import {
  type EntryOf,
  type EntryType,
  entryOf,
  GAP_BOUNDS_MS,
  startedEntry,
} from '../../src/observe/journal-entry.js'

const START_MS = Date.UTC(2026, 10, 21, 8)
const at = (seconds: number) => START_MS + seconds * 1000

const A = 'shop-6f1c2b1e'
const B = 'shop-09ad7c44'
const group = { group: 'orders-service' }
const generation = 1
const client = { client: 'shop', connection: 1 }
const answered = { ...client, error: 'NONE', waitedMs: 0, fault: null }
const timeouts = { sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 60_000 }

const SETTINGS: Readonly<Record<string, string>> = {
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '6000',
  'group.max.session.timeout.ms': '1800000',
  'group.max.size': '2147483647',
  'offsets.retention.minutes': '10080',
}

const GAPS: readonly number[] = GAP_BOUNDS_MS.map((bound) => (bound === 3000 ? 19 : 0)).concat(0)

export const SAMPLES: { readonly [Type in EntryType]: EntryOf<Type> } = {
  started: startedEntry(at(0), 'kafka-cohort 0.1.0', (name) => SETTINGS[name]),
  lost: entryOf('lost', at(1), { count: 12, cause: 'the disk was slower than the journal' }),
  ended: entryOf('ended', at(90), {}),
  state: entryOf('state', at(2), {
    ...group,
    generation: 0,
    cause: `Adding new member ${A} with group instance id null; client reason: not provided`,
    ...{ from: 'Empty', to: 'PreparingRebalance' },
  }),
  'member-joined': entryOf('member-joined', at(2), {
    ...{ ...group, member: A, generation: 0, instance: null },
    cause: `Adding new member ${A} with group instance id null; client reason: not provided`,
  }),
  'member-pending': entryOf('member-pending', at(2), { ...group, member: A, generation: 0 }),
  'member-removed': entryOf('member-removed', at(46), {
    ...{ ...group, ...client, member: A, generation, instance: null, connected: true },
    cause: `removing member ${A} on heartbeat expiration.`,
    ...{ heardAgoMs: 30_000, fetchedAgoMs: 30_150, sessionTimeoutMs: 30_000, partitions: ['orders-0'] },
  }),
  'member-replaced': entryOf('member-replaced', at(50), {
    ...{ ...group, member: 'pod-1-22aa', generation: 2, instance: 'pod-1', oldMember: 'pod-1-11aa' },
  }),
  reconcile: entryOf('reconcile', at(50), {
    ...{ ...group, member: A, generation: 3, memberState: 'UNREVOKED_PARTITIONS' },
    ...{ partitions: ['orders-0'], revoking: ['orders-1'] },
  }),
  'offsets-removed': entryOf('offsets-removed', at(60), {
    ...{ ...group, cause: 'offsets.retention.minutes', count: 2 },
  }),
  'group-removed': entryOf('group-removed', at(60), { ...group, cause: 'offsets.retention.minutes' }),
  join: entryOf('join', at(2), {
    ...{ ...group, ...answered, ...timeouts, member: A, generation, cause: 'rebalance enforced by user' },
    ...{ software: 'apache-kafka-java 4.4.0', version: 9, askedAs: A, instance: null },
    ...{
      protocolType: 'consumer',
      protocols: ['range', 'cooperative-sticky'],
      topics: ['orders'],
      owned: [],
    },
    ...{ protocol: 'range', leader: A, skipAssignment: false },
  }),
  sync: entryOf('sync', at(2), {
    ...{ ...group, ...answered, member: A, generation, protocol: 'range', leads: true },
    partitions: ['orders-0', 'orders-1'],
  }),
  leave: entryOf('leave', at(80), {
    ...{ ...group, ...answered, member: B, generation: 2, instance: null },
    cause: 'the consumer is being closed',
  }),
  commit: entryOf('commit', at(16), {
    ...{ ...group, ...answered, member: A, generation, topic: 'orders', partition: 0 },
    ...{ offset: 9_007_199_254_740_993n, endOffset: 9_007_199_254_741_000n },
  }),
  heartbeats: entryOf('heartbeats', at(62), {
    ...{ ...group, ...client, member: A, generation, count: 20, refused: 0, overMs: 57_000 },
    ...{ gaps: GAPS, minGapMs: 2998, medianGapMs: 3000, maxGapMs: 3000, sessionTimeoutMs: 30_000 },
  }),
  'end-offset': entryOf('end-offset', at(62), { topic: 'orders', partition: 0, endOffset: 120n }),
  error: entryOf('error', at(70), {
    ...{ ...group, ...answered, member: A, generation: 2, error: 'UNKNOWN_MEMBER_ID' },
    ...{ api: 'Heartbeat', version: 4, count: 1 },
  }),
  lacked: entryOf('lacked', at(71), {
    cause: 'shop at 127.0.0.1:51234 asked for what is lacking: API key 68 (version 1) is not handled',
  }),
  'connection-closed': entryOf('connection-closed', at(80), {
    ...group,
    ...client,
    member: B,
    generation: 2,
  }),
  asked: entryOf('asked', at(2), {
    ...group,
    ...client,
    member: A,
    generation: 0,
    api: 'JoinGroup',
    instance: null,
  }),
  heartbeat: entryOf('heartbeat', at(5), {
    ...group,
    ...client,
    member: A,
    generation,
    error: 'NONE',
    gapMs: 3000,
  }),
}
