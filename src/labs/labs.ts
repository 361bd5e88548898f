// All labs, in the order in which somebody might want to read them.

import { backPressure } from './back-pressure.js'
import { commitWhen } from './commit-when.js'
import { coordinatorMove } from './coordinator-move.js'
import { crashOrLeave } from './crash-or-leave.js'
import { duplicates } from './duplicates.js'
import { heartbeatInterval } from './heartbeat-interval.js'
import { heartbeatThread } from './heartbeat-thread.js'
import { hotPartition } from './hot-partition.js'
import { idleMembers } from './idle-members.js'
import type { Lab } from './kit/lab.js'
import { manualHeartbeat } from './manual-heartbeat.js'
import { missedHeartbeat } from './missed-heartbeat.js'
import { offsetReset } from './offset-reset.js'
import { partitionGrowth } from './partition-growth.js'
import { pauseResume } from './pause-resume.js'
import { rollingRestart } from './rolling-restart.js'
import { sessionTimeout } from './session-timeout.js'
import { slowDatabase } from './slow-database.js'
import { slowPoll } from './slow-poll.js'
import { slowestPoll } from './slowest-poll.js'
import { subscriptionChange } from './subscription-change.js'
import { thunderingHerd } from './thundering-herd.js'
import { twoBounces } from './two-bounces.js'
import { twoGroups } from './two-groups.js'
import { workerPool } from './worker-pool.js'
import { zombie } from './zombie.js'

export const LABS: readonly Lab[] = [
  missedHeartbeat,
  heartbeatInterval,
  sessionTimeout,
  crashOrLeave,
  heartbeatThread,
  manualHeartbeat,
  slowPoll,
  slowestPoll,
  slowDatabase,
  pauseResume,
  zombie,
  duplicates,
  commitWhen,
  workerPool,
  backPressure,
  offsetReset,
  idleMembers,
  hotPartition,
  twoGroups,
  partitionGrowth,
  subscriptionChange,
  rollingRestart,
  twoBounces,
  coordinatorMove,
  thunderingHerd,
]
