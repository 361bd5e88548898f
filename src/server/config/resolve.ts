// From sources to settings. Each source is a name and a value with its origin, the strongest first; the result is what
// the machines read (Settings), what DescribeConfigs tells, and what there is to say about it.

import { DEFAULT_SETTINGS, type Settings } from '../../metadata/settings.js'
import { EFFECTIVE, type EffectiveSetting, IDENTITY_SETTINGS } from './effective.js'
import { ConfigError, suggestion } from './errors.js'
import { KAFKA_SETTINGS, type KafkaType } from './kafka-settings.data.js'
import type { Source } from './source.js'

export interface BrokerConfig {
  readonly name: string
  readonly type: KafkaType
  readonly value: string | null
  readonly default: string | null
  /** When it was started, be it with the default. */
  readonly isGiven: boolean
}

export interface ResolvedConfig {
  readonly settings: Settings
  /** Every setting of Kafka's broker and our own, by name. */
  readonly broker: ReadonlyMap<string, BrokerConfig>
  /** Of IDENTITY_SETTINGS, what was given. */
  readonly identity: ReadonlyMap<string, Source>
  /** What was changed since the start (dynamic.ts). */
  readonly dynamic?: {
    readonly broker: ReadonlyMap<string, string | null>
    readonly everywhere: ReadonlyMap<string, string | null>
  }
  /** One line each, for the log. */
  readonly notes: readonly string[]
}

/** Kafka's settings of earlier releases that a server.properties may still have. */
const REMOVED =
  /^(zookeeper\.|inter\.broker\.protocol\.version$|log\.message\.format\.version$|broker\.id\.generation|reserved\.broker)/
/** Settings whose names begin with a listener's or a plug-in's. */
const PREFIXED = /^(listener\.name\.|sasl\.|ssl\.|metrics?\.|kafka\.|confluent\.|authorizer\.|principal\.)/

const BY_NAME = new Map<string, EffectiveSetting>(EFFECTIVE.map((setting) => [setting.name, setting]))

/** Throws ConfigError for a name that no Kafka broker has, and for a value that its setting cannot have. */
export function resolveConfig(sources: readonly Source[]): ResolvedConfig {
  const given = strongest(sources)
  const notes: string[] = []
  const identity = new Map<string, Source>()
  const settings: { -readonly [K in keyof Settings]: Settings[K] } = { ...DEFAULT_SETTINGS }
  for (const setting of EFFECTIVE) {
    const source = given.get(setting.name)
    const text = source?.value ?? setting.default
    if (text !== undefined) assignSetting(settings, setting, text, source?.origin ?? 'default')
  }
  for (const source of given.values()) {
    if (BY_NAME.has(source.name)) continue
    if ((IDENTITY_SETTINGS as readonly string[]).includes(source.name)) identity.set(source.name, source)
    else notes.push(withoutEffect(source))
  }
  checkTogether(settings)
  return { settings, broker: describeAll(given), identity, notes }
}

function strongest(sources: readonly Source[]): Map<string, Source> {
  const given = new Map<string, Source>()
  for (const source of sources) {
    if (!given.has(source.name)) given.set(source.name, source)
  }
  return given
}

function withoutEffect({ name, origin }: Source): string {
  if (KAFKA_SETTINGS.has(name)) return `${name} (${origin}) has no effect here`
  if (REMOVED.test(name)) return `${name} (${origin}) is of an older Kafka and has no effect here`
  if (PREFIXED.test(name)) return `${name} (${origin}) has no effect here`
  const known = [...KAFKA_SETTINGS.keys(), ...BY_NAME.keys()]
  throw new ConfigError(`${origin}: there is no setting '${name}'${suggestion(name, known)}`)
}

/** Throws ConfigError for a value that the setting cannot have. */
export function assignSetting(
  settings: { -readonly [K in keyof Settings]: Settings[K] },
  setting: EffectiveSetting,
  text: string,
  origin: string,
): void {
  const value = text.trim()
  const wrong = (expected: string) =>
    new ConfigError(`${origin}: ${setting.name} is '${text}', but must be ${expected}`)
  if (setting.kind === 'boolean') {
    if (!/^(true|false)$/i.test(value)) throw wrong('true or false')
    settings[setting.key] = value.toLowerCase() === 'true'
    return
  }
  if (setting.kind === 'choice') {
    const values = setting.isList ? value.split(',').map((part) => part.trim()) : [value]
    if (!values.every((part) => setting.values.includes(part)))
      throw wrong(`one of ${setting.values.join(', ')}`)
    settings[setting.key] = value
    return
  }
  const { min, max, key, scale } = setting
  const number = Number(value)
  if (!/^-?\d+$/.test(value) || number < min || number > max)
    throw wrong(`a whole number from ${min} to ${max}`)
  settings[key] = number < 0 ? number : number * scale
}

function checkTogether({ groupMinSessionTimeoutMs, groupMaxSessionTimeoutMs }: Settings): void {
  if (groupMinSessionTimeoutMs <= groupMaxSessionTimeoutMs) return
  throw new ConfigError(
    `group.min.session.timeout.ms (${groupMinSessionTimeoutMs}) is greater than group.max.session.timeout.ms (${groupMaxSessionTimeoutMs}); lower the one or raise the other`,
  )
}

function describeAll(given: ReadonlyMap<string, Source>): Map<string, BrokerConfig> {
  const all = new Map<string, BrokerConfig>()
  const add = (name: string, type: KafkaType, usual: string | null) => {
    const value = given.get(name)?.value ?? usual
    all.set(name, { name, type, value, default: usual, isGiven: given.has(name) })
  }
  for (const { name, type, default: kafkaDefault } of KAFKA_SETTINGS.values()) {
    add(name, type, BY_NAME.get(name)?.default ?? kafkaDefault)
  }
  for (const setting of EFFECTIVE) {
    if (all.has(setting.name)) continue
    const type = setting.kind === 'boolean' ? 'boolean' : setting.name.endsWith('.max.bytes') ? 'long' : 'int'
    add(setting.name, type, setting.default ?? null)
  }
  return all
}
