// Every case, in order. Ids are unique.

import type { Case } from '../case.js'
import { authorizationCases } from './authorization.js'
import { commitFormCases } from './commit-forms.js'
import { describeCases } from './describe.js'
import { expirationCases } from './expiration.js'
import { fetchFormCases } from './fetch-forms.js'
import { findCoordinatorCases } from './find-coordinator.js'
import { framingCases } from './framing.js'
import { groupAdminCases } from './group-admin.js'
import { headerCases } from './headers.js'
import { heartbeatCases } from './heartbeat.js'
import { joinCases } from './join.js'
import { joinLimitCases } from './join-limits.js'
import { joinProtocolCases } from './join-protocols.js'
import { joinTimerCases } from './join-timers.js'
import { joinVersionCases } from './join-versions.js'
import { leaveCases } from './leave.js'
import { leaveBatchCases } from './leave-batches.js'
import { malformedCases } from './malformed.js'
import { offsetCommitCases } from './offset-commit.js'
import { offsetFetchCases } from './offset-fetch.js'
import { removalCases } from './removal.js'
import { restartCases } from './restarts.js'
import { sessionCases } from './sessions.js'
import { staticFencingCases } from './static-fencing.js'
import { staticMemberCases } from './static-members.js'
import { staticRebalanceCases } from './static-rebalance.js'
import { syncCases } from './sync.js'
import { syncPhaseCases } from './sync-phase.js'

export const cases: readonly Case[] = [
  ...joinCases,
  ...joinVersionCases,
  ...joinProtocolCases,
  ...joinTimerCases,
  ...joinLimitCases,
  ...staticMemberCases,
  ...staticFencingCases,
  ...staticRebalanceCases,
  ...syncCases,
  ...syncPhaseCases,
  ...heartbeatCases,
  ...sessionCases,
  ...leaveCases,
  ...leaveBatchCases,
  ...offsetCommitCases,
  ...commitFormCases,
  ...offsetFetchCases,
  ...fetchFormCases,
  ...groupAdminCases,
  ...describeCases,
  ...removalCases,
  ...findCoordinatorCases,
  ...framingCases,
  ...headerCases,
  ...malformedCases,
  ...expirationCases,
  ...authorizationCases,
  ...restartCases,
]
