// Where logs end, as clients were told it: by the high watermark of Fetch, by ListOffsets, by what Produce appended. With it
// a commit's entry says how far behind it is. Bounded: the oldest partitions go.

import { ErrorCodes } from '../protocol/errors.js'
import type { RecordedExchange } from './exchanges.js'
import { type EntryOf, entryOf } from './journal-entry.js'

export interface EndOffset {
  readonly topic: string
  readonly partition: number
  endOffset: bigint
  /** What an entry last told, and when. */
  told: { readonly endOffset: bigint; readonly atMs: number } | null
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

export function endEntry({ topic, partition, endOffset }: EndOffset, atMs: number): EntryOf<'end-offset'> {
  return entryOf('end-offset', atMs, { topic, partition, endOffset })
}

export class EndOffsets {
  private readonly partitions = new Map<string, EndOffset>()
  private readonly names = new Map<string, string>()
  private readonly committed = new Map<string, true>()

  get(topic: string, partition: number): EndOffset | undefined {
    return this.partitions.get(`${partition} ${topic}`)
  }

  nameOf(topicId: unknown): string | undefined {
    return this.names.get(String(topicId))
  }

  /** Returns the partitions whose end is news. */
  learn(exchange: RecordedExchange): EndOffset[] {
    if (!exchange.response) return []
    if (exchange.api === 'Metadata' || exchange.api === 'CreateTopics') this.learnNames(exchange.response)
    return this.toldBy(exchange).flatMap(({ topic, partition, endOffset }) => {
      const known = this.get(topic, partition)
      // A topic that was made anew begins anew, which only its leader's watermark tells for sure.
      const isNews =
        exchange.api === 'Fetch' ? known?.endOffset !== endOffset : !(known && known.endOffset >= endOffset)
      if (!isNews) return []
      if (known !== undefined) {
        known.endOffset = endOffset
        return [known]
      }
      const fresh = { topic, partition, endOffset, told: null }
      this.partitions.set(`${partition} ${topic}`, fresh)
      dropOldest(this.partitions)
      return [fresh]
    })
  }

  /** Somebody commits to it: from now on its end is worth an entry. */
  isCommitted(topic: string, partition: number): void {
    this.committed.set(`${partition} ${topic}`, true)
    dropOldest(this.committed)
  }

  /** Whether an entry is due; it then counts as told. `atOnce`: if there is anything new. */
  tell(end: EndOffset, atMs: number, atOnce = false): boolean {
    if (!this.committed.has(`${end.partition} ${end.topic}`) || end.told?.endOffset === end.endOffset)
      return false
    if (!atOnce && end.told !== null && atMs - end.told.atMs < TELL_EVERY_MS) return false
    end.told = { endOffset: end.endOffset, atMs }
    return true
  }

  get all(): Iterable<EndOffset> {
    return this.partitions.values()
  }

  private learnNames({ topics }: Readonly<Record<string, unknown>>): void {
    for (const { name, topicId } of (topics as Rows | undefined) ?? []) {
      if (typeof name !== 'string' || topicId === undefined) continue
      this.names.set(String(topicId), name)
      dropOldest(this.names)
    }
  }

  private toldBy({ api, body, response }: RecordedExchange): Told[] {
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
        return []
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

function dropOldest(map: Map<string, unknown>): void {
  if (map.size <= MAX_PARTITIONS) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}
