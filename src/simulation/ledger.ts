// What was done with every record: how often it was processed, by whom last, when. A record counts as processed when its
// work is finished; what a crash interrupts has not been done.

/** A record as an application sees it. */
export interface SimulatedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** When it was appended. */
  readonly appendedMs: number
}

interface Entry {
  times: number
  firstMs: number
  appendedMs: number
}

export class Ledger {
  /** Topic -> partition -> offset -> entry. */
  private readonly entries = new Map<string, Entry[][]>()
  private readonly perMember = new Map<string, number>()
  /** Of work that was finished, repetitions included. */
  total = 0
  /** Finished by who had been given the partition no longer. */
  byFormerOwner = 0
  /** Found by an idempotent application to have been done before. */
  recognised = 0

  processed(
    record: SimulatedRecord,
    {
      who,
      atMs,
      isOwner,
      isIdempotent,
    }: { who: string; atMs: number; isOwner: boolean; isIdempotent: boolean },
  ): void {
    this.total++
    this.perMember.set(who, (this.perMember.get(who) ?? 0) + 1)
    if (!isOwner) this.byFormerOwner++
    const partition = this.partition(record.topic, record.partition)
    const entry = partition[record.offset]
    if (entry === undefined) {
      partition[record.offset] = { times: 1, firstMs: atMs, appendedMs: record.appendedMs }
    } else if (isIdempotent) {
      this.recognised++
    } else {
      entry.times++
    }
  }

  private partition(topic: string, index: number): Entry[] {
    let partitions = this.entries.get(topic)
    if (partitions === undefined) {
      partitions = []
      this.entries.set(topic, partitions)
    }
    let partition = partitions[index]
    if (partition === undefined) {
      partition = []
      partitions[index] = partition
    }
    return partition
  }

  /** Work finished by these members, repetitions included. */
  doneBy(counts: (who: string) => boolean): number {
    let done = 0
    for (const [who, times] of this.perMember) if (counts(who)) done += times
    return done
  }

  timesProcessed(topic: string, partition: number, offset: number): number {
    return this.entries.get(topic)?.[partition]?.[offset]?.times ?? 0
  }

  /** Records that were processed at least once. */
  get once(): number {
    return this.count(() => true)
  }

  /** Records that were processed twice or more. */
  get twice(): number {
    return this.count(({ times }) => times > 1)
  }

  /** From a record's append to its first processing, the longest, among those appended from `fromMs` on. */
  longestDelayMs(fromMs = 0): number {
    let longest = 0
    this.each(({ appendedMs, firstMs }) => {
      if (appendedMs >= fromMs) longest = Math.max(longest, firstMs - appendedMs)
    })
    return longest
  }

  private count(counts: (entry: Entry) => boolean): number {
    let count = 0
    this.each((entry) => {
      if (counts(entry)) count++
    })
    return count
  }

  private each(visit: (entry: Entry) => void): void {
    for (const partitions of this.entries.values()) {
      for (const partition of partitions) {
        for (const entry of partition ?? []) if (entry !== undefined) visit(entry)
      }
    }
  }
}
