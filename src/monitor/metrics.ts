// Metrics for Prometheus: Kafka's own group-coordinator metrics by their names, and what operators ask for of each group.
// Made with the first scrape, from what the journal remembers and every entry from then on; who never scrapes pays nothing.

import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { GroupSnapshot } from '../coordinator/inspect.js'
import { causeKind } from '../observe/cause.js'
import type { Journal } from '../observe/journal.js'
import type { EntryOf, JournalEntry } from '../observe/journal-entry.js'
import { GroupLabels, OTHERS } from './group-labels.js'

/** What only the broker knows, asked at every scrape. */
export interface MetricsSource {
  readonly journal: Journal
  /** Names of groups that nobody looks at are not remembered for ever. */
  groupSnapshots(): Promise<readonly GroupSnapshot[]>
  lag(groupId: string): Promise<readonly { readonly topic: string; readonly lag: bigint }[]>
  /** How many partitions each member has, by member id. */
  assignedTo(member: GroupSnapshot['members'][number]): number
}

const KAFKA = 'kafka_server_group_coordinator_metrics'
/** The cause that the coordinator gives when offsets expire. */
const RETENTION = 'offsets.retention.minutes'
const STATES = ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead'] as const
const GAP_BUCKETS_S = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 30, 60]
const PHASE_BUCKETS_S = [0.01, 0.05, 0.1, 0.5, 1, 3, 5, 10, 30, 60, 300]
const COMMIT_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1]

export class Metrics {
  readonly registry = new Registry()
  private readonly source: MetricsSource
  private readonly labels = new GroupLabels()
  private looked: Promise<unknown> = Promise.resolve()
  private readonly began = new Map<string, EntryOf<'state'>>()

  private readonly groupCount = this.gauge(`${KAFKA}_group_count`, 'Groups, by protocol.', ['protocol'])
  private readonly stateCount = this.gauge(`${KAFKA}_classic_group_count`, 'Classic groups, by state.', [
    'state',
  ])
  private readonly offsetCount = this.gauge(`${KAFKA}_offset_count`, 'Committed offsets that are kept.')
  private readonly commits = this.counter(`${KAFKA}_offset_commit_count`, 'Committed offsets.')
  private readonly expired = this.counter(`${KAFKA}_offset_expiration_count`, 'Offsets that expired.')
  private readonly deleted = this.counter(`${KAFKA}_offset_deletion_count`, 'Offsets that were deleted.')
  private readonly completed = this.counter(
    `${KAFKA}_group_completed_rebalance_count`,
    'Rebalances of classic groups that ended.',
  )
  private readonly rebalances = this.counter(
    'cohort_group_rebalances_total',
    'Rebalances that began, by cause.',
    ['group', 'cause'],
  )
  private readonly phases = this.histogram(
    'cohort_group_rebalance_phase_seconds',
    'How long the join phase and the sync phase lasted.',
    ['group', 'phase'],
    PHASE_BUCKETS_S,
  )
  private readonly heartbeats = this.counter('cohort_group_heartbeats_total', 'Heartbeats, by answer.', [
    'group',
    'error',
  ])
  private readonly gaps = this.histogram(
    'cohort_group_heartbeat_gap_seconds',
    "Time between a member's heartbeats.",
    ['group'],
    GAP_BUCKETS_S,
  )
  private readonly expiries = this.counter(
    'cohort_group_session_expirations_total',
    'Members removed because their session ran out.',
    ['group'],
  )
  private readonly groupCommits = this.counter(
    'cohort_group_commits_total',
    'Commits of partitions, by answer.',
    ['group', 'error'],
  )
  private readonly commitTime = this.histogram(
    'cohort_group_commit_seconds',
    'From the commit to its answer.',
    ['group'],
    COMMIT_BUCKETS_S,
  )
  private readonly members = this.gauge('cohort_group_members', 'Members.', ['group'])
  private readonly fewest = this.gauge(
    'cohort_group_member_partitions_min',
    'Partitions of the member that has fewest.',
    ['group'],
  )
  private readonly most = this.gauge(
    'cohort_group_member_partitions_max',
    'Partitions of the member that has most.',
    ['group'],
  )
  private readonly lags = this.gauge('cohort_group_lag', 'Records that are not committed.', [
    'group',
    'topic',
  ])

