// Runs a lab: every variant with the same seed, figures and timelines from its world.

import { figuresOf } from '../../simulation/figures.js'
import type { Finding, Lab, Played, Run } from './lab.js'
import { drawTimeline } from './timeline.js'

export interface LabResult {
  readonly lab: Lab
  readonly seed: number
  readonly runs: readonly Run[]
  readonly timelines: readonly { readonly variant: string; readonly lines: readonly string[] }[]
  readonly findings: readonly Finding[]
}

export const DEFAULT_SEED = 1

export function runLab(lab: Lab, seed = DEFAULT_SEED): LabResult {
  const runs: Run[] = []
  const timelines: { variant: string; lines: string[] }[] = []
  for (const { name, play } of lab.variants) {
    const played = play(seed)
    runs.push(runOf(name, played))
    for (const drawing of lab.draw) {
      if (drawing.variant !== name) continue
      const lines = drawTimeline(played.world, drawing.groupId ?? played.groupId, drawing)
      timelines.push({ variant: name, lines })
    }
  }
  const byName = (name: string): Run => {
    const run = runs.find((each) => each.name === name)
    if (run === undefined) throw new Error(`lab ${lab.id} has no variant '${name}'`)
    return run
  }
  return { lab, seed, runs, timelines, findings: lab.findings(byName) }
}

function runOf(name: string, { world, groupId, fromMs, extra = {} }: Played): Run {
  return { name, figures: figuresOf(world, groupId, fromMs), extra }
}
