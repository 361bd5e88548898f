// What is in a broker, for a test to begin with and to look at in the end: topics, records, committed offsets, groups.

import type { GroupSnapshot } from '../coordinator/inspect.js'
import type { Cluster } from '../server/cluster.js'
import { ConfigError } from '../server/config/errors.js'
import { readOptions } from './fields.js'
import { planFixtures } from './fixture-check.js'
import { dumpFixtures } from './fixture-dump.js'
import { type FixtureEntry, readFixtures } from './fixture-entries.js'
import { loadFixtures } from './fixture-file.js'
import { Fixtures } from './fixtures.js'
import { Group } from './group.js'
import type { Kit } from './kit.js'
import { type Message, readMessages, type StoredMessage } from './messages.js'
import { type Offsets, readOffsets } from './offsets.js'
import { checkText, recordsOptions } from './options.js'
import { snapshots } from './quiet.js'

/** @internal */
export interface ContentsParts {
  readonly cluster: Cluster
  readonly kit: Kit
  /** Of waits, unless told otherwise. */
  readonly timeoutMs: number
  /** Whether the kit sees what happens: nothing can be waited for otherwise. */
  readonly isWatched: boolean
}

export class Contents {
  /** @internal */
  protected readonly cluster: Cluster
  protected readonly timeoutMs: number
  /** @internal */
  protected readonly fixtures: Fixtures
  private readonly parts: ContentsParts
  private readonly groups = new Map<string, Group>()

  /** @internal */
  constructor(parts: ContentsParts) {
    this.parts = parts
    this.cluster = parts.cluster
    this.timeoutMs = parts.timeoutMs
    this.fixtures = new Fixtures(parts.cluster)
  }

  /** A group to wait for or to provoke; it need not exist yet. */
  group(id: string): Group {
    checkText(id, 'group: the id')
    const { cluster, kit, timeoutMs } = this.parts
    const environment = {
      cluster,
      signal: kit.signal,
      timeoutMs,
      nowMs: () => cluster.nowMs(),
      journal: kit.journal,
      checkWatched: () => this.checkWatched(),
      pause: (ms: number) => kit.delays.pause(ms),
      reloaded: () => kit.promises.forget(),
    }
    const group = this.groups.get(id) ?? new Group(id, environment)
    this.groups.set(id, group)
    return group
  }

  /** @internal Throws ConfigError where the broker was started without the test kit. */
  protected checkWatched(): void {
    if (!this.parts.isWatched)
      throw new ConfigError('the test kit is off: start the broker without testkit: false')
  }

  /** Whether every coordinator is loaded. */
  get isReady(): boolean {
    return this.cluster.isReady
  }

  /** Every group as it is now. */
  groupSnapshots(): Promise<GroupSnapshot[]> {
    return snapshots(this.cluster, (id) => this.group(id).snapshot())
  }

  /** Topic -> number of partitions. */
  topics(): Record<string, number> {
    const topics = [...this.cluster.image.topicsByName.values()]
    return Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]))
  }

  /** Appends records. Resolves to where each went. Rejects with ConfigError, FixtureError. */
  async produce(
    topic: string,
    messages: readonly Message[],
  ): Promise<{ readonly partition: number; readonly offset: bigint }[]> {
    return this.fixtures.produce(topic, readMessages(messages))
  }

  /** What is in a topic, or in one partition of it. */
  async records(topic: string, options: { readonly partition?: number } = {}): Promise<StoredMessage[]> {
    return this.fixtures.records(topic, readOptions(recordsOptions, options, 'records'))
  }

  /** Commits for a group without members: topic -> partition -> offset. Rejects with ConfigError, FixtureError. */
  async commit(group: string, offsets: Offsets): Promise<void> {
    return this.fixtures.commit(checkText(group, 'commit: the group'), readOffsets(offsets))
  }

  createTopic(name: string, partitions = 1): void {
    this.fixtures.createTopic(name, partitions)
  }

  /** To so many partitions in all. */
  growTopic(name: string, partitions: number): void {
    this.fixtures.growTopic(name, partitions)
  }

  deleteTopic(name: string): void {
    this.fixtures.deleteTopic(name)
  }

  /**
   * Adds topics, records, offsets and groups: JSON lines, or what they say. Rejects with ConfigError, and nothing is added,
   * when a line is wrong; with FixtureError when the broker cannot take one, mostly before anything is added. Both name the line.
   */
  async load(fixtures: string | readonly unknown[], origin = 'fixtures'): Promise<void> {
    const lines = readFixtures(fixtures, origin)
    const plan = await planFixtures(this.cluster, lines, (id) => this.group(id).snapshot())
    await loadFixtures(this.cluster, this.fixtures, plan)
    this.parts.kit.signal.raise()
  }

  /** All topics, records, offsets and groups, as `load` takes them. */
  async dump(): Promise<FixtureEntry[]> {
    const offsetsOf = (groupId: string) => this.group(groupId).offsets()
    return dumpFixtures(this.cluster, this.fixtures, await this.groupSnapshots(), offsetsOf)
  }
}
