// Every case, in order. Ids are unique.

import type { Case } from '../case.js'
import { framingCases } from './framing.js'
import { groupAdminCases } from './group-admin.js'
import { heartbeatCases } from './heartbeat.js'
import { joinCases } from './join.js'
import { leaveCases } from './leave.js'
import { offsetCommitCases } from './offset-commit.js'
import { offsetFetchCases } from './offset-fetch.js'
import { staticMemberCases } from './static-members.js'
import { syncCases } from './sync.js'

export const cases: readonly Case[] = [
  ...joinCases,
  ...staticMemberCases,
  ...syncCases,
  ...heartbeatCases,
  ...leaveCases,
  ...offsetCommitCases,
  ...offsetFetchCases,
  ...groupAdminCases,
  ...framingCases,
]
