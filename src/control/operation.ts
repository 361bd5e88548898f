// What can be asked of a broker from outside its process, as data: the routes over HTTP, the `cohort control` command and the OpenAPI
// description are all made from the one table of these.

import type { Shape, Values } from '../testkit/fields.js'
import type { Brokers, Target } from './brokers.js'

/** The names in braces. */
type Named<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Named<Rest>
  : never

export interface Operation {
  /** Of the command. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below /v1: '/brokers/{broker}/groups/{group}/wait'. */
  readonly path: string
  /** One sentence. */
  readonly summary: string
  /** In the query of GET and DELETE, in the JSON body of POST and PUT. */
  readonly fields: Shape
  /** 200 unless given. */
  readonly status?: 201
  /** The body, or the answer, is JSON lines: a text. */
  readonly takesLines?: boolean
  readonly givesLines?: boolean
  readonly run: (brokers: Brokers, values: never) => unknown
}

type Given<Path extends string, S extends Shape> = Values<S> & {
  readonly [Name in Named<Path>]: string
} & {
  /** Only where takesLines. */
  readonly lines: string
}

interface Definition<Path extends string, S extends Shape, On>
  extends Omit<Operation, 'run' | 'path' | 'fields'> {
  readonly path: Path
  readonly fields: S
  readonly run: (on: On, values: Given<Path, S>) => unknown
}

/** On one broker; its path is below that broker. */
export function operation<const Path extends string, const S extends Shape>(
  definition: Definition<Path, S, Target>,
): Operation {
  const { path, run, ...rest } = definition
  return {
    ...rest,
    path: `/brokers/{broker}${path}`,
    run: (brokers, { broker, ...values }: Given<Path, S> & { readonly broker: string }) =>
      run(brokers.get(broker), values as unknown as Given<Path, S>),
  }
}

/** On the process and its brokers. */
export function processOperation<const Path extends string, const S extends Shape>(
  definition: Definition<Path, S, Brokers>,
): Operation {
  return definition
}

/** The names in a path's braces, in their order. */
export const namesIn = (path: string): string[] =>
  Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name as string)

/** Whether its fields come in the query; else in the body. */
export const isInQuery = ({ method }: Operation): boolean => method === 'GET' || method === 'DELETE'
