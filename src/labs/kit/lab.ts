// A lab: a question that people ask, played in a few variants on the simulation, and what the figures answer. Definitions are
// data and small functions; one file each, in the folder above.

import type { Figures } from '../../simulation/figures.js'
import type { World } from '../../simulation/world.js'

export interface Lab {
  readonly id: string
  /** As people ask it. */
  readonly question: string
  /** What is set up, for whoever reads the figures. */
  readonly setting: string
  readonly variants: readonly Variant[]
  readonly columns: readonly Column[]
  /** Variants whose timeline is shown. */
  readonly draw: readonly Drawing[]
  /** What to look at. */
  readonly look: string
  findings(runs: Runs): readonly Finding[]
  /** What to set, or to do. */
  readonly advice: readonly string[]
}

export interface Variant {
  readonly name: string
  play(seed: number): Played
}

/** A world at the end of its run. */
export interface Played {
  readonly world: World
  readonly groupId: string
  /** From when on figures count. */
  readonly fromMs: number
  /** Figures of this lab alone. */
  readonly extra?: Readonly<Record<string, number>>
}

export interface Drawing {
  readonly variant: string
  /** The stretch of time; all of it unless given. */
  readonly fromMs?: number
  readonly toMs?: number
  readonly heartbeats?: boolean
  /** Whose rows; everybody's unless given. */
  readonly members?: readonly string[]
  readonly partitions?: boolean
  /** Of another group than the variant's. */
  readonly groupId?: string
}

/** One variant's outcome. */
export interface Run {
  readonly name: string
  readonly figures: Figures
  readonly extra: Readonly<Record<string, number>>
}

/** By the variant's name; throws for one that there is not. */
export type Runs = (name: string) => Run

export interface Column {
  readonly label: string
  value(run: Run): string
}

/** What the figures of the default seed say. With another seed it may not be so, which is then said. */
export interface Finding {
  readonly holds: boolean
  readonly text: string
}
