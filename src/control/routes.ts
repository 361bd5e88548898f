// The table of operations as routes of HTTP: values from path, query and body, answers and errors as JSON.

import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Metrics } from '../monitor/metrics.js'
import { ConfigError } from '../server/config/errors.js'
import { Refused } from '../server/local.js'
import { readFields, type Shape } from '../testkit/fields.js'
import { FixtureError } from '../testkit/fixtures.js'
import { assignedIn } from '../testkit/lag.js'
import { ProvocationError } from '../testkit/provocation-error.js'
import { WaitEnded, WaitTimeout } from '../testkit/signal.js'
import { type Brokers, type ControlledCohort, NotFound } from './brokers.js'
import { journalFields, journalStream } from './journal-stream.js'
import { toJson } from './json.js'
import { openApi } from './openapi.js'
import { isInQuery, namesIn, type Operation } from './operation.js'
import { OPERATIONS } from './table.js'

const MAX_BODY_BYTES = 64 * 1024 * 1024
const V1 = '/v1'
const LINES = 'application/x-ndjson'

/** Health and metrics of the process's own broker; the test kit where there are brokers to serve. */
export function routes(
  main: ControlledCohort,
  brokers: Brokers | null,
  defect: (where: string, error: unknown) => void,
): Hono {
  const app = new Hono()
  addHealth(app, main)
  if (brokers !== null) addTestKit(app, brokers)
  app.notFound((c) => failure(c, 404, 'NotFound', notThere(c.req.method, c.req.path)))
  app.onError((error, c) => {
    const [status, type] = statusOf(error)
    if (status === 500) defect(`${c.req.method} ${c.req.path}`, error)
    return failure(c, status, type, error.message)
  })
  return app
}

function addHealth(app: Hono, main: ControlledCohort): void {
  let metrics: Promise<Metrics> | undefined
  app.get('/healthz', (c) => c.text('ok\n'))
  app.get('/readyz', (c) => (main.isReady ? c.text('ready\n') : c.text('coordinators are loading\n', 503)))
  app.get('/journal', (c) => {
    const query = readFields(journalFields, fromQuery(journalFields, c.req.query()), 'journal')
    return c.body(journalStream(main.journal, main.time().nowMs, query), 200, { 'content-type': LINES })
  })
  app.get('/metrics', async (c) => {
    metrics ??= metricsOf(main)
    const text = await (await metrics).text()
    return c.body(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  })
}

async function metricsOf(main: ControlledCohort): Promise<Metrics> {
  const { Metrics } = await import('../monitor/metrics.js')
  return new Metrics({
    journal: main.journal,
    groupSnapshots: () => main.groupSnapshots(),
    lag: (groupId) => main.group(groupId).lag(),
    assignedTo: ({ assignment }) => assignedIn(assignment).length,
  })
}

function addTestKit(app: Hono, brokers: Brokers): void {
  app.use(`${V1}/*`, bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }))
  app.get(`${V1}/openapi.json`, (c) => c.json(openApi(new URL(c.req.url).origin)))
  for (const operation of OPERATIONS) {
    const path = `${V1}${operation.path.replaceAll(/\{(\w+)\}/g, ':$1')}`
    app.on(operation.method, path, (c) => answer(c, brokers, operation))
  }
}

async function answer(c: Context, brokers: Brokers, operation: Operation): Promise<Response> {
  const { path, fields, takesLines, givesLines, status, run } = operation
  const named = Object.fromEntries(namesIn(path).map((name) => [name, c.req.param(name)]))
  const values = takesLines
    ? { lines: await c.req.text() }
    : readFields(
        fields,
        isInQuery(operation) ? fromQuery(fields, c.req.query()) : await bodyOf(c),
        operation.name,
      )
  const result = await run(brokers, { ...values, ...named } as never)
  if (givesLines) {
    const lines = (result as readonly unknown[]).map((line) => `${JSON.stringify(toJson(line))}\n`)
    return c.body(lines.join(''), 200, { 'content-type': LINES })
  }
  return json(c, result, status)
}

/** Names that are not known stay as they are: whoever checks refuses them. */
function fromQuery(fields: Shape, query: Readonly<Record<string, string>>): Record<string, unknown> {
  const values = Object.entries(query).map(([name, value]) => [name, fields[name]?.fromText(value) ?? value])
  return Object.fromEntries(values)
}

/** {} for no body. Throws ConfigError for what is no JSON. */
async function bodyOf(c: Context): Promise<unknown> {
  const body = await c.req.text()
  if (body.trim() === '') return {}
  try {
    return JSON.parse(body)
  } catch (error) {
    throw new ConfigError(`the body is no JSON: ${(error as Error).message}`)
  }
}

const json = (c: Context, result: unknown, status: 200 | 201 = 200): Response =>
  c.json((toJson(result) ?? {}) as object, status)

const failure = (c: Context, status: ContentfulStatusCode, type: string, message: string): Response =>
  c.json({ error: { type, message } }, status)

const tooLarge = (c: Context): Response =>
  failure(c, 413, 'TooLarge', `the body has more than ${MAX_BODY_BYTES} bytes: send it in parts`)

function notThere(method: string, path: string): string {
  return `there is no ${method} ${path}: GET /v1/openapi.json tells what there is`
}

/** 409: it was understood, and the broker is not in a state for it. */
function statusOf(error: Error): [ContentfulStatusCode, string] {
  if (error instanceof NotFound) return [404, 'NotFound']
  if (error instanceof ConfigError) return [400, 'BadRequest']
  const conflicts = [WaitTimeout, WaitEnded, ProvocationError, FixtureError, Refused]
  return conflicts.some((kind) => error instanceof kind) ? [409, error.name] : [500, 'Defect']
}
