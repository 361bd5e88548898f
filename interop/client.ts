// What the runner knows of a client: how it is started, and what it has. A check that needs what a client does not have
// is skipped for it, and the table says why.

import type { Command, Settings } from './runner/program.js'

/** Skips every check of the client, and says why. */
export class Unavailable extends Error {}

export interface Client {
  readonly name: string
  /** What `npm run interop -- NAME` also picks it by: its language. */
  readonly language: string
  /** Client and version, for the page. */
  readonly title: string
  /** Sets up what is missing. Throws Unavailable or MissingTool. */
  prepare(): Command | Promise<Command>
  readonly settings?: Settings
  /** Why a check is not for it. */
  readonly lacks: Readonly<Partial<Record<CheckName, string>>>
  /** How it notices that its poll loop is too slow: by itself, or by the broker as its session runs out. */
  readonly slowLoop?: 'leaves' | 'expires'
  /** False where it does not say whether a commit succeeded: the broker is asked then. */
  readonly tellsCommits?: boolean
  /** A fault of its own that now and then fails a check, on Apache Kafka too: a check is tried up to three times. */
  readonly fault?: string
  /** After a rebalance it still hands over what it had fetched before, and then again: only that nothing is lost is checked. */
  readonly rereads?: boolean
  /** Its members share work without reading records: checks produce none for it. */
  readonly readsNothing?: boolean
  /** Only the administrator is its own: members and producers are another client's. */
  readonly members?: Client
}

export const CHECKS = [
  'consume',
  'joins',
  'crash',
  'grow',
  'commits',
  'callbacks',
  'slow',
  'pause',
  'static',
  'admin',
] as const
export type CheckName = (typeof CHECKS)[number]
