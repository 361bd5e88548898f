// The entries of an OffsetCommit, one for each partition. Those of commits that were taken well are many and mostly never read: until
// somebody does, they are kept as numbers in columns, which cost the collector nothing.

import { ErrorCodes } from '../protocol/errors.js'
import type { OffsetCommitRequest, OffsetCommitResponse } from '../protocol/messages/offset-commit.js'
import type { RecordedExchange } from './exchanges.js'
import { type EntryOf, entryOf } from './journal-entry.js'
import { finishedMs, nameOf } from './journal-exchanges.js'
import type { UnreadEntries } from './journal-log.js'
import type { EndOffset, EndOffsets } from './journal-offsets.js'

type RequestTopic = OffsetCommitRequest['topics'][number]
type AnsweredTopic = OffsetCommitResponse['topics'][number]

const NOT_KNOWN = -1n
const NO_GENERATION = -1

/** What all partitions of a commit have in common. */
type Common = Pick<
  EntryOf<'commit'>,
  'atMs' | 'group' | 'member' | 'generation' | 'client' | 'connection' | 'waitedMs' | 'fault'
>

/** Names that are kept already take the place of those of the request. */
function commonOf(exchange: RecordedExchange, known?: { group: string; member: string }): Common {
  const { generationIdOrMemberEpoch } = exchange.body as OffsetCommitRequest
  const atMs = finishedMs(exchange)
  return {
    atMs,
    group: known?.group ?? exchange.group,
    member: known?.member ?? (exchange.memberId || null),
    generation: generationIdOrMemberEpoch < 0 ? null : generationIdOrMemberEpoch,
    client: exchange.clientId,
    connection: exchange.connection,
    waitedMs: atMs - exchange.atMs,
    fault: exchange.fault,
  }
}

function commitEntry(
  { atMs, ...request }: Common,
  { topic, partition }: EndOffset,
  offset: bigint,
  endOffset: bigint | null,
  error: string | null,
): EntryOf<'commit'> {
  return entryOf('commit', atMs, { ...request, error, topic, partition, offset, endOffset })
}

/** A lot is a commit. Two rings: of commits, and of their partitions, for so many of which there is room; the oldest are written over. */
export class RoutineCommits implements UnreadEntries {
  private readonly capacity: number
  private readonly ends: EndOffsets

  /** The next place among the partitions. */
  private next = 0
  private readonly partitions: EndOffset[] = []
  private readonly offsets: BigInt64Array
  /** Where the partition ended at that time; NOT_KNOWN. */
  private readonly endOffsets: BigInt64Array

  /** Commits have a partition at least, and the oldest is there until the next one is. */
  private readonly places: number
  private first = 0
  private end = 0
  /** Where the partitions of a commit begin, and how many they are. */
  private readonly starts: Int32Array
  private readonly counts: Int32Array
  private readonly times: Float64Array
  private readonly waits: Float64Array
  private readonly generations: Int32Array
  private readonly connections: Int32Array
  private readonly groups: (string | null)[] = []
  private readonly members: (string | null)[] = []
  private readonly clients: (string | null)[] = []
  private readonly faults: (string | null)[] = []

  constructor(capacity: number, ends: EndOffsets) {
    this.capacity = capacity
    this.ends = ends
    this.offsets = new BigInt64Array(capacity)
    this.endOffsets = new BigInt64Array(capacity)
    this.places = capacity + 1
    this.starts = new Int32Array(this.places)
    this.counts = new Int32Array(this.places)
    this.times = new Float64Array(this.places)
    this.waits = new Float64Array(this.places)
    this.generations = new Int32Array(this.places)
    this.connections = new Int32Array(this.places)
  }

  /** Returns how many partitions it has; null: none, or more than there is room for. */
  add(exchange: RecordedExchange, known: { group: string; member: string } | undefined): number | null {
    const { topics } = exchange.body as OffsetCommitRequest
    const count = partitionCount(topics)
    if (count === 0 || count > this.capacity) return null
    const at = this.end
    this.end = this.after(at)
    this.starts[at] = this.next
    this.counts[at] = count
    this.keep(at, commonOf(exchange, known))
    for (const topic of topics) this.put(topicName(topic, this.ends), topic.partitions)
    return count
  }

  private keep(at: number, common: Common): void {
    this.times[at] = common.atMs
    this.waits[at] = common.waitedMs
    this.generations[at] = common.generation ?? NO_GENERATION
    this.connections[at] = common.connection ?? 0
    this.groups[at] = common.group
    this.members[at] = common.member
    this.clients[at] = common.client
    this.faults[at] = common.fault
  }

  private after(place: number): number {
    return place + 1 === this.places ? 0 : place + 1
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

  get oldestCount(): number {
    return this.counts[this.first] as number
  }

  drop(): void {
    this.first = this.after(this.first)
  }

  make(): EntryOf<'commit'>[] {
    const at = this.first
    this.drop()
    const generation = this.generations[at] as number
    const common: Common = {
      atMs: this.times[at] as number,
      group: this.groups[at] ?? null,
      member: this.members[at] ?? null,
      generation: generation === NO_GENERATION ? null : generation,
      client: this.clients[at] ?? null,
      connection: this.connections[at] as number,
      waitedMs: this.waits[at] as number,
      fault: this.faults[at] ?? null,
    }
    return Array.from({ length: this.counts[at] as number }, (_, i) => {
      const of = ((this.starts[at] as number) + i) % this.capacity
      const end = this.endOffsets[of] as bigint
      const offset = this.offsets[of] as bigint
      return commitEntry(
        common,
        this.partitions[of] as EndOffset,
        offset,
        end === NOT_KNOWN ? null : end,
        'NONE',
      )
    })
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
  const common = commonOf(exchange)
  return (exchange.body as OffsetCommitRequest).topics.flatMap((topic) =>
    topic.partitions.map(({ partitionIndex, committedOffset }) => {
      const known = ends.committed(topicName(topic, ends), partitionIndex)
      const error = nameOf(errors.get(`${partitionIndex} ${topic.name || topic.topicId}`))
      return commitEntry(common, known, committedOffset, known.endOffset, error)
    }),
  )
}
