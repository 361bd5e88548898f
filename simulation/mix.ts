// What a seed picks: how large the cluster is, who its clients are, how good network and disk are, and which faults befall them
// how often. Most seeds leave some kinds of faults out, so that what one hides another shows.

import type { Settings } from '../src/metadata/settings.js'
import type { LinkSettings } from '../src/simulation/network.js'
import type { Random } from '../src/simulation/random.js'
import { type ConsumerPlan, KINDS } from './clients/consumers.js'
import type { ProducerSettings } from './clients/producer.js'
import type { RawSettings } from './clients/raw-requests.js'

export const FAULTS = [
  'client crashes',
  'client stops',
  'client stands still',
  'client is cut off',
  'node is cut off',
  'connections are lost',
  'coordinator moves',
  'coordinator is unloaded',
  'node fails over',
  'process crashes',
  'disk is full',
  'disk is slow',
  'disk cannot be read',
  'clock jumps',
  'network is bad',
] as const
export type Fault = (typeof FAULTS)[number]

export interface Mix {
  readonly nodes: number
  readonly settings: Partial<Settings>
  readonly partitions: number
  readonly link: LinkSettings
  readonly flushMs: number
  readonly loadMs: number
  /** Each with how many members. */
  readonly consumers: readonly { readonly plan: ConsumerPlan; readonly members: number }[]
  readonly producers: readonly ProducerSettings[]
  readonly raw: readonly RawSettings[]
  readonly fetchers: number
  readonly faults: readonly Fault[]
  /** Between two of them, on average. */
  readonly faultEveryMs: number
  readonly faultsUntilMs: number
}

export const TOPIC = 'orders'
export const OTHER_TOPIC = 'payments'

export function pickMix(random: Random): Mix {
  const partitions = 1 + random.below(4)
  const shape = random.below(4)
  const consumers = shape === 0 ? [] : pickConsumers(random, shape === 3 ? 2 : 1)
  return {
    nodes: 1 + random.below(3),
    settings: pickSettings(random, consumers.length === 0),
    partitions,
    link: pickLink(random),
    flushMs: oneOf(random, [0, 1, 5, 40]),
    loadMs: oneOf(random, [0, 20, 500]),
    consumers,
    producers: consumers.length === 0 && random.chance(0.7) ? [] : pickProducers(random, partitions),
    raw: shape === 3 ? [] : pickRaw(random, partitions),
    fetchers: random.below(3),
    faults: FAULTS.filter(() => random.chance(0.6)),
    faultEveryMs: random.between(500, 6000),
    faultsUntilMs: random.between(15_000, 45_000),
  }
}

function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[random.below(choices.length)] as T
}

function pickSettings(random: Random, mayBeSmall: boolean): Partial<Settings> {
  const retention = random.chance(0.25)
    ? { offsetsRetentionMs: 8000, offsetsRetentionCheckIntervalMs: 2000 }
    : {}
  return {
    groupMinSessionTimeoutMs: 1,
    expireSessionsAtStart: random.chance(0.5),
    groupInitialRebalanceDelayMs: oneOf(random, [0, 0, 300, 3000]),
    offsetsTopicNumPartitions: 1 + random.below(3),
    ...retention,
    // a consumer that finds no room gives up for good
    ...(mayBeSmall && random.chance(0.2) && { groupMaxSize: 2 }),
  }
}

export function pickLink(random: Random): LinkSettings {
  const lossRate = random.chance(0.5) ? 0 : random.between(0, 0.05)
  return { delayMs: random.between(0.1, 20), jitterMs: random.between(0, 20), lossRate }
}

function pickConsumers(random: Random, groups: number): Mix['consumers'] {
  return Array.from({ length: groups }, (_, i) => {
    const kind = oneOf(random, KINDS)
    const plan = {
      ...{ kind, groupId: `${kind}-${i}`, topic: TOPIC },
      sessionTimeoutMs: oneOf(random, [6000, 10_000]),
      heartbeatIntervalMs: oneOf(random, [1000, 3000]),
      maxPollIntervalMs: oneOf(random, [8000, 20_000]),
      recordMs: oneOf(random, [1, 20]),
    }
    return { plan, members: 1 + random.below(3) }
  })
}

function pickProducers(random: Random, partitions: number): ProducerSettings[] {
  return Array.from({ length: partitions }, (_, partition) => ({
    ...{ topic: TOPIC, partition, producerId: BigInt(1000 + partition) },
    pauseMs: random.between(300, 3000),
    inFlight: 1 + random.below(5),
  }))
}

function pickRaw(random: Random, partitions: number): RawSettings[] {
  const pauseMs = random.between(80, 600)
  const wrong = oneOf(random, [0, 0.1, 0.3])
  const protocols = [['range'], ['range', 'sticky'], ['sticky', 'range']] as const
  const member = (i: number): RawSettings => {
    const isStatic = random.chance(0.35)
    return {
      role: 'member',
      groupId: random.chance(0.8) ? 'raw' : 'raw-2',
      topics: random.chance(0.7) ? [OTHER_TOPIC] : [OTHER_TOPIC, TOPIC],
      partitions,
      instanceId: isStatic ? `s${random.chance(0.8) ? i : 0}` : null,
      sessionMs: oneOf(random, [1500, 3000, 6000]),
      rebalanceMs: oneOf(random, [1000, 3000, 8000]),
      protocols: oneOf(random, protocols),
      ...{ pauseMs, wrong },
      versions: !isStatic && random.chance(0.3) ? 'old' : 'new',
    }
  }
  const members = Array.from({ length: 1 + random.below(5) }, (_, i) => member(i))
  if (random.chance(0.5)) return members
  const groupId = oneOf(random, ['raw', 'raw-2', 'raw-simple'])
  return [...members, { ...member(9), role: 'administrator', groupId, instanceId: null, versions: 'new' }]
}
