// AlterConfigs and IncrementalAlterConfigs as decisions over one resource's settings: what they become, or why they cannot
// (Kafka: ConfigurationControlManager, with the checks that its brokers make first).

import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { AlterConfigsRequest } from '../protocol/messages/alter-configs.js'
import type { IncrementalAlterConfigsRequest } from '../protocol/messages/incremental-alter-configs.js'
import type { Configs } from './image.js'
import { TOPIC_CONFIGS, topicConfigError } from './topic-configs.js'

export type AlteredConfig = IncrementalAlterConfigsRequest['resources'][number]['configs'][number]
type ReplacedConfig = AlterConfigsRequest['resources'][number]['configs'][number]

export const Operations = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const

export interface ConfigRefusal {
  readonly errorCode: ErrorCode
  readonly message: string | null
}

export type ConfigDecision =
  | { readonly ok: true; readonly configs: Configs }
  | { readonly ok: false; readonly refusal: ConfigRefusal }

/** What is wrong with a request whatever the resource is. */
export function malformed(
  configs: readonly ReplacedConfig[] | readonly AlteredConfig[],
): ConfigRefusal | null {
  const names = new Set(configs.map(({ name }) => name))
  if (names.size < configs.length) {
    return { errorCode: ErrorCodes.INVALID_REQUEST, message: 'Error due to duplicate config keys' }
  }
  const empty = configs.filter((config) => config.value === null && !deletes(config)).map(({ name }) => name)
  if (empty.length === 0) return null
  const message = `Null value not supported for : ${empty.join(',')}`
  return { errorCode: ErrorCodes.INVALID_REQUEST, message }
}

const deletes = (config: ReplacedConfig | AlteredConfig) =>
  'configOperation' in config && config.configOperation === Operations.DELETE

/** The settings of a topic after some of them were changed. */
export function alterTopicConfigs(configs: Configs, changes: readonly AlteredConfig[]): ConfigDecision {
  const decision = altered(configs, changes, listDefault)
  return decision.ok ? checked(decision.configs) : decision
}

function listDefault(name: string): string | null {
  const known = TOPIC_CONFIGS.get(name)
  return known?.type === 'list' ? known.default : null
}

/** The settings of any resource after some of them were changed, not checked. Only topics have lists that grow and shrink. */
export function altered(
  configs: Configs,
  changes: readonly AlteredConfig[],
  defaultOfList: (name: string) => string | null = () => null,
): ConfigDecision {
  const after = new Map(configs)
  for (const { name, configOperation, value } of changes) {
    switch (configOperation) {
      case Operations.SET:
        after.set(name, value)
        break
      case Operations.DELETE:
        after.delete(name)
        break
      case Operations.APPEND:
      case Operations.SUBTRACT: {
        const usual = defaultOfList(name)
        if (usual === null) return notAList(name, configOperation)
        const old = parts(after.get(name) ?? usual)
        after.set(name, changedList(old, configOperation, parts(value ?? '')).join(','))
        break
      }
      default:
        // Kafka finds no such operation and fails over it.
        return { ok: false, refusal: { errorCode: ErrorCodes.UNKNOWN_SERVER_ERROR, message: null } }
    }
  }
  return { ok: true, configs: after }
}

function changedList(old: string[], operation: number, given: string[]): string[] {
  if (operation === Operations.SUBTRACT) return old.filter((part) => !given.includes(part))
  return [...old, ...given.filter((part) => !old.includes(part))]
}

const parts = (list: string) => list.split(',').filter((part) => part !== '')

function notAList(name: string, operation: number): ConfigDecision {
  const verb = operation === Operations.APPEND ? 'APPEND' : 'SUBTRACT'
  const message = `Can't ${verb} to key ${name} because its type is not LIST.`
  return { ok: false, refusal: { errorCode: ErrorCodes.INVALID_CONFIG, message } }
}

/** The settings of a topic after all of them were replaced. */
export function replaceTopicConfigs(given: readonly ReplacedConfig[]): ConfigDecision {
  return checked(replaced(given))
}

export function replaced(given: readonly ReplacedConfig[]): Configs {
  return new Map(given.map(({ name, value }) => [name, value]))
}

function checked(configs: Configs): ConfigDecision {
  for (const [name, value] of configs) {
    const message = topicConfigError(name, value)
    if (message !== null) return { ok: false, refusal: { errorCode: ErrorCodes.INVALID_CONFIG, message } }
  }
  return { ok: true, configs }
}
