// What keeps a machine from being loaded again for a while, and who waits until it is.

export class LoadingHolds {
  private count = 0
  private waiting: (() => void)[] = []

  get hasAny(): boolean {
    return this.count > 0
  }

  /** Holds until `ready` is settled. */
  async until(ready: Promise<void>): Promise<void> {
    this.count++
    try {
      await ready
    } finally {
      this.count--
    }
  }

  /** Resolves when it is loaded, or will not be. */
  loaded(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  over(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }
}
