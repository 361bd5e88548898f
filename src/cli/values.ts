// What single flags and variables must be: each throws WrongValue that says what was expected.

import type { Source } from '../server/config/source.js'
import { isAddress, MAX_BROKERS } from '../server/options.js'
import { DURABILITIES, type Durability } from '../store/store.js'
import { LEVELS, type Level } from './log.js'

/** The message is a sentence. */
export class WrongValue extends Error {
  override readonly name = 'WrongValue'
}

export function text(value: string): string {
  if (value.trim() === '') throw new WrongValue('It must not be empty.')
  return value
}

/** Of a variable: a flag on the command line has no value. */
export function flag(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new WrongValue('It must be true or false.')
  return value === 'true'
}

export function port(value: string): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number > 65_535)
    throw new WrongValue('It must be a whole number from 0 to 65535.')
  return number
}

export function brokerCount(value: string): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < 1 || number > MAX_BROKERS)
    throw new WrongValue(`It must be a whole number from 1 to ${MAX_BROKERS}.`)
  return number
}

export function address(value: string): string {
  if (!isAddress(value)) throw new WrongValue('It must be host:port.')
  return value
}

export function topic(value: string, before: Record<string, number> = {}): Record<string, number> {
  const [, name, partitions] = /^(.+):(\d+)$/.exec(value) ?? []
  if (name === undefined || Number(partitions) < 1) {
    throw new WrongValue("It must be name:partitions, as in 'orders:3'.")
  }
  return { ...before, [name]: Number(partitions) }
}

export function setting(value: string, before: Source[] = []): Source[] {
  const equals = value.indexOf('=')
  if (equals < 1) throw new WrongValue("It must be key=value, as in 'num.partitions=3'.")
  const source = { name: value.slice(0, equals).trim(), value: value.slice(equals + 1), origin: '--set' }
  return [source, ...before.filter(({ name }) => name !== source.name)]
}

export function durability(value: string): Durability {
  if (!(DURABILITIES as readonly string[]).includes(value))
    throw new WrongValue(`It must be one of ${DURABILITIES.join(', ')}.`)
  return value as Durability
}

export function level(value: string): Level {
  if (!(LEVELS as readonly string[]).includes(value))
    throw new WrongValue(`It must be one of ${LEVELS.join(', ')}.`)
  return value as Level
}

export interface HttpAddress {
  readonly host?: string
  readonly port: number
}

/** PORT, or HOST:PORT. */
export function httpAddress(value: string): HttpAddress {
  const [, host, number = ''] = /^(?:(.+):)?(\d+)$/.exec(value) ?? []
  if (number === '' || Number(number) > 65_535)
    throw new WrongValue('It must be a port from 0 to 65535, or host:port.')
  const bare = host?.replace(/^\[(.*)\]$/, '$1')
  return { ...(bare === undefined ? {} : { host: bare }), port: Number(number) }
}
