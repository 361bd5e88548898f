// `cohort explain GROUP`: why it rebalanced the last time, from the journal of a running broker or of a file. Exit code 0: told,
// 1: it has not rebalanced, or the journal cannot be read, 2: wrong usage.

import { Command } from 'commander'
import { explain } from '../observe/explain.js'
import { explanationMarkdown, explanationText } from '../observe/explanation-text.js'
import { terminalText } from '../observe/terminal-text.js'
import type { Io } from './io.js'
import { addJournalOptions, type JournalFlags, JournalSourceError, readSource } from './journal-source.js'
import { parse } from './parse.js'

interface Flags extends JournalFlags {
  readonly markdown: boolean
  readonly json: boolean
}

export async function explainGroup(argv: readonly string[], io: Io): Promise<number> {
  const command = addJournalOptions(new Command('cohort explain'))
    .description('Why a group rebalanced the last time: what started it, who was awaited, what moved.')
    .argument('<group>')
    .option('--markdown', 'as Markdown', false)
    .option('--json', 'as JSON', false)
  const parsed = parse(command, argv, io)
  if (!parsed.isRead) return parsed.problem === null ? 0 : told(io, parsed.problem, 2)
  try {
    const group = command.args[0] as string
    const { markdown, json, ...source } = command.opts<Flags>()
    const { entries } = await readSource({ ...source, group })
    const explanation = explain(
      group,
      entries.filter((entry) => entry.group === group),
    )
    if (json) io.write(`${JSON.stringify(explanation, null, 2)}\n`)
    else if (markdown) io.write(`${explanationMarkdown(group, explanation)}\n`)
    else
      for (const line of explanationText(group, explanation).split('\n')) io.write(`${terminalText(line)}\n`)
    return explanation === null ? 1 : 0
  } catch (error) {
    if (!(error instanceof JournalSourceError)) throw error
    return told(io, error.message, 1)
  }
}

function told(io: Io, message: string, code: number): number {
  io.error(`cohort explain: ${terminalText(message)}\n`)
  return code
}
