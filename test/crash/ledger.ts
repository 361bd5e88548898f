// What was promised, and what was found to be broken: counters and violations that all clients of a run write into.

export interface Ledger {
  commitsAcknowledged: number
  recordsAcknowledged: number
  /** Error name -> how often. A refusal promises nothing. */
  readonly refusals: Map<string, number>
  /** One line each. */
  readonly violations: string[]
}

export function newLedger(): Ledger {
  return { commitsAcknowledged: 0, recordsAcknowledged: 0, refusals: new Map(), violations: [] }
}

export function refused(ledger: Ledger, error: string): void {
  ledger.refusals.set(error, (ledger.refusals.get(error) ?? 0) + 1)
}

/** The offsets that one partition of one group may show. */
export interface OffsetBook {
  /** The last that was acknowledged, or was shown after a restart; -1n: none. */
  kept: bigint
  /** Sent behind it and not acknowledged: each may have been kept. */
  open: bigint[]
}

export function newBook(): OffsetBook {
  return { kept: -1n, open: [] }
}

/** Answers come in the order of requests: what was sent before is overwritten. */
export function acknowledged(book: OffsetBook, offset: bigint): void {
  book.kept = offset
  book.open = book.open.filter((each) => each > offset)
}

/** Who is refused is told that nothing was kept. */
export function takenBack(book: OffsetBook, offset: bigint): void {
  book.open = book.open.filter((each) => each !== offset)
}

/** What a restart shows is what counts from then on. Returns what is wrong with it, or null. */
export function shown(book: OffsetBook, offset: bigint): string | null {
  const { kept, open } = book
  const isRight = offset === kept || open.includes(offset)
  book.kept = offset
  book.open = []
  if (isRight) return null
  const may = [kept, ...open].join(', ')
  return offset < kept ? `shows ${offset}, older than ${kept}` : `shows ${offset}, which is none of ${may}`
}
