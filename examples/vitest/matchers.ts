// The group matchers for vitest's expect, with their types.

import { type CohortMatchers, cohortMatchers } from 'kafka-cohort'
import { expect } from 'vitest'

declare module 'vitest' {
  interface Matchers<T> extends CohortMatchers {}
}

expect.extend(cohortMatchers)
