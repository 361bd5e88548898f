// Every case, in order. Ids are unique.

import type { Case } from '../case.js'
import { heartbeatCases } from './heartbeat.js'
import { joinCases } from './join.js'
import { leaveCases } from './leave.js'
import { staticMemberCases } from './static-members.js'
import { syncCases } from './sync.js'

export const cases: readonly Case[] = [
  ...joinCases,
  ...staticMemberCases,
  ...syncCases,
  ...heartbeatCases,
  ...leaveCases,
]
