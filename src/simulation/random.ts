// All chance of a simulation: one generator, and forks of it by name, so that one more draw in one place changes nothing
// in another. The same seed gives the same numbers.

import { seededRandom } from '../machine/seeded.js'

export class Random {
  private readonly seed: number
  /** From 0 up to 1. */
  readonly next: () => number

  constructor(seed: number) {
    this.seed = seed | 0
    this.next = seededRandom(this.seed)
  }

  /** From `min` up to `max`. */
  between(min: number, max: number): number {
    return min + (max - min) * this.next()
  }

  /** A whole number from 0 up to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.next() * count)
  }

  /** Waiting times of what happens by chance, `mean` on average. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** Its own numbers, by the seed and the name alone: not by what has been drawn before. */
  fork(name: string): Random {
    let hash = this.seed ^ 0x811c9dc5
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
    return new Random(hash)
  }
}
