// Broker settings that were changed while the broker runs (KIP-226): for this broker, or as the default of all. They are
// stronger than what it was started with; of those that Settings has, the new value has its effect at once.

import { EFFECTIVE } from './effective.js'
import { ConfigError } from './errors.js'
import { KAFKA_SETTINGS } from './kafka-settings.data.js'
import { assignSetting, type ResolvedConfig } from './resolve.js'

/** Setting -> value. */
export type Changed = ReadonlyMap<string, string | null>

export const isDynamic = (name: string) => KAFKA_SETTINGS.get(name)?.isDynamic ?? false

/** Whether a broker has this setting at all; Kafka takes others without a word, for plug-ins to read. */
export const isKnown = (name: string) => KAFKA_SETTINGS.has(name)

/** Why a broker cannot be given this value, in Kafka's words, or null. */
export function brokerConfigError(name: string, value: string | null): string | null {
  const type = KAFKA_SETTINGS.get(name)?.type
  if (type === undefined || value === null) return null
  const invalid = (why: string) => `Invalid value ${value} for configuration ${name}: ${why}`
  if (type === 'boolean' && !/^(true|false)$/i.test(value))
    return invalid('Expected value to be either true or false')
  const isWhole = type === 'int' || type === 'long' || type === 'short'
  if (isWhole && !/^\s*[+-]?\d+\s*$/.test(value)) return invalid(`Not a number of type ${type.toUpperCase()}`)
  if (type === 'double' && !Number.isFinite(Number(value))) return invalid('Not a number of type DOUBLE')
  const setting = EFFECTIVE.find((candidate) => candidate.name === name)
  if (setting?.kind !== 'number') return null
  if (Number(value) < setting.min) return invalid(`Value must be at least ${setting.min}`)
  return Number(value) > setting.max ? invalid(`Value must be no more than ${setting.max}`) : null
}

/** The configuration with other dynamic values; those of `broker` are stronger than those of `everywhere`. */
export function withDynamic(config: ResolvedConfig, broker: Changed, everywhere: Changed): ResolvedConfig {
  const settings = { ...config.settings }
  for (const setting of EFFECTIVE) {
    const { name } = setting
    if (!isDynamic(name)) continue
    const value = broker.get(name) ?? everywhere.get(name) ?? config.broker.get(name)?.value ?? null
    if (value === null) continue
    try {
      assignSetting(settings, setting, value, 'dynamic')
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
    }
  }
  return { ...config, settings, dynamic: { broker, everywhere } }
}
