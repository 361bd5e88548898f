// Every case, in order. Ids are unique.

import type { Case } from '../case.js'
import { adminPageCases } from './admin-pages.js'
import { alterConfigCases } from './alter-configs.js'
import { authorizationCases } from './authorization.js'
import { changeTopicsCases } from './change-topics.js'
import { commitFormCases } from './commit-forms.js'
import { configResourceCases } from './config-resources.js'
import { configCases } from './configs.js'
import { createTopicsCases } from './create-topics.js'
import { deleteRecordsCases } from './delete-records.js'
import { describeCases } from './describe.js'
import { expirationCases } from './expiration.js'
import { fetchCases } from './fetch.js'
import { fetchFormCases } from './fetch-forms.js'
import { fetchLimitCases } from './fetch-limits.js'
import { fetchSessionCases } from './fetch-sessions.js'
import { findCoordinatorCases } from './find-coordinator.js'
import { framingCases } from './framing.js'
import { groupAdminCases } from './group-admin.js'
import { groupConfigCases } from './group-configs.js'
import { headerCases } from './headers.js'
import { heartbeatCases } from './heartbeat.js'
import { idempotenceCases } from './idempotence.js'
import { joinCases } from './join.js'
import { joinLimitCases } from './join-limits.js'
import { joinProtocolCases } from './join-protocols.js'
import { joinTimerCases } from './join-timers.js'
import { joinVersionCases } from './join-versions.js'
import { leaveCases } from './leave.js'
import { leaveBatchCases } from './leave-batches.js'
import { listOffsetsCases } from './list-offsets.js'
import { malformedCases } from './malformed.js'
import { metadataCases } from './metadata.js'
import { offsetCommitCases } from './offset-commit.js'
import { offsetFetchCases } from './offset-fetch.js'
import { oldMessageCases } from './old-messages.js'
import { produceCases } from './produce.js'
import { produceRefusalCases } from './produce-refusals.js'
import { producerIdCases } from './producer-id.js'
import { recordRefusalCases } from './record-refusals.js'
import { removalCases } from './removal.js'
import { replaceConfigCases } from './replace-configs.js'
import { restartCases } from './restarts.js'
import { sessionCases } from './sessions.js'
import { staticFencingCases } from './static-fencing.js'
import { staticMemberCases } from './static-members.js'
import { staticRebalanceCases } from './static-rebalance.js'
import { syncCases } from './sync.js'
import { syncPhaseCases } from './sync-phase.js'
import { topicPageCases } from './topic-pages.js'

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
  ...produceCases,
  ...oldMessageCases,
  ...produceRefusalCases,
  ...recordRefusalCases,
  ...producerIdCases,
  ...idempotenceCases,
  ...fetchCases,
  ...fetchLimitCases,
  ...fetchSessionCases,
  ...listOffsetsCases,
  ...deleteRecordsCases,
  ...metadataCases,
  ...topicPageCases,
  ...createTopicsCases,
  ...changeTopicsCases,
  ...configCases,
  ...alterConfigCases,
  ...replaceConfigCases,
  ...groupConfigCases,
  ...configResourceCases,
  ...adminPageCases,
  ...expirationCases,
  ...authorizationCases,
  ...restartCases,
]
