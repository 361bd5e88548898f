// The library: what a program imports.

import type { ServeOptions } from './control/control.js'
import type { HttpServer } from './control/http.js'
import { startCohort } from './start.js'
import type { Cohort } from './testkit/cohort.js'
import { type ExploreOptions, exploreWith } from './testkit/explore.js'

export type { ServeOptions } from './control/control.js'
export type { HttpServer } from './control/http.js'
export type { GroupSnapshot, MemberSnapshot } from './coordinator/inspect.js'
export type { Duration } from './observe/duration.js'
export type { RecordedEvent } from './observe/events.js'
export type { ExchangeFilter, RecordedExchange } from './observe/exchanges.js'
export type { Explanation } from './observe/explain.js'
export type { Journal } from './observe/journal.js'
export type { EntryOf, JournalEntry } from './observe/journal-entry.js'
export type { ApiName } from './protocol/api-names.js'
export type { ErrorName } from './protocol/errors.js'
export { ConfigError } from './server/config/errors.js'
export type { CohortOptions } from './server/options.js'
export { startCohort } from './start.js'
export { Cohort, type StopReport } from './testkit/cohort.js'
export { ExploreError, type ExploreOptions } from './testkit/explore.js'
export type { Fault, FaultOptions } from './testkit/faults.js'
export type { FixtureEntry } from './testkit/fixture-entries.js'
export { FixtureError, type Message, type StoredMessage } from './testkit/fixtures.js'
export type { Group, MoveOptions, WaitOptions } from './testkit/group.js'
export type { ExplainedRebalance } from './testkit/group-view.js'
export type { PartitionLag } from './testkit/lag.js'
export { type CohortMatchers, cohortMatchers } from './testkit/matchers.js'
export type { Node } from './testkit/nodes.js'
export { ProvocationError } from './testkit/provocation-error.js'
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
 * Health, metrics, the journal and the test kit over HTTP/JSON, for suites that are not in Node (docs/http.md): this broker
 * as 'main', and as many more as they start. Closed with the broker. Rejects with ConfigError for a wrong option, and for a host
 * that others can reach without a token.
 */
export async function serveHttp(cohort: Cohort, options: ServeOptions): Promise<HttpServer> {
  const { serve } = await import('./control/control.js')
  const server = await serve(options, { start: startCohort, main: cohort })
  cohort.attached.add(server.close)
  return server
}
