// What the processes of `npm run bench:durable` tell each other.

export interface Job {
  readonly host: string
  readonly port: number
  readonly topic: string
  /** Of the topic, in each commit. */
  readonly partitions: number
  /** Each with a group, a connection, and one commit in flight. */
  readonly committers: number
  readonly seconds: number
}

export interface Outcome {
  readonly commits: number
  readonly elapsedMs: number
  readonly p50Ms: number
  readonly p99Ms: number
}
