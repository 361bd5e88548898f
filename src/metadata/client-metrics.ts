// The settings of a client metrics subscription (KIP-714; Kafka: ClientMetricsConfigs): which metrics clients are to send, how
// often, and which clients. They are kept and told; no client is asked for metrics.

import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import { type ConfigType, listParts, valueError } from './config-values.js'
import type { Configs } from './image.js'

export interface ClientMetricsConfig {
  readonly name: string
  readonly type: ConfigType
  readonly default: string
}

export const CLIENT_METRICS_CONFIGS: readonly ClientMetricsConfig[] = [
  { name: 'interval.ms', type: 'int', default: '300000' },
  { name: 'match', type: 'list', default: '' },
  { name: 'metrics', type: 'list', default: '' },
]

const MIN_INTERVAL_MS = 100
const MAX_INTERVAL_MS = 3_600_000
const CLIENT_PROPERTIES = [
  'client_id',
  'client_instance_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
]

interface Refusal {
  readonly errorCode: ErrorCode
  readonly message: string
}

/** Why a subscription cannot have these settings, in Kafka's words, or null. */
export function clientMetricsError(configs: Configs): Refusal | null {
  for (const name of configs.keys()) {
    if (CLIENT_METRICS_CONFIGS.some((known) => known.name === name)) continue
    return refuse(ErrorCodes.INVALID_REQUEST, `Unknown client metrics configuration: ${name}`)
  }
  return intervalError(configs.get('interval.ms') ?? null) ?? matchError(configs.get('match') ?? '')
}

function intervalError(value: string | null): Refusal | null {
  if (value === null) return null
  const wrong = valueError('interval.ms', 'int', value)
  if (wrong !== null) return refuse(ErrorCodes.INVALID_CONFIG, wrong)
  const intervalMs = Number(value)
  if (intervalMs >= MIN_INTERVAL_MS && intervalMs <= MAX_INTERVAL_MS) return null
  const message = `Invalid value ${intervalMs} for interval.ms, interval must be between ${MIN_INTERVAL_MS} and ${MAX_INTERVAL_MS} (1 hour)`
  return refuse(ErrorCodes.INVALID_REQUEST, message)
}

function matchError(value: string): Refusal | null {
  const wrong = listParts(value).find((pattern) => !isPattern(pattern))
  if (wrong === undefined) return null
  return refuse(ErrorCodes.INVALID_CONFIG, `Illegal client matching pattern: ${wrong}`)
}

/** A property of clients, '=', a regular expression. */
function isPattern(text: string): boolean {
  const [property = '', pattern = '', ...rest] = text.split('=').map((part) => part.trim())
  if (rest.length > 0 || pattern === '' || !CLIENT_PROPERTIES.includes(property)) return false
  try {
    return new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
}

function refuse(errorCode: ErrorCode, message: string): Refusal {
  return { errorCode, message }
}
