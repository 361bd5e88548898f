// The log of what happens to groups: one line for each rebalance that ends, each member that is lost and each refusal that somebody
// must mend, with the cause and the remedy as fields of their own.

import { causeKind } from '../observe/cause.js'
import { fromMs } from '../observe/duration.js'
import type { Journal } from '../observe/journal.js'
import type { EntryOf, JournalEntry } from '../observe/journal-entry.js'
import { wordsOf } from '../observe/journal-words.js'

/** For whoever searches logs by them. */
export interface LogFields {
  readonly group: string | null
  readonly member?: string | null
  readonly generation?: number | null
  readonly cause?: string | null
  readonly error?: string
  readonly remedy?: string
}

export type Tell = (level: 'info' | 'warn', line: string, fields: LogFields) => void

const REMEDY_OF_REMOVAL: Readonly<Record<string, string>> = {
  'session-expired':
    'if it lives, heartbeat more often between records or raise session.timeout.ms; if it ended, let it leave the group when it is closed',
  'sync-timeout':
    'the leader must assign within rebalance.timeout.ms (max.poll.interval.ms): raise that, or see whether it hangs',
}

const REMEDY_OF_ERROR: Readonly<Record<string, string>> = {
  FENCED_INSTANCE_ID: 'two processes share a group.instance.id: give each one its own',
  GROUP_MAX_SIZE_REACHED: 'raise group.max.size, or run fewer members',
  INVALID_SESSION_TIMEOUT:
    'set session.timeout.ms between group.min.session.timeout.ms and group.max.session.timeout.ms of the broker',
  INCONSISTENT_GROUP_PROTOCOL:
    'give all members of the group a common assignor (partition.assignment.strategy)',
  INVALID_GROUP_ID: 'set a group.id that is not empty',
}

/** Returns what ends it. */
export function narrate(journal: Journal, tell: Tell): () => void {
  const began = new Map<string, EntryOf<'state'>>()
  const take = (entry: JournalEntry) => {
    if (entry.type === 'state') return tellState(entry, began, tell)
    const level = entry.type === 'member-removed' && remedyOf(entry) === undefined ? 'info' : 'warn'
    if (isTold(entry)) tell(level, `group '${entry.group}': ${wordsOf(entry)}`, fieldsOf(entry))
  }
  return journal.subscribe(take, { routine: false })
}

function isTold(entry: JournalEntry): boolean {
  if (entry.type === 'member-removed') return true
  return remedyOf(entry) !== undefined
}

function remedyOf(entry: JournalEntry): string | undefined {
  if (entry.type === 'member-removed') return REMEDY_OF_REMOVAL[causeKind(entry.cause)]
  return 'error' in entry && entry.error !== null ? REMEDY_OF_ERROR[entry.error] : undefined
}

function fieldsOf(entry: JournalEntry): LogFields {
  const { group, member, generation, cause } = entry
  const remedy = remedyOf(entry)
  const error = 'error' in entry ? entry.error : null
  return {
    ...{ group, member, generation, cause },
    ...(error === null || error === 'NONE' ? {} : { error }),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** A rebalance is told when it is over. */
function tellState(entry: EntryOf<'state'>, began: Map<string, EntryOf<'state'>>, tell: Tell): void {
  const group = entry.group ?? ''
  if (entry.to === 'PreparingRebalance') return void began.set(group, entry)
  if (entry.to === 'CompletingRebalance') return
  const start = began.get(group)
  began.delete(group)
  if (start === undefined) return
  const { cause } = start
  const fields = { group, generation: entry.generation, cause }
  const lasted = fromMs(entry.atMs - start.atMs)
  tell(
    'info',
    `group '${group}' is ${entry.to} in generation ${entry.generation} after ${lasted}: ${cause}`,
    fields,
  )
}
