// A group as a broker describes it now, for the rules that need no history: from DescribeGroups, OffsetFetch and ListOffsets
// of any broker. Whoever asks the broker fills this in.

export interface MemberFacts {
  readonly memberId: string
  readonly clientId: string
  readonly clientHost: string
  readonly instanceId: string | null
  /** Topics it subscribes to; null: not known (in a rebalance, or not of the consumer protocol). */
  readonly topics: readonly string[] | null
  /** topic-partition. */
  readonly partitions: readonly string[]
}

/** What was committed and where the log ended, at one moment. */
export interface OffsetSample {
  /** ms since the epoch: of the commit where that is known, else of the look. */
  readonly atMs: number
  readonly topic: string
  readonly partition: number
  readonly committed: bigint
  readonly end: bigint
}

export interface GroupFacts {
  readonly groupId: string
  /** As DescribeGroups says it. */
  readonly state: string
  readonly protocolType: string
  /** The chosen assignor; null: none now. */
  readonly protocol: string | null
  readonly members: readonly MemberFacts[]
  /** How many partitions the topics have that it subscribes to; null: not known. */
  readonly partitionCount: number | null
  /** Several looks at each partition, the oldest first. */
  readonly offsets: readonly OffsetSample[]
}
