// Decisions that wait for the store: they are released in order, each when its records and all before them are durable. Those of one
// commit come with the same promise, and wait for it once.

import type { Decision } from '../machine/decision.js'

interface Commit {
  readonly durable: Promise<void>
  isDurable: boolean
  /** It is durable, or has failed, and whoever is to know it knows. */
  over: Promise<void>
}

interface Waiting {
  readonly decision: Decision
  readonly nowMs: number
  readonly commit: Commit
}

export interface AwaitingOptions {
  release(decision: Decision, nowMs: number): void
  /** What `error` is about will never be durable. */
  failed(error: unknown): void
  /** A commit is durable or has failed, also one that nobody waits for any more. */
  settled(): void
}

export class AwaitingStore {
  private readonly options: AwaitingOptions
  private queue: Waiting[] = []
  /** Commits that are neither durable nor failed, also those that nobody waits for any more. */
  unsettled = 0

  constructor(options: AwaitingOptions) {
    this.options = options
  }

  get isEmpty(): boolean {
    return this.queue.length === 0
  }

  /** `durable` undefined: it has no records of its own, and waits only for those before it, of which there are some. */
  add(decision: Decision, durable: Promise<void> | undefined, nowMs: number): void {
    const last = this.queue.at(-1)?.commit
    const isShared = last !== undefined && (durable === undefined || durable === last.durable)
    const commit = isShared ? last : this.begin(durable ?? Promise.resolve())
    this.queue.push({ decision, nowMs, commit })
  }

  private begin(durable: Promise<void>): Commit {
    const commit: Commit = { durable, isDurable: false, over: durable }
    this.unsettled++
    commit.over = durable.then(
      () => {
        this.unsettled--
        commit.isDurable = true
        this.release()
        this.options.settled()
      },
      (error: unknown) => {
        this.unsettled--
        if (this.queue.some((waiting) => waiting.commit === commit)) this.options.failed(error)
        this.options.settled()
      },
    )
    return commit
  }

  private release(): void {
    for (let next = this.queue[0]; next?.commit.isDurable; next = this.queue[0]) {
      this.queue.shift()
      this.options.release(next.decision, next.nowMs)
    }
  }

  /** Nobody waits for them any more. */
  takeAll(): readonly Decision[] {
    const { queue } = this
    this.queue = []
    return queue.map(({ decision }) => decision)
  }

  /** Resolves when all that waits now is released, or has failed. */
  async drained(): Promise<void> {
    for (const { commit } of this.queue) await commit.over
  }
}
