// Where logs end, as clients were told it: by the high watermark of Fetch, by ListOffsets, by what Produce appended. With it
// a commit's entry says how far behind it is. Bounded: the oldest partitions go.

import { ErrorCodes } from '../protocol/errors.js'
import type { RecordedExchange } from './exchanges.js'
import { type EntryOf, entryOf } from './journal-entry.js'

const NOTHING: readonly never[] = []

export interface EndOffset {
  readonly topic: string
  readonly partition: number
  /** null: nobody was told yet. */
  endOffset: bigint | null
  /** Somebody commits to it: its end is worth an entry. */
  isCommitted: boolean
  /** What an entry last told, and when. */
  told: { readonly endOffset: bigint | null; readonly atMs: number } | null
}

const MAX_PARTITIONS = 50_000
const LATEST = -1n
/** While records keep coming, the end of a partition is told so often at the most. */
const TELL_EVERY_MS = 10_000

interface Told {
  readonly topic: string
  readonly partition: number
  readonly endOffset: bigint
}

type Rows = readonly Readonly<Record<string, unknown>>[]

/** Throws when nobody was told where it ends. */
export function endEntry({ topic, partition, endOffset }: EndOffset, atMs: number): EntryOf<'end-offset'> {
  if (endOffset === null) throw new Error(`${topic}-${partition}: its end is not known`)
  return entryOf('end-offset', atMs, { topic, partition, endOffset })
}

export class EndOffsets {
  /** In the order in which they were first heard of. */
  private readonly partitions = new Set<EndOffset>()
  private readonly byTopic = new Map<string, Map<number, EndOffset>>()
  private readonly names = new Map<string, string>()

  get(topic: string, partition: number): EndOffset | undefined {
    return this.byTopic.get(topic)?.get(partition)
  }

  nameOf(topicId: unknown): string | undefined {
    return this.names.get(String(topicId))
  }

  /** Returns the partitions whose end is news. */
  learn(exchange: RecordedExchange): readonly EndOffset[] {
    const { api, response } = exchange
    if (!response) return []
    if (api === 'Metadata' || api === 'CreateTopics') this.learnNames(response)
    const told = this.toldBy(exchange)
    if (told.length === 0) return NOTHING
    return told.flatMap(({ topic, partition, endOffset }) => {
      const before = this.get(topic, partition)?.endOffset ?? null
      // A topic that was made anew begins anew, which only its leader's watermark tells for sure.
      const isNews = api === 'Fetch' ? before !== endOffset : before === null || before < endOffset
      if (!isNews) return []
      const known = this.of(topic, partition)
      known.endOffset = endOffset
      return [known]
    })
  }

  /** Those that are known of a topic. */
  partitionsOf(topic: string): Map<number, EndOffset> {
    return this.byTopic.get(topic) ?? new Map<number, EndOffset>()
  }

  /** Somebody commits to it. `partitions`: those of its topic. */
  committed(topic: string, partition: number, partitions = this.partitionsOf(topic)): EndOffset {
    const known = partitions.get(partition) ?? this.add(topic, partition, partitions)
    known.isCommitted = true
    return known
  }

  private of(topic: string, partition: number): EndOffset {
    const partitions = this.partitionsOf(topic)
    return partitions.get(partition) ?? this.add(topic, partition, partitions)
  }

  private add(topic: string, partition: number, partitions: Map<number, EndOffset>): EndOffset {
    this.byTopic.set(topic, partitions)
    const fresh = { topic, partition, endOffset: null, isCommitted: false, told: null }
    partitions.set(partition, fresh)
    this.partitions.add(fresh)
    if (this.partitions.size > MAX_PARTITIONS) this.dropOldest()
    return fresh
  }

  private dropOldest(): void {
    for (const oldest of this.partitions) {
      const { topic, partition } = oldest
      const partitions = this.byTopic.get(topic)
      partitions?.delete(partition)
      if (partitions?.size === 0) this.byTopic.delete(topic)
      this.partitions.delete(oldest)
      return
    }
  }

  /** Whether an entry is due; it then counts as told. `atOnce`: if there is anything new. */
  tell(end: EndOffset, atMs: number, atOnce = false): boolean {
    const { endOffset, told, isCommitted } = end
    if (!isCommitted || endOffset === null || told?.endOffset === endOffset) return false
    if (!atOnce && told !== null && atMs - told.atMs < TELL_EVERY_MS) return false
    end.told = { endOffset, atMs }
    return true
  }

  get all(): Iterable<EndOffset> {
    return this.partitions
  }

  private learnNames({ topics }: Readonly<Record<string, unknown>>): void {
    for (const { name, topicId } of (topics as Rows | undefined) ?? []) {
      if (typeof name !== 'string' || topicId === undefined) continue
      this.names.set(String(topicId), name)
      if (this.names.size > MAX_PARTITIONS) this.names.delete(this.names.keys().next().value as string)
    }
  }

  private toldBy({ api, body, response }: RecordedExchange): readonly Told[] {
    switch (api) {
      case 'Fetch':
        return this.read(response?.responses, 'partitions', (row) => [
          row.partitionIndex,
          row.highWatermark as bigint,
        ])
      case 'Produce':
        return this.read(response?.responses, 'partitionResponses', (row) => [
          row.index,
          (row.baseOffset as bigint) + 1n,
        ])
      case 'ListOffsets':
        return asksLatest(body)
          ? this.read(response?.topics, 'partitions', (row) => [row.partitionIndex, latestOf(row)])
          : []
      default:
        return NOTHING
    }
  }

  private read(
    topics: unknown,
    inner: string,
    told: (row: Readonly<Record<string, unknown>>) => [unknown, bigint],
  ): Told[] {
    return ((topics as Rows | undefined) ?? []).flatMap((each) => {
      const topic = String(each.topic || each.name || '') || this.nameOf(each.topicId)
      if (topic === undefined) return []
      return ((each[inner] as Rows | undefined) ?? []).flatMap((row) => {
        const [partition, endOffset] = told(row)
        return row.errorCode === ErrorCodes.NONE && endOffset >= 0n
          ? [{ topic, partition: Number(partition), endOffset }]
          : []
      })
    })
  }
}

/** Only if all of it is so: an answer does not repeat which time was asked for. */
function asksLatest({ topics }: Readonly<Record<string, unknown>>): boolean {
  const partitions = ((topics as Rows | undefined) ?? []).flatMap((topic) => topic.partitions as Rows)
  return partitions.every(({ timestamp }) => timestamp === LATEST)
}

function latestOf({ offset, oldStyleOffsets }: Readonly<Record<string, unknown>>): bigint {
  const [newest] = (oldStyleOffsets as readonly bigint[] | undefined) ?? []
  return newest ?? (offset as bigint)
}
