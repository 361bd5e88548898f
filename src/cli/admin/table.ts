// Text in columns, for people. Cells come from clients and brokers, so they are made fit for a terminal here, and nowhere
// else.

import type { TopicPartition } from '../../client/members.js'
import { byTopic } from '../../client/offsets.js'
import { terminalText } from '../../observe/terminal-text.js'

export interface Column<T> {
  readonly head: string
  readonly of: (row: T) => string | number | bigint | null
  /** Numbers stand on the right. */
  readonly right?: boolean
}

const GAP = '  '
/** What is not there or not known. */
export const NONE = '-'

/** With a line end after each row. */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const lines = [
    columns.map(({ head }) => head),
    ...rows.map((row) => columns.map(({ of }) => cell(of(row)))),
  ]
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i] as string))))
  const text = (line: readonly string[]) =>
    line
      .map((each, i) => {
        const padding = ' '.repeat((widths[i] as number) - widthOf(each))
        return columns[i]?.right ? padding + each : each + padding
      })
      .join(GAP)
      .trimEnd()
  return lines.map((line) => `${text(line)}\n`).join('')
}

/** 'Name:    value' lines. */
export function facts(entries: readonly (readonly [string, string | null])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length)) + 1
  return entries
    .map(([name, value]) => `${`${name}:`.padEnd(width)} ${value === null ? NONE : terminalText(value)}\n`)
    .join('')
}

const cell = (value: string | number | bigint | null) =>
  value === null || value === '' ? NONE : terminalText(String(value))

/** Two cells for what East Asian scripts and emoji take, none for what combines with the letter before. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += WIDE.test(character) ? 2 : /\p{M}/u.test(character) ? 0 : 1
  return width
}

/** 'orders 0-2,5; users 1'. */
export function partitionsText(partitions: readonly TopicPartition[]): string {
  const topics = byTopic(partitions).sort(([a], [b]) => (a < b ? -1 : 1))
  return topics.map(([topic, those]) => `${topic} ${ranges(those.map((each) => each.partition))}`).join('; ')
}

function ranges(numbers: readonly number[]): string {
  const found: [number, number][] = []
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = found.at(-1)
    if (last !== undefined && number <= last[1] + 1) last[1] = number
    else found.push([number, number])
  }
  return found.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}
