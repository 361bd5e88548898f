// What a case cannot run without besides versions. A case whose need is not met is skipped, and counted with the reason.

import type { Conditions } from './conditions.js'
import type { Target } from './target.js'

export interface Need {
  /** slow, restart, acl, topics, or config. */
  readonly name: string
  /** Other cases would notice: it is run when they are done. */
  readonly isAlone?: true
  /** Why it is not met, or null when it is. */
  lacks(target: Target, conditions: Conditions): string | null
}

export const slow: Need = {
  name: 'slow',
  lacks: (_, { slow }) => (slow ? null : 'it takes long: --slow runs it'),
}

/** Sessions must expire: quick where the broker allows short ones, slow where not. */
export const shortSession: Need = {
  name: 'slow',
  lacks: ({ limits }, { slow }) =>
    slow || limits.minSessionMs <= 500
      ? null
      : `sessions are ${limits.minSessionMs} ms at least: --slow waits for them`,
}

export const restart: Need = {
  name: 'restart',
  isAlone: true,
  lacks: (_, { restart }) => (restart === null ? '--restart-command is not given' : null),
}

export const acl: Need = {
  name: 'acl',
  lacks: ({ hasAuthorizer }) => (hasAuthorizer ? null : 'the broker has no authorizer'),
}

/** Topics of its own, besides the one of the suite. Kafka 3.9 tidies all groups when a topic is deleted. */
export const topics: Need = {
  name: 'topics',
  isAlone: true,
  lacks: ({ makesTopics }) => (makesTopics ? null : 'topics cannot be made'),
}

/** Topics of its own that it does not delete. */
export const madeTopic: Need = { name: 'topics', lacks: topics.lacks }

/** A broker setting, as DescribeConfigs tells it. */
export function config(name: string, meets: (value: number) => boolean, wanted: string): Need {
  return {
    name: 'config',
    lacks({ settings }) {
      const value = settings.get(name)
      if (value === undefined) return `${name} is not to be had from DescribeConfigs`
      return meets(Number(value)) ? null : `${name} is ${value}, not ${wanted}`
    },
  }
}

export function initialDelay(meets: (ms: number) => boolean, wanted: string): Need {
  return {
    name: 'config',
    lacks: ({ limits }) =>
      meets(limits.initialDelayMs)
        ? null
        : `the initial rebalance delay is ${limits.initialDelayMs} ms, not ${wanted}`,
  }
}
