// What is measured, as data: a figure has one value for each round. Tables, targets and comparisons are made of these.

import { median } from './table.js'

export interface Figure {
  readonly scenario: string
  /** Which part of the scenario: '16 in flight'. */
  readonly part: string
  readonly server: string
  readonly measure: string
  /** One of each round, in the order of rounds. */
  readonly values: readonly number[]
}

export interface Report {
  /** When and where. */
  readonly machine: string
  readonly version: string
  readonly about: Readonly<Record<string, string>>
  readonly figures: readonly Figure[]
}

export const LIMIT = 'limit'
export const OURS = 'Cohort'

type Place = Omit<Figure, 'values'>

export const sameFigure = (a: Place, b: Place) =>
  a.scenario === b.scenario && a.part === b.part && a.server === b.server && a.measure === b.measure

/** The median of a figure; undefined where it was not measured. */
export function value(figures: readonly Figure[], place: Place): number | undefined {
  const values = figures.find((figure) => sameFigure(figure, place))?.values ?? []
  return values.length === 0 ? undefined : median(values)
}

/** Collects one value after another. */
export class Figures {
  readonly all: (Figure & { values: number[] })[] = []

  /** null: not measured here. */
  add(place: Place, value: number | null): void {
    const figure = this.all.find((each) => sameFigure(each, place)) ?? this.begin(place)
    if (value !== null) figure.values.push(value)
  }

  private begin(place: Place): Figure & { values: number[] } {
    const figure = { ...place, values: [] }
    this.all.push(figure)
    return figure
  }
}
