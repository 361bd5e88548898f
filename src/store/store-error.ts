// What is wrong with a data directory, in one line: where, what was found, what to do.

export class StoreError extends Error {
  override readonly name = 'StoreError'

  /** The line alone: it is logged as it is. */
  override toString(): string {
    return this.message
  }
}
