// What a shard writes to __consumer_offsets. Its records are what a store keeps as well (StoredRecord in src/store/store.ts): nothing is
// made beside them.

import type { OffsetRecord, OffsetTombstone } from './offset-record.js'

export type GroupRecord = OffsetRecord | OffsetTombstone | GroupMetadataRecord

/** A group as it was when it became Stable or Empty; null: it is gone. */
export class GroupMetadataRecord {
  readonly groupId: string
  readonly value: GroupMetadataValue | null

  constructor(groupId: string, value: GroupMetadataValue | null) {
    this.groupId = groupId
    this.value = value
  }

  get kind(): 'GroupMetadata' {
    return 'GroupMetadata'
  }

  /** Records of offsets are of a family, so it tells groups apart, and no text is kept for it. */
  get key(): string {
    return this.groupId
  }
}

/** GroupMetadataValue v3 of __consumer_offsets. */
export interface GroupMetadataValue {
  readonly protocolType: string
  readonly generation: number
  readonly protocol: string | null
  readonly leader: string | null
  readonly currentStateTimestampMs: number
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly clientId: string
    readonly clientHost: string
    readonly rebalanceTimeoutMs: number
    readonly sessionTimeoutMs: number
    readonly subscription: Buffer
    readonly assignment: Buffer
  }[]
}
