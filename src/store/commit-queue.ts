// Gathers what is appended in one turn of the event loop, and what comes while a commit is under way, into one commit: many wait
// for one flush. A commit that fails fails whole; what waited behind it in the same logs was decided upon what failed, so it fails
// with it. What is behind in other logs goes on.

export interface CommitQueueOptions<Write> {
  /** All or nothing. */
  commit(writes: readonly Write[]): Promise<void>
  /** When a commit that is not under way yet begins: at the end of the turn. */
  later(action: () => void): void
}

/** What one log has in one commit. */
interface Part<Write> {
  readonly writes: Write[]
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class CommitQueue<Write> {
  private readonly options: CommitQueueOptions<Write>
  private waiting = new Map<string, Part<Write>>()
  private running: Promise<void> | null = null
  /** Writes whose commit has not begun. */
  waitingCount = 0

  constructor(options: CommitQueueOptions<Write>) {
    this.options = options
  }

  /** Resolves when they are committed. */
  add(log: string, writes: readonly Write[]): Promise<void> {
    let part = this.waiting.get(log)
    if (part === undefined) {
      part = newPart()
      this.waiting.set(log, part)
    }
    for (const write of writes) part.writes.push(write)
    this.waitingCount += writes.length
    this.running ??= new Promise<void>((resolve) => this.options.later(resolve)).then(() => this.run())
    return part.promise
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0) {
      const parts = this.waiting
      this.waiting = new Map()
      this.waitingCount = 0
      try {
        await this.options.commit([...parts.values()].flatMap(({ writes }) => writes))
        for (const { resolve } of parts.values()) resolve()
      } catch (error) {
        this.fail(parts, error)
      }
    }
    this.running = null
  }

  private fail(parts: ReadonlyMap<string, Part<Write>>, error: unknown): void {
    for (const [log, part] of parts) {
      part.reject(error)
      const behind = this.waiting.get(log)
      if (behind === undefined) continue
      behind.reject(error)
      this.waiting.delete(log)
      this.waitingCount -= behind.writes.length
    }
  }
}

function newPart<Write>(): Part<Write> {
  let resolve = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<void>((done, failed) => {
    resolve = done
    reject = failed
  })
  return { writes: [], promise, resolve, reject }
}
