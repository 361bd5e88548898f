// Committed offsets of a shard: group -> topic name -> partition -> record. Keyed by name as in
// __consumer_offsets; the topic id of the record tells a re-created topic from its namesake.

import { SmallMap } from './classic/small-map.js'
import { OffsetPlace, type OffsetRecord } from './offset-record.js'

/** Those of one topic in one group, by partition. */
export class TopicOffsets extends Map<number, OffsetRecord> {
  readonly place: OffsetPlace

  constructor(place: OffsetPlace) {
    super()
    this.place = place
  }
}

/** By topic name. */
export type GroupOffsets = SmallMap<TopicOffsets>

export class OffsetStore {
  private readonly groups = new Map<string, GroupOffsets>()
  /** What a record was put into last: a commit has many of one topic. */
  private latest: TopicOffsets | null = null

  has(groupId: string): boolean {
    return this.groups.has(groupId)
  }

  get(groupId: string): GroupOffsets | undefined {
    return this.groups.get(groupId)
  }

  entries(): Iterable<[string, GroupOffsets]> {
    return this.groups.entries()
  }

  /** Where offsets of this topic are, or will be. */
  placeOf(groupId: string, topic: string): OffsetPlace {
    return this.groups.get(groupId)?.get(topic)?.place ?? new OffsetPlace(groupId, topic)
  }

  /** Returns whether it is the first of its topic in its group. */
  put(record: OffsetRecord): boolean {
    const { place } = record
    if (this.latest?.place === place) {
      this.latest.set(record.partition, record)
      return false
    }
    let topics = this.groups.get(place.groupId)
    if (topics === undefined) {
      topics = new SmallMap()
      this.groups.set(place.groupId, topics)
    }
    const known = topics.get(place.topic)
    const offsets = known ?? new TopicOffsets(place)
    if (known === undefined) topics.set(place.topic, offsets)
    offsets.set(record.partition, record)
    this.latest = offsets
    return known === undefined
  }

  /** Leaves nothing empty behind: a group without offsets has no entry. */
  remove({ groupId, topic }: OffsetPlace, partition: number): void {
    const topics = this.groups.get(groupId)
    const offsets = topics?.get(topic)
    if (topics === undefined || offsets === undefined) return
    offsets.delete(partition)
    if (offsets.size > 0) return
    if (offsets === this.latest) this.latest = null
    topics.delete(topic)
    if (topics.size === 0) this.groups.delete(groupId)
  }

  /** How many a group has. */
  count(groupId: string): number {
    let count = 0
    for (const offsets of this.groups.get(groupId)?.values() ?? []) count += offsets.size
    return count
  }
}
