// A committed offset as a shard writes it. There are as many as partitions in every commit, so one object is all that there is of it: the
// record, the value that the shard keeps, and what a store keeps (StoredRecord in src/store/store.ts). What the partitions of a commit
// have in common is kept once, beside them.

const SEPARATOR = '\u0000'

export interface OffsetValue {
  readonly offset: bigint
  /** -1: none. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestampMs: bigint
  /** Only from OffsetCommit v2-4 with a retention time; -1n: none. */
  readonly expireTimestampMs: bigint
  /** ZERO_UUID where none is known. */
  readonly topicId: string
}

/** The offsets of one topic in one group. */
export class OffsetPlace {
  readonly groupId: string
  readonly topic: string
  /** What the keys of their records have in common. */
  readonly family: string

  constructor(groupId: string, topic: string) {
    this.groupId = groupId
    this.topic = topic
    this.family = `offset${SEPARATOR}${groupId}${SEPARATOR}${topic}`
  }
}

/** What the partitions of one topic have in common in one commit. */
export class TopicCommit {
  readonly place: OffsetPlace
  readonly commitTimestampMs: bigint
  readonly expireTimestampMs: bigint
  readonly topicId: string

  constructor(place: OffsetPlace, commitTimestampMs: bigint, expireTimestampMs: bigint, topicId: string) {
    this.place = place
    this.commitTimestampMs = commitTimestampMs
    this.expireTimestampMs = expireTimestampMs
    this.topicId = topicId
  }
}

/** Of one partition, as a record is named in the shard and in a store. */
abstract class OfPartition {
  abstract readonly place: OffsetPlace
  abstract readonly partition: number

  get kind(): 'OffsetCommit' {
    return 'OffsetCommit'
  }

  get groupId(): string {
    return this.place.groupId
  }

  get topic(): string {
    return this.place.topic
  }

  get family(): string {
    return this.place.family
  }

  get index(): number {
    return this.partition
  }

  get key(): string {
    return this.family + SEPARATOR + this.partition
  }
}

export class OffsetRecord extends OfPartition implements OffsetValue {
  readonly commit: TopicCommit
  readonly partition: number
  readonly offset: bigint
  readonly leaderEpoch: number
  readonly metadata: string

  constructor(commit: TopicCommit, partition: number, offset: bigint, leaderEpoch: number, metadata: string) {
    super()
    this.commit = commit
    this.partition = partition
    this.offset = offset
    this.leaderEpoch = leaderEpoch
    this.metadata = metadata
  }

  get place(): OffsetPlace {
    return this.commit.place
  }

  get value(): this {
    return this
  }

  get commitTimestampMs(): bigint {
    return this.commit.commitTimestampMs
  }

  get expireTimestampMs(): bigint {
    return this.commit.expireTimestampMs
  }

  get topicId(): string {
    return this.commit.topicId
  }
}

/** The partition has no offset any more. */
export class OffsetTombstone extends OfPartition {
  readonly place: OffsetPlace
  readonly partition: number

  constructor(place: OffsetPlace, partition: number) {
    super()
    this.place = place
    this.partition = partition
  }

  get value(): null {
    return null
  }
}

/** Of the record before that came alone: the next one mostly has the same. */
let last = new TopicCommit(new OffsetPlace('', ''), -1n, -1n, '')

/** For who has no commit in hand: what is loaded comes one by one. */
export function offsetRecord(
  groupId: string,
  topic: string,
  partition: number,
  value: OffsetValue,
): OffsetRecord {
  const { commitTimestampMs, expireTimestampMs, topicId } = value
  let { place } = last
  if (place.groupId !== groupId || place.topic !== topic) place = new OffsetPlace(groupId, topic)
  const isSame =
    last.place === place &&
    last.commitTimestampMs === commitTimestampMs &&
    last.expireTimestampMs === expireTimestampMs &&
    last.topicId === topicId
  if (!isSame) last = new TopicCommit(place, commitTimestampMs, expireTimestampMs, topicId)
  return new OffsetRecord(last, partition, value.offset, value.leaderEpoch, value.metadata)
}
