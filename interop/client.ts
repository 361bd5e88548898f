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
  /** What a passed check means for it where that is not what the page says of the check. */
  readonly notes?: Readonly<Partial<Record<CheckName, string>>>
  /** What becomes of a member whose poll loop is too slow: it leaves by itself (so unless told otherwise), and may end when its
   * loop goes on; its heartbeats stop, so that the broker ends its session; it stays until a rebalance waits for it in vain; it stays. */
  readonly slowLoop?: 'leaves' | 'ends' | 'expires' | 'holds up' | 'stays'
  /** It has no pause: its loop stands still instead, which must be shorter than max.poll.interval.ms. */
  readonly pausesBySilence?: boolean
  /** Its members notice new partitions only when they rejoin. */
  readonly growsByJoin?: boolean
  /** Codecs that it produces and reads; all of Kafka's unless told. */
  readonly codecs?: readonly Codec[]
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

export const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'] as const
export type Codec = (typeof CODECS)[number]

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
  'codecs',
  'admin',
] as const
/** Where there are several brokers. */
export const CHECKS_OF_SEVERAL = [...CHECKS, 'move'] as const
export type CheckName = (typeof CHECKS_OF_SEVERAL)[number]
