// Names and lists in the sentences of findings. What comes from clients passes through terminalText.

import type { JournalEntry } from '../observe/journal-entry.js'
import { terminalText } from '../observe/terminal-text.js'

const MAX_LISTED = 5
const MAX_NAME = 100
/** So much evidence is enough for anybody. */
const MAX_EVIDENCE = 5

export function shown(name: string): string {
  const text = terminalText(name)
  return text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}...` : text
}

/** Each once: 'a, b and 3 more'. */
export function list(names: readonly string[]): string {
  const each = [...new Set(names)]
  const more = each.length - MAX_LISTED
  const listed = each.slice(0, MAX_LISTED).map(shown).join(', ')
  return more > 0 ? `${listed} and ${more} more` : listed
}

/** 'member a', 'members a, b'. */
export function members(entries: readonly { readonly member: string | null }[]): string {
  const names = [...new Set(entries.map(({ member }) => member ?? 'a new member'))]
  return `${names.length === 1 ? 'member' : 'members'} ${list(names)}`
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  n === 1 ? `1 ${one}` : `${n} ${many}`

/** The newest of many, oldest first. */
export function newest<Entry extends JournalEntry>(entries: readonly Entry[]): Entry[] {
  return entries.slice(-MAX_EVIDENCE)
}
