// An entry as one sentence, for terminals, diagrams and findings. What comes from outside (ids, topics, reasons) passes
// through terminalText.

import { fromMs } from './duration.js'
import type { EntryOf, JournalEntry } from './journal-entry.js'
import { terminalText as safe } from './terminal-text.js'

const MAX_LISTED = 8
const MAX_TEXT = 200

/** Without time and group, which whoever prints it has in columns of their own. */
export function wordsOf(entry: JournalEntry): string {
  const who = nameOf(entry.member)
  switch (entry.type) {
    case 'started':
      return `the journal begins: ${text(entry.software)}`
    case 'ended':
      return 'the journal ends'
    case 'lost':
      return `${count(entry.count, 'entry is', 'entries are')} missing here: ${reason(entry)}`
    case 'state':
      return `${entry.from} -> ${entry.to}, generation ${entry.generation}: ${reason(entry)}`
    case 'member-joined':
      return `${who} is a member${instanceOf(entry)}`
    case 'member-pending':
      return `${who} was given its id and is to join with it`
    case 'member-removed':
      return removalWords(entry)
    case 'member-replaced':
      return `${who} takes the place of ${nameOf(entry.oldMember)}${instanceOf(entry)}`
    case 'reconcile':
      return `${who} is ${text(entry.memberState)} in epoch ${entry.generation}: has ${listOf(entry.partitions)}, is to give up ${listOf(entry.revoking)}`
    case 'offsets-removed':
      return `${count(entry.count, 'offset is', 'offsets are')} removed: ${reason(entry)}`
    case 'group-removed':
      return `the group is removed: ${reason(entry)}`
    case 'join':
      return joinWords(entry)
    case 'sync':
      return syncWords(entry)
    case 'leave':
      return `${who} leaves${instanceOf(entry)}${outcomeOf(entry)}${entry.cause === null ? '' : `: ${reason(entry)}`}`
    case 'commit':
      return commitWords(entry)
    case 'heartbeats':
      return heartbeatWords(entry)
    case 'end-offset':
      return `${text(entry.topic)}-${entry.partition} ends at ${entry.endOffset}`
    case 'error':
      return errorWords(entry)
    case 'lacked':
      return reason(entry)
    case 'connection-closed':
      return `the connection of ${entry.member === null ? clientOf(entry) : who} is closed`
    case 'asked':
      return `${entry.member === null ? clientOf(entry) : who} sends ${text(entry.api)}`
    case 'heartbeat':
      return `${who} heartbeats${entry.gapMs === null ? '' : ` after ${fromMs(entry.gapMs)}`}${outcomeOf(entry)}`
  }
}

const text = (value: string) => {
  const shown = safe(value)
  return shown.length > MAX_TEXT ? `${shown.slice(0, MAX_TEXT)}...` : shown
}
const nameOf = (member: string | null) => (member === null ? 'a new member' : text(member))
const reason = ({ cause }: JournalEntry) => (cause === null ? 'no reason given' : text(cause))
const clientOf = ({ client }: { client: string | null }) =>
  client === null ? 'a client without id' : `client '${text(client)}'`
const instanceOf = ({ instance }: { instance: string | null }) =>
  instance === null ? '' : ` (instance '${text(instance)}')`
const count = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n} ${many}`)
const listOf = (names: readonly string[]) => {
  if (names.length === 0) return 'nothing'
  const more = names.length - MAX_LISTED
  return `${names.slice(0, MAX_LISTED).map(text).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Nothing when all is well. */
function outcomeOf({ error }: { error: string | null }): string {
  if (error === 'NONE') return ''
  return error === null ? ', never answered' : `, refused with ${text(error)}`
}

const waited = (ms: number) => (ms < 1 ? '' : ` after waiting ${fromMs(ms)}`)

function removalWords(entry: EntryOf<'member-removed'>): string {
  const seen = [
    entry.heardAgoMs === null ? '' : `last heard ${fromMs(entry.heardAgoMs)} ago`,
    entry.fetchedAgoMs === null ? '' : `last fetched ${fromMs(entry.fetchedAgoMs)} ago`,
    entry.connected === null ? '' : entry.connected ? 'still connected' : 'no longer connected',
    entry.partitions.length === 0 ? '' : `had ${listOf(entry.partitions)}`,
  ].filter(Boolean)
  const more = seen.length === 0 ? '' : ` (${seen.join(', ')})`
  return `${nameOf(entry.member)}${instanceOf(entry)} is removed: ${reason(entry)}${more}`
}

function joinWords(entry: EntryOf<'join'>): string {
  const { error, askedAs, member, instance } = entry
  const who = askedAs === '' ? `${clientOf(entry)}${instanceOf({ instance })}` : nameOf(askedAs)
  if (error === 'MEMBER_ID_REQUIRED') return `${who} is to join as ${nameOf(member)}`
  if (error !== 'NONE') return `${who} cannot join${waited(entry.waitedMs)}${outcomeOf(entry)}`
  const role = entry.leader === member ? 'as leader ' : ''
  const named = askedAs === '' ? `, named ${nameOf(member)},` : ''
  return `${who}${named} joins generation ${entry.generation} ${role}with ${entry.protocol === null ? 'no protocol' : text(entry.protocol)}${waited(entry.waitedMs)}${entry.skipAssignment ? ', without a new assignment' : ''}`
}

function syncWords(entry: EntryOf<'sync'>): string {
  if (entry.error !== 'NONE') return `${nameOf(entry.member)} cannot sync${outcomeOf(entry)}`
  const gives = entry.leads ? ' assigns, and' : ''
  return `${nameOf(entry.member)}${gives} gets ${listOf(entry.partitions)} in generation ${entry.generation}${waited(entry.waitedMs)}`
}

function commitWords(entry: EntryOf<'commit'>): string {
  const who = entry.member === null ? clientOf(entry) : nameOf(entry.member)
  const of = entry.endOffset === null ? '' : ` of ${entry.endOffset}`
  return `${who} commits ${text(entry.topic)}-${entry.partition} at ${entry.offset}${of}${outcomeOf(entry)}`
}

function heartbeatWords(entry: EntryOf<'heartbeats'>): string {
  const { count: n, refused, overMs, minGapMs, medianGapMs, maxGapMs } = entry
  const gaps =
    medianGapMs === null
      ? ''
      : `, ${fromMs(minGapMs ?? 0)} to ${fromMs(maxGapMs ?? 0)} apart, mostly ${fromMs(medianGapMs)}`
  const told = refused === 0 ? '' : `, ${refused} of them told of a rebalance`
  return `${nameOf(entry.member)} has sent ${count(n, 'heartbeat', 'heartbeats')} in ${fromMs(overMs)}${gaps}${told}`
}

function errorWords(entry: EntryOf<'error'>): string {
  const who = entry.member === null ? clientOf(entry) : nameOf(entry.member)
  const often = entry.count === 1 ? '' : `, ${entry.count} times since it was told`
  return `${who} sends ${text(entry.api)} v${entry.version}${outcomeOf(entry)}${often}`
}
