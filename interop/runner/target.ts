// The broker that clients are run against, as far as checks ask it themselves. Clients are judged by what they say; the
// broker is asked for what no client tells: states of groups, requests.

export interface Request {
  readonly api: string
  readonly version: number
  readonly clientId: string | null
  readonly group: string | null
  readonly atMs: number
  readonly answeredAtMs?: number | null
  readonly memberId?: string | null
  /** As the messages of the protocol have it. */
  readonly body?: unknown
  readonly response?: unknown
}

export interface GroupState {
  readonly state: string
  readonly members: number
  /** Null where the broker does not tell. */
  readonly generation: number | null
}

export interface Target {
  readonly bootstrap: string
  createTopic(topic: string, partitions: number): Promise<void>
  growTopic(topic: string, partitions: number): Promise<void>
  group(group: string): Promise<GroupState>
  committed(group: string, topic: string): Promise<Readonly<Record<string, number>>>
  /** Null where the broker does not tell. */
  requests(): Promise<readonly Request[] | null>
  /** To another broker, which loads for so long before it answers. */
  moveCoordinator(group: string, loadingMs: number): Promise<void>
  /** Ends it; what it found wrong, one line each. */
  end(): Promise<string[]>
}

export const NO_GROUP: GroupState = { state: 'Dead', members: 0, generation: null }
