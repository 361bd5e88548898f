// All rules, R1 to R23, in the order of their numbers.

import type { Rule } from './rule.js'
import { ASSIGNMENT_RULES } from './rules/assignment.js'
import { CONSUMER_GROUP_RULES } from './rules/consumer-groups.js'
import { HEARTBEAT_RULES } from './rules/heartbeats.js'
import { IDENTITY_RULES } from './rules/identity.js'
import { OFFSET_RULES } from './rules/offsets.js'
import { REBALANCE_RULES } from './rules/rebalances.js'

const numberOf = ({ id }: Rule) => Number(id.slice(1))

export const RULES: readonly Rule[] = [
  ...HEARTBEAT_RULES,
  ...REBALANCE_RULES,
  ...IDENTITY_RULES,
  ...ASSIGNMENT_RULES,
  ...OFFSET_RULES,
  ...CONSUMER_GROUP_RULES,
].sort((a, b) => numberOf(a) - numberOf(b))
