// What the processes of `npm run bench:durable` tell each other.

export interface Job {
  readonly host: string
  readonly port: number
  readonly topic: string
  /** Of the topic, in each commit. */
  readonly partitions: number
  readonly connections: number
  /** Commits of each connection, each of a group of its own. */
  readonly inFlight: number
  readonly seconds: number
}

export interface Outcome {
  readonly commits: number
  readonly elapsedMs: number
  readonly p50Ms: number
  readonly p99Ms: number
}
