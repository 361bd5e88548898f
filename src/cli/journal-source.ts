// Where a command reads a journal: a file, or a running broker over HTTP, which answers the same lines.

import type { Command } from 'commander'
import { type ReadJournal, readJournal, readJournalFrom } from '../observe/journal-reader.js'
import { addUrlOptions, ask, HttpError, isGood, messageOf, textOf, urlProblem } from './http.js'

export interface JournalFlags {
  readonly journal?: string
  readonly url: string
  readonly token?: string
}

/** It cannot be read; the message says why and what to do. */
export class JournalSourceError extends Error {
  override readonly name = 'JournalSourceError'
}

export function addJournalOptions(command: Command): Command {
  return addUrlOptions(command.option('--journal <file>', 'read a journal that `cohort --journal FILE` kept'))
}

/** All that is there now. Rejects with JournalSourceError. */
export async function readSource(flags: JournalFlags & { readonly group?: string }): Promise<ReadJournal> {
  if (flags.journal === undefined) return readJournalFrom(await openJournal(flags))
  try {
    return await readJournal(flags.journal)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
    throw new JournalSourceError(`--journal ${flags.journal}: ${why}`)
  }
}

/** The lines of a running broker; with `follow` they go on until the signal. Rejects with JournalSourceError. */
export async function openJournal(
  { url, token, group }: JournalFlags & { readonly group?: string },
  { follow = false, signal }: { readonly follow?: boolean; readonly signal?: AbortSignal } = {},
): Promise<AsyncIterable<Uint8Array>> {
  const query = new URLSearchParams()
  if (group !== undefined) query.set('group', group)
  if (follow) for (const name of ['follow', 'singles']) query.set(name, 'true')
  const hint = 'start `cohort`, or read a file with --journal'
  const problem = urlProblem(url)
  if (problem !== undefined) throw new JournalSourceError(problem)
  try {
    const answer = await ask({ url, token, path: `/journal?${query}`, signal, hint })
    if (isGood(answer)) return answer
    throw new JournalSourceError(`${url} answers ${answer.statusCode}: ${messageOf(await textOf(answer))}`)
  } catch (error) {
    if (error instanceof HttpError) throw new JournalSourceError(error.message)
    throw error
  }
}
