// The library: what a program imports.

import type { ServeOptions } from './control/control.js'
import type { HttpServer } from './control/http.js'
import { startCohort } from './start.js'
import type { Cohort } from './testkit/cohort.js'
import { type ExploreOptions, exploreWith } from './testkit/explore.js'

export type { ServeOptions } from './control/control.js'
export type { HttpServer } from './control/http.js'
export type { GroupSnapshot, MemberSnapshot } from './coordinator/inspect.js'
export type { RecordedEvent } from './observe/events.js'
export type { ExchangeFilter, RecordedExchange } from './observe/exchanges.js'
export { ConfigError } from './server/config/errors.js'
export type { CohortOptions } from './server/options.js'
export { startCohort } from './start.js'
export { Cohort, type StopReport } from './testkit/cohort.js'
export { ExploreError, type ExploreOptions } from './testkit/explore.js'
export type { Fault, FaultOptions } from './testkit/faults.js'
export type { FixtureEntry } from './testkit/fixture-entries.js'
export { FixtureError, type Message, type StoredMessage } from './testkit/fixtures.js'
export { type Group, ProvocationError, type WaitOptions } from './testkit/group.js'
export { type CohortMatchers, cohortMatchers } from './testkit/matchers.js'
export { WaitEnded, WaitTimeout } from './testkit/signal.js'
export { type ConnectedClient, VerificationError } from './testkit/testkit.js'
export type { AdvanceOptions, TestClock } from './testkit/time.js'

/**
 * Runs a test body under many orders of answers, a fresh broker each time. Rejects with ExploreError at the first run that
 * fails: it has the seed and the line that sets it again.
 */
export function explore(options: ExploreOptions, body: (cohort: Cohort) => Promise<void>): Promise<void> {
  return exploreWith(startCohort, options, body)
}

/**
 * Health, metrics and the test kit over HTTP/JSON, for suites that are not in Node (docs/http.md): this broker as 'main',
 * and as many more as they start. Rejects with ConfigError for a host that others can reach without a token.
 */
export async function serveHttp(cohort: Cohort, options: ServeOptions): Promise<HttpServer> {
  const { serve } = await import('./control/control.js')
  return serve(options, { start: startCohort, main: cohort })
}
