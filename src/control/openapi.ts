// The operations as an OpenAPI document, for who makes a client of it or wants to look.

import type { Shape } from '../testkit/fields.js'
import { isInQuery, namesIn, type Operation } from './operation.js'
import { OPERATIONS } from './table.js'

export function openApi(url: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of OPERATIONS) {
    const path = `/v1${operation.path}`
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationObject(operation) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Cohort: test kit', version: '1' },
    servers: [{ url }],
    paths,
  }
}

function operationObject(operation: Operation): object {
  const { name, summary, path, fields, status = 200 } = operation
  const query = isInQuery(operation)
    ? Object.entries(fields).map(([field, { schema }]) => ({ name: field, in: 'query', schema }))
    : []
  const parameters = [...namesIn(path).map(inPath), ...query]
  const takes = operation.takesLines
    ? { requestBody: { content: { 'application/x-ndjson': { schema: { type: 'string' } } } } }
    : isInQuery(operation)
      ? {}
      : body(fields)
  return { ...described(name, summary, parameters, status), ...takes }
}

const inPath = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } })

function described(operationId: string, summary: string, parameters: object[], status = 200): object {
  const error = { description: 'Why not: { error: { type, message } }' }
  return {
    operationId,
    summary,
    parameters,
    responses: { [status]: { description: 'Done.' }, default: error },
  }
}

function body(fields: Shape): object {
  const properties = Object.entries(fields).map(([name, { schema, expected }]) => [
    name,
    { description: expected, ...schema },
  ])
  const required = Object.keys(fields).filter((name) => fields[name]?.isRequired)
  const schema = {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  }
  return { requestBody: { required: required.length > 0, content: { 'application/json': { schema } } } }
}
