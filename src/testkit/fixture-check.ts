// Fixtures held against the broker and against each other before any of them is applied: topics that nobody makes, partitions that
// are not there, records that are too large, groups that cannot be replaced.

import type { GroupSnapshot } from '../coordinator/inspect.js'
import { decideTopic } from '../metadata/create-topics.js'
import type { Topic } from '../metadata/image.js'
import type { Cluster } from '../server/cluster.js'
import { ConfigError } from '../server/config/errors.js'
import { checkPartition, checkRecord, type Limits, limitsOf } from './batches.js'
import type { FixtureEntry, FixtureLine } from './fixture-entries.js'
import { FixtureError, said } from './fixture-error.js'
import { noTopic } from './fixtures.js'
import { fromLine, type OutgoingRecord } from './messages.js'

type Type = FixtureEntry['type']
type LinesOf<T extends Type> = readonly FixtureLine<Extract<FixtureEntry, { type: T }>>[]

/** In the order in which they are applied: groups come last, for to a group with members nobody commits from outside. */
export interface FixturePlan {
  /** All of `topic` as so many partitions as the last line says. */
  readonly topics: LinesOf<'topic'>
  /** Topic -> its records. */
  readonly records: ReadonlyMap<string, readonly OutgoingRecord[]>
  readonly offsets: LinesOf<'offset'>
  readonly groups: LinesOf<'group'>
}

const of = <T extends Type>(lines: readonly FixtureLine[], type: T) =>
  lines.filter(({ entry }) => entry.type === type) as unknown as LinesOf<T>

/** Rejects with ConfigError or FixtureError, which name the line. */
export async function planFixtures(
  cluster: Cluster,
  lines: readonly FixtureLine[],
  groupOf: (id: string) => Promise<GroupSnapshot | null>,
): Promise<FixturePlan> {
  const topics = of(lines, 'topic')
  const limits = checkTopics(cluster, topics)
  const known = (topic: string, where: string): Limits => {
    const found = limits.get(topic)
    if (found !== undefined) return found
    throw new FixtureError(`${where}: ${noTopic(topic, limits.keys())}`)
  }
  const records = new Map<string, OutgoingRecord[]>()
  for (const { where, entry } of of(lines, 'record')) {
    const { type: _, topic, ...message } = entry
    const record = fromLine(message, where)
    checkRecord(record, known(topic, where))
    const there = records.get(topic)
    if (there === undefined) records.set(topic, [record])
    else there.push(record)
  }
  const offsets = of(lines, 'offset')
  for (const { where, entry } of offsets) checkPartition(entry.partition, where, known(entry.topic, where))
  const groups = of(lines, 'group')
  await checkGroups(offsets, groups, groupOf)
  return { topics, records, offsets, groups }
}

/** Topic -> what it takes, of those that there are and those that will be. */
function checkTopics({ image, ids }: Cluster, lines: LinesOf<'topic'>): Map<string, Limits> {
  const limits = new Map(Array.from(image.topicsByName.keys(), (name) => [name, limitsOf(image, name)]))
  const made: Topic[] = []
  for (const { where, entry } of lines) {
    const { topic, partitions } = entry
    const there = limits.get(topic)
    if (there !== undefined) {
      if (partitions !== undefined && partitions < there.partitions)
        throw new FixtureError(
          `${where}.partitions is ${partitions}, but topic '${topic}' has ${there.partitions}, and only grows`,
        )
      limits.set(topic, { ...there, partitions: partitions ?? there.partitions })
      continue
    }
    const asked = { name: topic, numPartitions: 1, replicationFactor: -1, assignments: [], configs: [] }
    const decision = decideTopic(image, { ...ids, topicId: () => '' }, asked, made)
    if (!decision.ok) throw new FixtureError(`${where}: topic '${topic}': ${decision.refusal.message}`)
    made.push(decision.topic)
    limits.set(topic, { ...limitsOf(image, topic), partitions: partitions ?? 1 })
  }
  return limits
}

async function checkGroups(
  offsets: LinesOf<'offset'>,
  groups: LinesOf<'group'>,
  groupOf: (id: string) => Promise<GroupSnapshot | null>,
): Promise<void> {
  const first = new Map<string, string>()
  for (const { where, entry } of groups) {
    const before = first.get(entry.group)
    if (before !== undefined)
      throw new ConfigError(`${where}.group is '${entry.group}', which ${before} has made already`)
    first.set(entry.group, where)
  }
  const states = new Map<string, string>()
  for (const { where, entry } of [...offsets, ...groups]) {
    const { type, group } = entry
    const state = states.get(group) ?? (await said(where, () => groupOf(group)))?.state ?? 'Empty'
    states.set(group, state)
    if (state === 'Empty') continue
    const what = type === 'offset' ? 'offsets can be committed' : 'it can be replaced'
    throw new FixtureError(`${where}: group '${group}' is ${state}: ${what} only while it has no members`)
  }
}
