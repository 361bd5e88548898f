// What the calls of the test kit are given, checked: in plain JavaScript nobody else says that a name is misspelt or a number is a text.

import { toMs } from '../observe/duration.js'
import {
  choice,
  duration,
  either,
  type Field,
  flag,
  int64,
  list,
  name,
  native,
  optional,
  readOne,
  readOptions,
  type Shape,
  text,
  whole,
} from './fields.js'

export const waitOptions = { timeout: optional(duration) } as const satisfies Shape
export const stableOptions = { members: optional(whole(0)), ...waitOptions } as const satisfies Shape
export const verifyOptions = { strict: optional(flag) } as const satisfies Shape
export const moveCoordinatorOptions = {
  to: optional(whole(1)),
  loading: optional(duration),
} as const satisfies Shape
export const recordsOptions = { partition: optional(whole(0)) } as const satisfies Shape
export const requestsFilter = {
  group: optional(text),
  client: optional(text),
  member: optional(text),
} as const satisfies Shape
export const advanceOptions = {
  silent: optional({ ...either(choice('all'), list(text)), expected: "'all', or a list of members" }),
} as const satisfies Shape

/** ms; undefined where none are given. Throws ConfigError. */
export function readWait(options: unknown, call: string): number | undefined {
  const { timeout } = readOptions(waitOptions, options, call)
  return timeout === undefined ? undefined : toMs(timeout)
}

const generation: Field<number | ((generation: number) => boolean)> = native(
  'a whole number, or a function (generation) => boolean',
  (value) =>
    typeof value === 'function' ? (value as (generation: number) => boolean) : whole(0).read(value),
)

// each throws ConfigError, as 'committed: offset is "x", but must be ...'

export const checkGeneration = (wanted: unknown, call: string) =>
  readOne(generation, wanted, `${call}: the generation`)
export const checkTimes = (times: unknown, call: string) => readOne(whole(1), times, `${call}: times`)
export const checkNode = (nodeId: unknown, call: string) => readOne(whole(1), nodeId, `${call}: the node`)
export const checkText = (value: unknown, what: string) => readOne(text, value, what)
export const checkDuration = (value: unknown, call: string) =>
  readOne(duration, value, `${call}: the duration`)
export const checkOffset = (offset: unknown, call: string) => readOne(int64(0n), offset, `${call}: offset`)

export function checkPlace(topic: unknown, partition: unknown, call: string): void {
  readOne(name, topic, `${call}: topic`)
  readOne(whole(0), partition, `${call}: partition`)
}
