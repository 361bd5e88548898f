// The legal transitions of a classic group (Kafka: ClassicGroupState). `enter` consults this table, the diagram
// in docs/architecture.md is drawn from it, and the property tests are held to it.

import type { GroupState } from '../types.js'

/** to -> the states it may be entered from. */
export const VALID_PREVIOUS: Readonly<Record<GroupState, readonly GroupState[]>> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Stable', 'CompletingRebalance', 'Empty'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Stable', 'PreparingRebalance', 'CompletingRebalance', 'Empty', 'Dead'],
}
