// What a broker serves over HTTP: whether it is well, metrics, and the test kit where it is wanted.

import { ConfigError } from '../server/config/errors.js'
import type { CohortOptions } from '../server/options.js'
import { flag, optional, readFields, text, whole } from '../testkit/fields.js'
import { Brokers, type ControlledCohort } from './brokers.js'
import { type HttpHandler, type HttpOptions, type HttpServer, listenHttp } from './http.js'

export interface ServeOptions extends HttpOptions {
  /** Whether the test kit is served, which lets whoever asks put faults in the way; true unless given. */
  readonly testKit?: boolean
}

/** @internal */
export interface ServeParts {
  /** How a broker is started: startCohort. */
  readonly start: (options: CohortOptions) => Promise<ControlledCohort>
  readonly main: ControlledCohort
}

/** @internal */
export async function serve(options: ServeOptions, { start, main }: ServeParts): Promise<HttpServer> {
  const { testKit = true } = checked(options)
  const { log = () => {} } = options
  const brokers = new Brokers(start, main)
  const defect = (where: string, error: unknown) =>
    log('error', `defect in ${where}: ${error instanceof Error ? error.stack : error}`)
  const server = await listenHttp(options, async (): Promise<HttpHandler> => {
    const [{ getRequestListener }, { routes }] = await Promise.all([
      import('@hono/node-server'),
      import('./routes.js'),
    ])
    return getRequestListener(routes(main, testKit ? brokers : null, defect).fetch)
  })
  return {
    url: server.url,
    close: async () => {
      await server.close()
      await brokers.stop()
    },
  }
}

const SHAPE = {
  host: optional(text),
  port: whole(0, 65_535),
  token: optional(text),
  testKit: optional(flag),
} as const

/** Throws ConfigError. */
function checked(options: ServeOptions): { readonly testKit?: boolean } {
  const { log: _, ...plain } = options ?? {}
  const read = readFields(SHAPE, plain, 'options')
  if (read.token === '') throw new ConfigError('options.token is empty: nobody could ever be let in')
  return read
}
