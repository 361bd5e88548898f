// What every scenario has in hand, and what it says of itself.

import type { Figures } from '../figures.js'
import type { Generator, Measured, Play } from '../generator.js'
import type { Server } from '../throughput/servers.js'

export interface Bench {
  readonly generator: Generator
  /** Those that listen already: given by --peer and --kafka. */
  readonly peers: readonly Server[]
  /** A topic that all of them have. */
  readonly topic: string
  readonly partitions: number
  readonly rounds: number
  /** How long each load lasts. */
  readonly seconds: number
  /** Short and rough, for CI. */
  readonly quick: boolean
  /** Of load that does not count, before that which does. */
  warmUpSeconds(server: Server): number
  readonly figures: Figures
}

export interface Measure {
  readonly key: string
  readonly label: string
  readonly digits: number
}

export interface Scenario {
  readonly name: string
  /** Above its table. */
  readonly title: string
  /** One sentence: what is done, how it is measured. */
  about(bench: Bench): string
  /** The first is what a server is judged by: ratios are of it. */
  readonly measures: readonly Measure[]
  run(bench: Bench): Promise<void>
}

export const CPU: Measure = { key: 'cpuMicros', label: 'server CPU us/request', digits: 2 }
export const SPEED: Measure = { key: 'perSecond', label: 'requests/s', digits: 0 }
export const P50: Measure = { key: 'p50Micros', label: 'p50 us', digits: 0 }
export const P99: Measure = { key: 'p99Micros', label: 'p99 us', digits: 0 }

/** Adds what a load brought. */
export function take(
  bench: Bench,
  place: { scenario: string; part: string; server: string },
  { requests, elapsedMs, p50Micros, p99Micros, cpuSeconds }: Measured,
): void {
  const { figures } = bench
  figures.add({ ...place, measure: CPU.key }, cpuSeconds && (cpuSeconds * 1e6) / requests)
  figures.add({ ...place, measure: SPEED.key }, (requests / elapsedMs) * 1000)
  figures.add({ ...place, measure: P50.key }, p50Micros)
  figures.add({ ...place, measure: P99.key }, p99Micros)
}

/** Everybody in turn, and another one first in each round: what drifts on the machine meets all of them. */
export async function inRounds<T>(
  rounds: number,
  all: readonly T[],
  each: (one: T) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < all.length; i++) await each(all[(round + i) % all.length] as T)
  }
}

export interface Played {
  readonly server: Server
  readonly play: Play
}
