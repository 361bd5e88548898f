// Who was there when: from the marks of starting and ending, and the pauses in between.

import type { GroupJournal, Span } from './journal.js'

const ENDS = new Set(['crashed', 'stopped', 'fatal'])

export class Lifetimes {
  readonly lives: readonly Span[]
  private readonly pauses: readonly Span[]

  constructor(journal: GroupJournal) {
    const lives: Span[] = []
    for (const { atMs, who, kind } of journal.marks) {
      if (kind === 'started') lives.push({ who, fromMs: atMs, toMs: Number.POSITIVE_INFINITY })
      if (!ENDS.has(kind)) continue
      const life = lives.findLast((span) => span.who === who)
      if (life !== undefined && life.toMs === Number.POSITIVE_INFINITY) life.toMs = atMs
    }
    this.lives = lives
    this.pauses = journal.stoodStill
  }

  /** In the order of their first start. */
  get names(): string[] {
    return [...new Set(this.lives.map(({ who }) => who))]
  }

  isAlive(who: string, atMs: number): boolean {
    return this.lives.some((span) => span.who === who && span.fromMs <= atMs && atMs < span.toMs)
  }

  standsStill(who: string, atMs: number): boolean {
    return this.pauses.some((span) => span.who === who && span.fromMs <= atMs && atMs < span.toMs)
  }

  /** Beginnings and ends of pauses of somebody. */
  pausesOf(who: string): readonly Span[] {
    return this.pauses.filter((span) => span.who === who)
  }
}
