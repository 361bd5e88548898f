// The brokers that can be reached from outside: the process's own, 'main', and those that suites start for one test each.

import { ConfigError } from '../server/config/errors.js'
import { type CohortOptions, MAX_BROKERS } from '../server/options.js'
import type { Fault } from '../testkit/faults.js'
import {
  choice,
  duration,
  list,
  optional,
  record,
  type Shape,
  text,
  type Values,
  whole,
} from '../testkit/fields.js'
import { type ConnectedClient, type TestKit, VerificationError } from '../testkit/testkit.js'

/** A broker that can be stopped: what startCohort resolves to. */
export interface ControlledCohort extends TestKit {
  readonly brokers: readonly string[]
  stop(): Promise<{ readonly connected: readonly ConnectedClient[] }>
}

export interface Target {
  readonly id: string
  readonly cohort: ControlledCohort
  /** Those set from outside, by their ids. */
  readonly faults: Map<string, Fault>
}

/** It does not exist. */
export class NotFound extends Error {
  override readonly name = 'NotFound'
}

export const MAIN = 'main'

/** What startCohort takes, without what only code can give. */
export const brokerShape = {
  brokers: optional(whole(1, MAX_BROKERS)),
  topics: optional(record('an object of topic -> partitions')),
  fixtures: optional(list(record('an object as in a fixture file'))),
  set: optional(record("an object of Kafka's setting -> value")),
  profile: optional(text),
  apiVersions: optional(record('an object of API -> [first, last] or false')),
  clock: optional(choice('virtual')),
  seed: optional(whole(0)),
  order: optional(choice('seeded')),
  timeout: optional(duration),
} as const satisfies Shape

/** A suite that never stops its brokers is told so before the machine is. */
const MAX_STARTED = 1000

export interface Started {
  readonly id: string
  /** To be given to clients as bootstrap servers. */
  readonly brokers: readonly string[]
}

export interface Stopped extends Verdict {
  /** Clients that were still connected. */
  readonly connected: readonly object[]
}

export class Brokers {
  private readonly start: (options: CohortOptions) => Promise<ControlledCohort>
  private readonly targets = new Map<string, Target>()
  private count = 0

  constructor(start: (options: CohortOptions) => Promise<ControlledCohort>, main: ControlledCohort) {
    this.start = start
    this.targets.set(MAIN, { id: MAIN, cohort: main, faults: new Map() })
  }

  list(): Started[] {
    return Array.from(this.targets.values(), startedOf)
  }

  /** Throws NotFound. */
  get(id: string): Target {
    const target = this.targets.get(id)
    if (target === undefined)
      throw new NotFound(`there is no broker '${id}': it was stopped, or never started`)
    return target
  }

  /** Rejects with ConfigError. */
  async add(options: Values<typeof brokerShape>): Promise<Started> {
    if (this.targets.size > MAX_STARTED)
      throw new ConfigError(`${MAX_STARTED} brokers are running: stop them when their tests end`)
    const cohort = await this.start({ ...(options as CohortOptions), verify: false })
    const target = { id: `b${++this.count}`, cohort, faults: new Map() }
    this.targets.set(target.id, target)
    return startedOf(target)
  }

  /** Stops a broker that was added, and verifies it. Throws NotFound. */
  async remove(id: string, strict: boolean): Promise<Stopped> {
    if (id === MAIN) throw new ConfigError("broker 'main' ends with its process")
    const { cohort } = this.get(id)
    this.targets.delete(id)
    const verdict = verdictOf(cohort, strict)
    const { connected } = await cohort.stop()
    return { connected, ...verdict }
  }

  async stop(): Promise<void> {
    const added = [...this.targets.values()].filter(({ id }) => id !== MAIN)
    this.targets.clear()
    await Promise.all(added.map(({ cohort }) => cohort.stop()))
  }
}

const startedOf = ({ id, cohort: { brokers } }: Target): Started => ({ id, brokers })

export interface Verdict {
  readonly problems: readonly string[]
  /** What need not be wrong; among the problems with `strict`. */
  readonly warnings: readonly string[]
}

export function verdictOf(cohort: ControlledCohort, strict: boolean): Verdict {
  try {
    return { problems: [], ...cohort.verify({ strict }) }
  } catch (error) {
    if (error instanceof VerificationError) return { problems: error.problems, warnings: [] }
    throw error
  }
}
