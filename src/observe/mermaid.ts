// A stretch of a journal as a Mermaid sequence diagram: members left, the coordinator right, requests as arrows, what the
// coordinator tells as notes. What comes from clients can neither end a line nor begin a directive.

import { fromMs } from './duration.js'
import type { EntryOf, JournalEntry } from './journal-entry.js'
import { wordsOf } from './journal-words.js'
import { terminalText } from './terminal-text.js'

/** More participants than this nobody can read; the rest share one lifeline. */
const MAX_MEMBERS = 20
const MAX_TEXT = 120
const COORDINATOR = 'C'
const OTHERS = 'X'
const USES_OTHERS = /^ {2}(Note over )?X\b/

export interface DiagramOptions {
  /** 0 on the diagram's time; unless given, the first entry's. */
  readonly startMs?: number
}

/** Ends with a line end. */
export function sequenceDiagram(entries: readonly JournalEntry[], options: DiagramOptions = {}): string {
  const { startMs = entries[0]?.atMs ?? 0 } = options
  const aliases = aliasesOf(entries)
  const steps = entries.flatMap((entry) => {
    const after = label(`+${fromMs(entry.atMs - startMs)}`)
    return stepsOf(entry, lifelineOf(entry, aliases)).map((step) => `  ${step} (${after})`)
  })
  const lines = ['sequenceDiagram', '  autonumber']
  for (const [member, alias] of aliases)
    if (alias !== OTHERS) lines.push(`  participant ${alias} as ${label(member)}`)
  if (steps.some((step) => USES_OTHERS.test(step))) lines.push(`  participant ${OTHERS} as others`)
  lines.push(`  participant ${COORDINATOR} as coordinator`)
  return `${[...lines, ...steps].join('\n')}\n`
}

/** Member -> name in the diagram, in the order of appearance. */
function aliasesOf(entries: readonly JournalEntry[]): Map<string, string> {
  const aliases = new Map<string, string>()
  for (const { member } of entries) {
    if (member === null || aliases.has(member)) continue
    aliases.set(member, aliases.size < MAX_MEMBERS ? `M${aliases.size + 1}` : OTHERS)
  }
  return aliases
}

const lifelineOf = ({ member }: JournalEntry, aliases: ReadonlyMap<string, string>) =>
  member === null ? OTHERS : (aliases.get(member) ?? OTHERS)

/** Lines without their time. */
function stepsOf(entry: JournalEntry, who: string): string[] {
  switch (entry.type) {
    case 'started':
    case 'ended':
    case 'lost':
    case 'lacked':
    case 'state':
    case 'offsets-removed':
    case 'group-removed':
    case 'end-offset':
      return [`Note over ${COORDINATOR}: ${label(wordsOf(entry))}`]
    case 'member-joined':
    case 'member-pending':
    case 'member-removed':
    case 'member-replaced':
    case 'reconcile':
      return [`Note over ${who},${COORDINATOR}: ${label(wordsOf(entry))}`]
    case 'connection-closed':
      return [`Note over ${who}: connection closed`]
    case 'join':
      return call(who, 'JoinGroup', entry, entry.error === 'NONE' ? `generation ${entry.generation}` : null)
    case 'sync':
      return call(who, 'SyncGroup', entry, entry.partitions.join(', ') || 'nothing')
    case 'leave':
      return call(who, `LeaveGroup${entry.cause === null ? '' : `: ${entry.cause}`}`, entry, 'ok')
    case 'commit':
      return call(who, `OffsetCommit ${entry.topic}-${entry.partition} at ${entry.offset}`, entry, 'ok')
    case 'error':
      return call(who, entry.api, entry, null)
    case 'heartbeats':
      return [`${who}->>${COORDINATOR}: ${label(`${entry.count} x Heartbeat in ${fromMs(entry.overMs)}`)}`]
    case 'asked':
      return [`${who}->>${COORDINATOR}: ${label(entry.api)}`]
    case 'heartbeat':
      return [`${who}->>${COORDINATOR}: Heartbeat`]
  }
}

type Answered = EntryOf<'join' | 'sync' | 'leave' | 'commit' | 'error'>

/** A request and its answer, which came later by what it waited. */
function call(who: string, request: string, { error, waitedMs }: Answered, good: string | null): string[] {
  const waited = waitedMs > 0 ? ` after ${fromMs(waitedMs)}` : ''
  const asked = `${who}->>${COORDINATOR}: ${label(request)}`
  if (error === null) return [asked, `Note over ${who},${COORDINATOR}: never answered`]
  const answer = error === 'NONE' ? (good ?? 'ok') : error
  return [asked, `${COORDINATOR}-->>${who}: ${label(`${answer}${waited}`)}`]
}

/** Mermaid ends a statement at ';' and reads '#' as a code; the rest would be markup where the diagram is shown. */
function label(text: string): string {
  const plain = terminalText(text)
  const short = plain.length > MAX_TEXT ? `${plain.slice(0, MAX_TEXT)}...` : plain
  return short.replace(/[#;:<>{}"&%\\`]/g, (character) =>
    character === ':' ? '#colon;' : `#${character.charCodeAt(0)};`,
  )
}
