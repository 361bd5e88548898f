// An explanation in words, as text for a terminal and as Markdown.

import { fromMs } from './duration.js'
import type { Explanation, Move } from './explain.js'

export function explanationText(groupId: string, explanation: Explanation | null): string {
  return linesOf(groupId, explanation)
    .map(({ depth, text }) => `${'  '.repeat(depth)}${text}`)
    .join('\n')
}

export function explanationMarkdown(groupId: string, explanation: Explanation | null): string {
  const [head, ...lines] = linesOf(groupId, explanation)
  const list = lines.map(({ depth, text }) => `${'  '.repeat(depth - 1)}- ${text}`)
  return [`**${head?.text}**`, '', ...list].join('\n').trimEnd()
}

interface Line {
  readonly depth: number
  readonly text: string
}

function linesOf(groupId: string, explanation: Explanation | null): Line[] {
  if (explanation === null) return [{ depth: 0, text: `Group '${groupId}' has not rebalanced yet.` }]
  const { cause, startedAtMs, arrivals, removals, moves } = explanation
  const lines: Line[] = [{ depth: 0, text: outcomeOf(explanation) }]
  const add = (depth: number, text: string) => lines.push({ depth, text })
  add(1, `It began at ${new Date(startedAtMs).toISOString()}: ${cause}`)
  add(1, phases(explanation))
  for (const { memberId, afterMs, cause: why } of removals)
    add(1, `${memberId} was removed ${afterMs <= 0 ? 'as it began' : `after ${fromMs(afterMs)}`}: ${why}`)
  const last = arrivals.at(-1)
  if (arrivals.length > 0) add(1, 'JoinGroup came from')
  for (const { memberId, clientId, afterMs } of arrivals) {
    const who = clientId === null ? memberId : `${memberId} (client '${clientId}')`
    const isLast = arrivals.length > 1 && memberId === last?.memberId ? ', the last' : ''
    add(2, `${who} ${afterMs === 0 ? 'at once' : `after ${fromMs(afterMs)}`}${isLast}`)
  }
  if (explanation.outcome !== 'Stable') return lines
  add(1, moved(moves.length))
  for (const move of moves) add(2, moveText(move))
  return lines
}

function moved(count: number): string {
  if (count === 0) return 'No partition changed its owner.'
  return count === 1 ? '1 partition changed its owner' : `${count} partitions changed their owner`
}

function outcomeOf({ groupId, outcome, generation }: Explanation): string {
  if (outcome === 'Stable') return `Group '${groupId}' rebalanced into generation ${generation}.`
  if (outcome === 'Empty')
    return `Group '${groupId}' lost its members and is Empty, generation ${generation}.`
  return `Group '${groupId}' is rebalancing, from generation ${generation}.`
}

function phases({ joinPhaseMs, syncPhaseMs }: Explanation): string {
  if (joinPhaseMs === null) return 'The join phase is under way.'
  const sync = syncPhaseMs === null ? '' : `, the sync phase ${fromMs(syncPhaseMs)}`
  return `The join phase lasted ${fromMs(joinPhaseMs)}${sync}.`
}

function moveText({ topic, partition, from, to }: Move): string {
  if (from === null) return `${topic}-${partition} to ${to}, from nobody`
  return to === null
    ? `${topic}-${partition} from ${from} to nobody`
    : `${topic}-${partition} from ${from} to ${to}`
}
