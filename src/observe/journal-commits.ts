// The entries of an OffsetCommit, one for each partition. Those of commits that were taken well are many and mostly never read: until
// somebody does, they are kept as numbers in columns, which cost the collector nothing.

import { ErrorCodes } from '../protocol/errors.js'
import type { OffsetCommitRequest, OffsetCommitResponse } from '../protocol/messages/offset-commit.js'
import type { RecordedExchange } from './exchanges.js'
import { type EntryOf, entryOf } from './journal-entry.js'
import { finishedMs, nameOf } from './journal-exchanges.js'
import { UnreadEntries } from './journal-log.js'
import type { EndOffset, EndOffsets } from './journal-offsets.js'

type RequestTopic = OffsetCommitRequest['topics'][number]
type AnsweredTopic = OffsetCommitResponse['topics'][number]

/** Room for so many commits of a partition; the oldest are written over. */
export class RoutineCommits {
  private readonly capacity: number
  private readonly ends: EndOffsets
  private next = 0
  private readonly partitions: EndOffset[] = []
  private readonly offsets: BigInt64Array
  /** Where the partition ended at that time; NOT_KNOWN. */
  private readonly endOffsets: BigInt64Array

  constructor(capacity: number, ends: EndOffsets) {
    this.capacity = capacity
    this.ends = ends
    this.offsets = new BigInt64Array(capacity)
    this.endOffsets = new BigInt64Array(capacity)
  }

  /** null: they are more than there is room for. */
  add(
    exchange: RecordedExchange,
    known: { group: string; member: string } | undefined,
  ): UnreadEntries | null {
    const body = exchange.body as OffsetCommitRequest
    const count = partitionCount(body.topics)
    if (count > this.capacity) return null
    const start = this.next
    for (const topic of body.topics) this.put(topicName(topic, this.ends), topic.partitions)
    return new UnreadCommits(this, start, count, new Commit(exchange, known))
  }

  private put(topic: string, committed: RequestTopic['partitions']): void {
    const { ends, partitions, offsets, endOffsets, capacity } = this
    const inTopic = ends.partitionsOf(topic)
    let at = this.next
    for (const { partitionIndex, committedOffset } of committed) {
      const known = ends.committed(topic, partitionIndex, inTopic)
      partitions[at] = known
      offsets[at] = committedOffset
      endOffsets[at] = known.endOffset ?? NOT_KNOWN
      if (++at === capacity) at = 0
    }
    this.next = at
  }

  /** Calls `take` with each of them, oldest first. */
  read(
    start: number,
    count: number,
    take: (partition: EndOffset, offset: bigint, endOffset: bigint | null) => void,
  ): void {
    for (let i = 0; i < count; i++) {
      const at = (start + i) % this.capacity
      const end = this.endOffsets[at] as bigint
      take(this.partitions[at] as EndOffset, this.offsets[at] as bigint, end === NOT_KNOWN ? null : end)
    }
  }
}

const NOT_KNOWN = -1n

/** What all partitions of a commit have in common. Names that are kept already take the place of those of the request. */
class Commit {
  private readonly group: string | null
  private readonly member: string | null
  private readonly generation: number | null
  private readonly client: string | null
  private readonly connection: number
  private readonly fault: string | null
  private readonly waitedMs: number
  private readonly atMs: number

  constructor(exchange: RecordedExchange, known?: { group: string; member: string }) {
    const { generationIdOrMemberEpoch } = exchange.body as OffsetCommitRequest
    this.group = known?.group ?? exchange.group
    this.member = known?.member ?? (exchange.memberId || null)
    this.generation = generationIdOrMemberEpoch < 0 ? null : generationIdOrMemberEpoch
    this.client = exchange.clientId
    this.connection = exchange.connection
    this.fault = exchange.fault
    this.atMs = finishedMs(exchange)
    this.waitedMs = this.atMs - exchange.atMs
  }

  entry(
    { topic, partition }: EndOffset,
    offset: bigint,
    endOffset: bigint | null,
    error: string | null,
  ): EntryOf<'commit'> {
    const { atMs, group, member, generation, client, connection, waitedMs, fault } = this
    const request = { group, member, generation, client, connection, waitedMs, fault }
    return entryOf('commit', atMs, { ...request, error, topic, partition, offset, endOffset })
  }
}

class UnreadCommits extends UnreadEntries {
  private readonly commits: RoutineCommits
  private readonly start: number
  readonly count: number
  private readonly commit: Commit

  constructor(commits: RoutineCommits, start: number, count: number, commit: Commit) {
    super()
    this.commits = commits
    this.start = start
    this.count = count
    this.commit = commit
  }

  make(): EntryOf<'commit'>[] {
    const entries: EntryOf<'commit'>[] = []
    this.commits.read(this.start, this.count, (...read) => entries.push(this.commit.entry(...read, 'NONE')))
    return entries
  }
}

/** Every partition was committed. */
export function isRoutine({ body, response }: RecordedExchange): boolean {
  const { topics } = (response ?? { topics: [] }) as { topics?: readonly AnsweredTopic[] }
  if (topics === undefined) return false
  let count = 0
  for (const { partitions } of topics) {
    for (const { errorCode } of partitions) if (errorCode !== ErrorCodes.NONE) return false
    count += partitions.length
  }
  return count === partitionCount((body as OffsetCommitRequest).topics)
}

function partitionCount(topics: readonly { readonly partitions: readonly unknown[] }[]): number {
  let count = 0
  for (const { partitions } of topics) count += partitions.length
  return count
}

const topicName = ({ name, topicId }: RequestTopic, ends: EndOffsets): string =>
  name || ends.nameOf(topicId) || topicId

/** One for each partition, of any commit. */
export function commitEntries(exchange: RecordedExchange, ends: EndOffsets): EntryOf<'commit'>[] {
  const answer = exchange.response as Partial<OffsetCommitResponse> | null | undefined
  const errors = new Map<string, number>()
  for (const { name, topicId, partitions } of answer?.topics ?? [])
    for (const { partitionIndex, errorCode } of partitions)
      errors.set(`${partitionIndex} ${name || topicId}`, errorCode)
  const commit = new Commit(exchange)
  return (exchange.body as OffsetCommitRequest).topics.flatMap((topic) =>
    topic.partitions.map(({ partitionIndex, committedOffset }) => {
      const known = ends.committed(topicName(topic, ends), partitionIndex)
      const error = nameOf(errors.get(`${partitionIndex} ${topic.name || topic.topicId}`))
      return commit.entry(known, committedOffset, known.endOffset, error)
    }),
  )
}