  constructor(source: MetricsSource) {
    this.source = source
    for (const entry of source.journal.entries()) this.take(entry)
    source.journal.subscribe((entry) => this.take(entry), { singles: true })
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    // One after another: a look begins with empty gauges.
    const text = this.looked.then(async () => {
      await this.look()
      return this.registry.metrics()
    })
    this.looked = text.catch(() => {})
    return text
  }

  private take(entry: JournalEntry): void {
    const group = entry.group === null ? '' : this.labels.of(entry.group)
    switch (entry.type) {
      case 'state':
        return this.stateChanged(entry, group)
      case 'heartbeat':
        this.heartbeats.inc({ group, error: entry.error ?? 'unanswered' })
        if (entry.gapMs !== null) this.gaps.observe({ group }, entry.gapMs / 1000)
        return
      case 'member-removed':
        if (causeKind(entry.cause) === 'session-expired') this.expiries.inc({ group })
        return
      case 'commit':
        this.groupCommits.inc({ group, error: entry.error ?? 'unanswered' })
        this.commitTime.observe({ group }, entry.waitedMs / 1000)
        if (entry.error === 'NONE') this.commits.inc()
        return
      case 'offsets-removed':
        if (entry.cause === RETENTION) this.expired.inc(entry.count)
        else this.deleted.inc(entry.count)
        return
    }
  }

  private stateChanged(entry: EntryOf<'state'>, group: string): void {
    const id = entry.group ?? ''
    const before = this.began.get(id)
    if (before !== undefined && entry.to !== 'PreparingRebalance') {
      const phase = before.to === 'PreparingRebalance' ? 'join' : 'sync'
      this.phases.observe({ group, phase }, (entry.atMs - before.atMs) / 1000)
    }
    if (entry.to === 'PreparingRebalance') this.rebalances.inc({ group, cause: causeKind(entry.cause) })
    if (entry.to === 'Stable' && entry.from === 'CompletingRebalance') this.completed.inc()
    if (entry.to === 'PreparingRebalance' || entry.to === 'CompletingRebalance') this.began.set(id, entry)
    else this.began.delete(id)
  }

  /** What is as it is now: groups, members, lag. */
  private async look(): Promise<void> {
    for (const gauge of [this.members, this.fewest, this.most, this.lags]) gauge.reset()
    const groups = await this.source.groupSnapshots()
    this.groupCount.set({ protocol: 'classic' }, groups.length)
    for (const state of STATES)
      this.stateCount.set(
        { state: state.toLowerCase() },
        groups.filter((group) => group.state === state).length,
      )
    this.offsetCount.set(groups.reduce((sum, { committedOffsets }) => sum + committedOffsets, 0))
    for (const { groupId, members } of groups) {
      const group = this.labels.of(groupId)
      this.members.inc({ group }, members.length)
      if (group === OTHERS) continue
      const shares = members.map((member) => this.source.assignedTo(member))
      if (shares.length > 0) {
        this.fewest.set({ group }, Math.min(...shares))
        this.most.set({ group }, Math.max(...shares))
      }
      for (const { topic, lag } of await this.source.lag(groupId).catch(() => []))
        this.lags.inc({ group, topic }, Math.max(Number(lag), 0)) // none of it hides another partition's
    }
  }

  private gauge<L extends string>(name: string, help: string, labelNames: L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] })
  }

  private counter<L extends string>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] })
  }

  private histogram<L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    buckets: number[],
  ): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] })
  }
}
