// The test kit over HTTP: one broker that is there, and as many more as a suite starts.

import type { CohortOptions } from '../server/options.js'
import { Brokers, type ControlledCohort } from './brokers.js'
import { type HttpHandler, type HttpOptions, type HttpServer, listenHttp } from './http.js'

export interface ControlParts {
  /** How a broker is started: startCohort. */
  readonly start: (options: CohortOptions) => Promise<ControlledCohort>
  readonly main: ControlledCohort
}

export async function serveControl(options: HttpOptions, parts: ControlParts): Promise<HttpServer> {
  const brokers = new Brokers(parts.start, parts.main)
  const server = await listenHttp(options, () => handlerOf(brokers, options))
  return {
    url: server.url,
    close: async () => {
      await server.close()
      await brokers.stop()
    },
  }
}

async function handlerOf(brokers: Brokers, { log = () => {} }: HttpOptions): Promise<HttpHandler> {
  const [{ getRequestListener }, { controlRoutes }] = await Promise.all([
    import('@hono/node-server'),
    import('./routes.js'),
  ])
  const defect = (where: string, error: unknown) =>
    log('error', `defect in ${where}: ${error instanceof Error ? error.stack : error}`)
  return getRequestListener(controlRoutes(brokers, defect).fetch)
}
