// The HTTP listener: on loopback, or elsewhere with a token. What a page in somebody's browser could send is refused. What it serves is
// loaded with the first request, and node:http with the first connection, so that it costs nothing at the start.

import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { crypto, http } from '../server/builtins.js'
import { ConfigError } from '../server/config/errors.js'

export interface HttpOptions {
  /** '127.0.0.1' unless given. */
  readonly host?: string
  /** 0: any that is free. */
  readonly port: number
  /** Asked for in `Authorization: Bearer`; there must be one where the host is no loopback. */
  readonly token?: string
  /** Gets one line per call; silent unless given. */
  readonly log?: (level: 'info' | 'warn' | 'error', line: string) => void
}

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => unknown

export interface HttpServer {
  /** 'http://127.0.0.1:9192'. */
  readonly url: string
  close(): Promise<void>
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|\[::1\])$/

/** Rejects with ConfigError for an open host without a token, with the system's error when it cannot listen. */
export async function listenHttp(
  { host = '127.0.0.1', port, token }: HttpOptions,
  load: () => Promise<HttpHandler>,
): Promise<HttpServer> {
  if (!LOOPBACK.test(host) && token === undefined)
    throw new ConfigError(
      `HTTP on ${host}, which others can reach, needs a token: give one with --http-token, or listen on 127.0.0.1`,
    )
  let handler: Promise<HttpHandler> | undefined
  const answer: RequestListener = (request, response) => {
    const refusal = refusalOf(request, token)
    if (refusal !== null) return refuse(response, refusal)
    handler ??= load()
    handler
      .then((handle) => handle(request, response))
      .catch((error: unknown) => {
        refuse(response, [500, 'Defect', String(error)])
      })
  }
  let within: Server | undefined
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    within ??= serverOf(answer)
    within.emit('connection', socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, resolve)
  })
  const address = server.address()
  const chosen = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        within?.closeAllConnections()
        within?.close()
      }),
  }
}

/** It does not listen itself, but is given connections; for those it keeps its limits of time once it believes that it listens. */
function serverOf(answer: RequestListener): Server {
  const server = http().createServer(answer)
  server.emit('listening')
  return server
}

type Refusal = readonly [status: number, type: string, message: string]

function refusalOf({ headers }: IncomingMessage, token: string | undefined): Refusal | null {
  const { host = '', origin, authorization } = headers
  if (origin !== undefined && hostOf(origin) !== host)
    return [403, 'Forbidden', `requests of a page from ${origin} are refused`]
  if (token !== undefined) {
    if (isSame(authorization ?? '', `Bearer ${token}`)) return null
    return [401, 'Unauthorized', 'a token is needed: Authorization: Bearer TOKEN']
  }
  const name = host.replace(/:\d+$/, '')
  if (LOOPBACK.test(name)) return null
  // A name that somebody let point to loopback (DNS rebinding).
  return [403, 'Forbidden', `host '${name}' is refused: ask 127.0.0.1 or localhost`]
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host
  } catch {
    return null
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && crypto().timingSafeEqual(a, b)
}

function refuse(response: ServerResponse, [status, type, message]: Refusal): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: { type, message } }))
}
