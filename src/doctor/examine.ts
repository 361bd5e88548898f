// The doctor's examination: a journal, groups as a broker describes them, or a client's settings in; findings out, the worst
// first.

import type { JournalEntry } from '../observe/journal-entry.js'
import { wordsOf } from '../observe/journal-words.js'
import { KAFKA_SETTINGS } from '../server/config/kafka-settings.data.js'
import type { ClientConfig } from './config/client-config.js'
import type { GroupFacts } from './group-facts.js'
import { historiesOf } from './history.js'
import {
  type EndSample,
  type Evidence,
  type Finding,
  type Rule,
  SEVERITIES,
  type Surroundings,
  type Verdict,
} from './rule.js'
import { RULES } from './table.js'

export interface Journal {
  /** Oldest first. */
  readonly entries: readonly JournalEntry[]
  /** Of the file that it was read from. */
  readonly lineOf?: (entry: JournalEntry) => number | null
  /** Its end, ms since the epoch; the last entry's time unless given. */
  readonly nowMs?: number
}

/** Settings of the broker that are stronger than what a journal says of them, by Kafka's names. */
export type BrokerSettings = ReadonlyMap<string, string>

const NONE: BrokerSettings = new Map()

export function examineJournal(
  { entries, lineOf = () => null, nowMs = entries.at(-1)?.atMs ?? 0 }: Journal,
  broker = NONE,
): Finding[] {
  const around = surroundings(entries, broker, nowMs)
  const findings = historiesOf(entries).flatMap((history) =>
    RULES.flatMap((rule) =>
      rule
        .judge(history, around)
        .map((verdict) => finding(rule, history.groupId, verdict, (entry) => evidenceOf(entry, lineOf))),
    ),
  )
  return worstFirst(findings)
}

export function examineConfig(config: ClientConfig, broker = NONE): Finding[] {
  const around = surroundings([], broker, 0)
  const findings = RULES.flatMap((rule) =>
    (rule.judgeConfig?.(config, around) ?? []).map((verdict) => finding(rule, null, verdict)),
  )
  return worstFirst(findings)
}

/** `nowMs`: of the last look. */
export function examineGroups(groups: readonly GroupFacts[], nowMs: number, broker = NONE): Finding[] {
  const around = surroundings([], broker, nowMs)
  const findings = groups.flatMap((group) =>
    RULES.flatMap((rule) =>
      (rule.judgeGroup?.(group, around) ?? []).map((verdict) => finding(rule, group.groupId, verdict)),
    ),
  )
  return worstFirst(findings)
}

function surroundings(entries: readonly JournalEntry[], broker: BrokerSettings, endMs: number): Surroundings {
  const started = entries.findLast((entry) => entry.type === 'started')
  const ends = endSamples(entries)
  return {
    setting(name) {
      const told = [broker.get(name), started?.settings[name], KAFKA_SETTINGS.get(name)?.default]
      const value = told.find((each) => each !== undefined && each !== null && /^-?\d+$/.test(each))
      if (value === undefined) throw new Error(`the doctor knows no value of '${name}'`)
      return Number(value)
    },
    endMs,
    endsOf: (topic, partition) => ends.get(`${partition} ${topic}`) ?? [],
  }
}

function endSamples(entries: readonly JournalEntry[]): Map<string, EndSample[]> {
  const ends = new Map<string, EndSample[]>()
  for (const entry of entries) {
    if (entry.type !== 'end-offset') continue
    const key = `${entry.partition} ${entry.topic}`
    const own = ends.get(key) ?? []
    own.push({ atMs: entry.atMs, end: entry.endOffset })
    ends.set(key, own)
  }
  return ends
}

function finding(
  { id, title, severity, source }: Rule,
  group: string | null,
  verdict: Verdict,
  toEvidence: (entry: JournalEntry | string) => Evidence = (entry) => evidenceOf(entry, () => null),
): Finding {
  const { headline, explanation, remedy } = verdict
  const evidence = verdict.evidence.map(toEvidence)
  const worst = verdict.severity ?? severity
  return { rule: id, title, severity: worst, group, headline, evidence, explanation, remedy, source }
}

function evidenceOf(entry: JournalEntry | string, lineOf: (entry: JournalEntry) => number | null): Evidence {
  if (typeof entry === 'string') return { atMs: null, line: null, text: entry }
  return { atMs: entry.atMs, line: lineOf(entry), text: wordsOf(entry) }
}

/** Among equals by number of the rule, which is the order that they came in. */
function worstFirst(findings: Finding[]): Finding[] {
  return findings.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
}
