// Requests to the HTTP of a running cohort. By node:http, which waits as long as it takes: fetch gives up after five minutes without
// a byte, and a wait or a quiet journal may last longer.

import { type IncomingMessage, request } from 'node:http'
import type { Command } from 'commander'

export const DEFAULT_URL = 'http://127.0.0.1:9192'

/** Where a running cohort is asked; the variables stand in for what is not given. */
export function addUrlOptions(command: Command, readUrl: (url: string) => string = (url) => url): Command {
  return command
    .option('--url <url>', 'where its HTTP is', readUrl, process.env.COHORT_CONTROL_URL ?? DEFAULT_URL)
    .option('--token <token>', 'its token (or COHORT_CONTROL_TOKEN)', process.env.COHORT_CONTROL_TOKEN)
}

/** It cannot be asked, or did not answer to the end; the message says why and what to do. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
}

export interface Request {
  readonly url: string
  readonly token?: string | undefined
  readonly method?: string
  /** With its query, below the url's own path. */
  readonly path: string
  readonly body?: string
  readonly signal?: AbortSignal | undefined
  /** How to come by what was asked for, where nobody listens: 'start `cohort`'. */
  readonly hint: string
}

/** undefined: it is none; what it must be like is said. */
export function urlProblem(url: string): string | undefined {
  return /^http:\/\/[^\s/]+/.test(url) && URL.canParse(url)
    ? undefined
    : `--url '${url}' is not like ${DEFAULT_URL}`
}

/** Resolves to the answer, whose body is still to be read. Rejects with HttpError. */
export function ask({
  url,
  token,
  method = 'GET',
  path,
  body,
  signal,
  hint,
}: Request): Promise<IncomingMessage> {
  const target = new URL(url.replace(/\/$/, '') + path)
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
  }
  return new Promise((resolve, reject) => {
    const asking = request(target, { method, headers, ...(signal === undefined ? {} : { signal }) }, resolve)
    let isConnected = false
    asking.once('socket', (socket) =>
      socket.once('connect', () => {
        isConnected = true
      }),
    )
    asking.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code ?? error.message
      reject(
        new HttpError(
          isConnected
            ? `${url} ended the connection before it answered (${why}): the broker was stopped, or is cut off`
            : `${url} cannot be reached (${why}): ${hint}, or name it with --url`,
        ),
      )
    })
    asking.end(body)
  })
}

/** The whole body. Rejects with HttpError when it ends too soon. */
export async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of answer) chunks.push(chunk as Buffer)
  } catch (error) {
    throw new HttpError(`the answer was cut off (${(error as Error).message})`)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Of an answer that is not 2xx, as ours tell it. */
export function messageOf(answer: string): string {
  try {
    return (JSON.parse(answer) as { error: { message: string } }).error.message
  } catch {
    return answer
  }
}

export const isGood = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300
