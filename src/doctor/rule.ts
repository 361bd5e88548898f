// What a rule is and what it finds. A rule looks at one or several things: the history of groups from a journal, groups as a
// broker describes them now, the settings of a client.

import type { JournalEntry } from '../observe/journal-entry.js'
import type { ClientConfig } from './config/client-config.js'
import type { GroupFacts } from './group-facts.js'
import type { GroupHistory } from './history.js'

/** Worst first. */
export const SEVERITIES = ['error', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What a rule says of one group or one configuration. */
export interface Verdict {
  /** What is the matter, in one sentence. */
  readonly headline: string
  /** What was seen, the oldest first. */
  readonly evidence: readonly (JournalEntry | string)[]
  /** Why that is so. */
  readonly explanation: string
  /** What to do, with the setting and its value. */
  readonly remedy: string
  /** Where it is not the rule's own. */
  readonly severity?: Severity
}

/** The broker's settings by Kafka's names, with Kafka's defaults. */
export interface Surroundings {
  setting(name: string): number
  /** The end of what was seen, ms since the epoch. */
  readonly endMs: number
  /** Where a partition's log ended, as seen apart from commits, the oldest first. */
  endsOf(topic: string, partition: number): readonly EndSample[]
}

export interface EndSample {
  readonly atMs: number
  readonly end: bigint
}

export interface Rule {
  /** 'R1' to 'R23'. */
  readonly id: string
  readonly title: string
  readonly severity: Severity
  /** For docs/doctor.md: what it looks for, what to do. */
  readonly looksFor: string
  readonly advice: string
  /** KIP, class of Kafka, issue. */
  readonly source: string
  readonly judge: (history: GroupHistory, around: Surroundings) => readonly Verdict[]
  readonly judgeConfig?: (config: ClientConfig, around: Surroundings) => readonly Verdict[]
  readonly judgeGroup?: (group: GroupFacts, around: Surroundings) => readonly Verdict[]
}

export interface Evidence {
  /** ms since the epoch; null: not of a moment. */
  readonly atMs: number | null
  /** Of the journal's file. */
  readonly line: number | null
  readonly text: string
}

export interface Finding {
  readonly rule: string
  readonly title: string
  readonly severity: Severity
  /** null: of a configuration. */
  readonly group: string | null
  readonly headline: string
  readonly evidence: readonly Evidence[]
  readonly explanation: string
  readonly remedy: string
  readonly source: string
}
