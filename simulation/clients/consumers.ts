// The model consumers of src/simulation, one kind to a group: each as its users run it, with timeouts that fit a short run.

import { BatchLoop } from '../../src/simulation/apps/batch-loop.js'
import { PollLoop } from '../../src/simulation/apps/poll-loop.js'
import { WorkerPool } from '../../src/simulation/apps/worker-pool.js'
import { KAFKAJS_VERSIONS, RUBY_VERSIONS } from '../../src/simulation/client/group-requests.js'
import {
  type ConsumerSettings,
  JAVA_DEFAULTS,
  KAFKAJS_DEFAULTS,
  RUBY_DEFAULTS,
} from '../../src/simulation/client/settings.js'
import type { Client, World } from '../../src/simulation/world.js'

export const KINDS = ['range', 'cooperative', 'sticky-static', 'pool', 'auto', 'kafkajs', 'ruby'] as const
export type Kind = (typeof KINDS)[number]

export interface ConsumerPlan {
  readonly kind: Kind
  readonly groupId: string
  readonly topic: string
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly maxPollIntervalMs: number
  readonly recordMs: number
}

export function startConsumer(world: World, plan: ConsumerPlan, who: string): Client {
  const { groupId, topic, sessionTimeoutMs, heartbeatIntervalMs, maxPollIntervalMs } = plan
  const over = {
    ...{ groupId, topics: [topic], sessionTimeoutMs, heartbeatIntervalMs, maxPollIntervalMs },
    ...{ autoOffsetReset: 'earliest' as const, fetchMaxWaitMs: 2000, requestTimeoutMs: 8000 },
    maxPollRecords: 100, // as many as are worked off within max.poll.interval.ms
  }
  const java: ConsumerSettings = { ...JAVA_DEFAULTS, ...over }
  const recordMs = () => plan.recordMs
  return world.start(who, groupId, (around) => {
    switch (plan.kind) {
      case 'range':
        return new PollLoop(around, { settings: java, commit: 'after-batch', recordMs })
      case 'cooperative': {
        const settings = { ...java, assignors: ['cooperative-sticky'] as const }
        return new PollLoop(around, { settings, commit: 'after-batch', commitOnRevoke: true, recordMs })
      }
      case 'sticky-static': {
        const settings = { ...java, groupInstanceId: who, assignors: ['sticky'] as const }
        return new PollLoop(around, { settings, commit: 'after-record', recordMs })
      }
      case 'auto': {
        const settings = { ...java, autoCommitIntervalMs: 1000 }
        return new PollLoop(around, { settings, commit: 'auto', recordMs })
      }
      case 'pool':
        return new WorkerPool(around, {
          ...{ settings: java, commit: 'contiguous', workers: 3, maxInHand: 100, recordMs },
        })
      case 'kafkajs': {
        const settings = { ...KAFKAJS_DEFAULTS, ...over }
        const versions = KAFKAJS_VERSIONS
        return new BatchLoop(around, {
          ...{ settings, versions, heartbeats: 'if-due', onRebalance: 'commit', recordMs },
        })
      }
      case 'ruby': {
        const settings = { ...RUBY_DEFAULTS, ...over }
        const versions = RUBY_VERSIONS
        return new BatchLoop(around, {
          ...{ settings, versions, heartbeats: 'if-due', onRebalance: 'abandon', recordMs },
        })
      }
    }
  })
}
