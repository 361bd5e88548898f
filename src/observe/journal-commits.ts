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
    for (const topic of body.topics) {
      const name = topicName(topic, this.ends)
      for (const partition of topic.partitions) this.put(name, partition)
    }
    return new UnreadCommits(this, start, count, commonOf(exchange, known))
  }

  private put(topic: string, partition: RequestTopic['partitions'][number]): void {
    const at = this.next
    const known = this.ends.committed(topic, partition.partitionIndex)
    this.partitions[at] = known
    this.offsets[at] = partition.committedOffset
    this.endOffsets[at] = known.endOffset ?? NOT_KNOWN
    this.next = (at + 1) % this.capacity
  }

  entries(start: number, count: number, common: Common): EntryOf<'commit'>[] {
    return Array.from({ length: count }, (_, i) => {
      const at = (start + i) % this.capacity
      const { topic, partition } = this.partitions[at] as EndOffset
      const end = this.endOffsets[at] as bigint
      const endOffset = end === NOT_KNOWN ? null : end
      const offset = this.offsets[at] as bigint
      return entryOf('commit', common.atMs, {
        ...common,
        error: 'NONE',
        topic,
        partition,
        offset,
        endOffset,
      })
    })
  }
}

const NOT_KNOWN = -1n

class UnreadCommits extends UnreadEntries {
  private readonly commits: RoutineCommits
  private readonly start: number
  readonly count: number
  private readonly common: Common

  constructor(commits: RoutineCommits, start: number, count: number, common: Common) {
    super()
    this.commits = commits
    this.start = start
    this.count = count
    this.common = common
  }

  make(): EntryOf<'commit'>[] {
    return this.commits.entries(this.start, this.count, this.common)
  }
}

type Common = ReturnType<typeof commonOf>

/** What all partitions of a commit have in common. Names that are kept already take the place of those of the request. */
function commonOf(exchange: RecordedExchange, known?: { group: string; member: string }) {
  const { clientId: client, connection, fault, group, memberId } = exchange
  const { generationIdOrMemberEpoch: generation } = exchange.body as OffsetCommitRequest
  const atMs = finishedMs(exchange)
  return {
    atMs,
    group: known?.group ?? group,
    member: known?.member ?? (memberId || null),
    generation: generation < 0 ? null : generation,
    client,
    connection,
    waitedMs: atMs - exchange.atMs,
    fault,
  }
}

/** Every partition was committed. */
export function isRoutine({ body, response }: RecordedExchange): boolean {
  const { topics } = (response ?? { topics: [] }) as { topics?: readonly AnsweredTopic[] }
  if (topics === undefined) return false
  for (const { partitions } of topics)
    for (const { errorCode } of partitions) if (errorCode !== ErrorCodes.NONE) return false
  return partitionCount(topics) === partitionCount((body as OffsetCommitRequest).topics)
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
  const common = commonOf(exchange)
  return (exchange.body as OffsetCommitRequest).topics.flatMap((topic) =>
    topic.partitions.map(({ partitionIndex, committedOffset }) => {
      const known = ends.committed(topicName(topic, ends), partitionIndex)
      return entryOf('commit', common.atMs, {
        ...common,
        error: nameOf(errors.get(`${partitionIndex} ${topic.name || topic.topicId}`)),
        topic: known.topic,
        partition: partitionIndex,
        offset: committedOffset,
        endOffset: known.endOffset,
      })
    }),
  )
}
