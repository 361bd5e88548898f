// AlterClientQuotas and DescribeClientQuotas (KIP-546) as decisions: what users, clients and addresses are limited to is kept and
// told, and limits nobody (Kafka: ClientQuotaControlManager, ClientQuotasImage).

import { ErrorCodes } from '../protocol/errors.js'
import type {
  AlterClientQuotasRequest,
  DescribeClientQuotasRequest,
} from '../protocol/messages/client-quotas.js'

/** Type -> name; null is the default of all. */
export type QuotaEntity = ReadonlyMap<string, string | null>

export interface ClientQuota {
  readonly entity: QuotaEntity
  readonly values: ReadonlyMap<string, number>
}

/** By quotaKey. */
export type ClientQuotas = ReadonlyMap<string, ClientQuota>

type Alteration = AlterClientQuotasRequest['entries'][number]
type Component = DescribeClientQuotasRequest['components'][number]

interface Refusal {
  readonly errorCode: number
  readonly message: string
}

const TYPES = ['user', 'client-id', 'ip']
/** Whether a fraction is a value. */
const LIMITS: Readonly<Record<'client' | 'ip', Readonly<Record<string, boolean>>>> = {
  client: {
    consumer_byte_rate: false,
    controller_mutation_rate: true,
    producer_byte_rate: false,
    request_percentage: true,
  },
  ip: { connection_creation_rate: false },
}
const LONG_MAX = 2 ** 63
const MatchTypes = { EXACT: 0, DEFAULT: 1, SPECIFIED: 2 } as const

export function quotaKey(entity: QuotaEntity): string {
  return JSON.stringify([...entity].sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function entityOf(entry: Pick<Alteration, 'entity'>): QuotaEntity {
  return new Map(entry.entity.map(({ entityType, entityName }) => [entityType, entityName]))
}

export type QuotaDecision =
  | { readonly ok: true; readonly quota: ClientQuota }
  | { readonly ok: false; readonly message: string }

/** What an entity is limited to afterwards. Every refusal is an INVALID_REQUEST. */
export function alterQuota(quotas: ClientQuotas, { entity: named, ops }: Alteration): QuotaDecision {
  const entity = entityOf({ entity: named })
  const wrong = entityError(entity)
  if (wrong !== null) return { ok: false, message: wrong }
  const values = new Map(quotas.get(quotaKey(entity))?.values)
  const limits = LIMITS[entity.has('ip') ? 'ip' : 'client']
  for (const { key, value, remove } of ops) {
    if (remove) {
      values.delete(key)
      continue
    }
    const message = valueError(limits, key, value)
    if (message !== null) return { ok: false, message }
    values.set(key, value)
  }
  return { ok: true, quota: { entity, values } }
}

function entityError(entity: QuotaEntity): string | null {
  if (entity.size === 0) return 'Invalid empty client quota entity'
  for (const [type, name] of entity) {
    if (!TYPES.includes(type)) return `Unhandled client quota entity type: ${type}`
    if (name === '') return `Empty ${type} not supported`
  }
  if (!entity.has('ip')) return null
  if (entity.size > 1) {
    return 'Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId' // as Kafka spells it
  }
  const address = entity.get('ip') ?? '0.0.0.0'
  return /^[\w.:-]+$/.test(address) ? null : `${address} is not a valid IP or resolvable host.`
}

function valueError(limits: Readonly<Record<string, boolean>>, key: string, value: number): string | null {
  const mayBeFraction = Object.hasOwn(limits, key) ? limits[key] : undefined
  if (mayBeFraction === undefined) return `Invalid configuration key ${key}`
  if (!Number.isFinite(value)) return `Quota ${key} must be a finite number`
  if (value <= 0) return `Quota ${key} must be greater than 0`
  if (mayBeFraction) return null
  if (value >= LONG_MAX) return `Proposed value for ${key} is too large for a LONG.`
  return Number.isInteger(value) ? null : `${key} cannot be a fractional value.`
}

/** Those that every component matches; `strict`: and that have nothing else in their name. */
export function describeQuotas(
  quotas: ClientQuotas,
  { components, strict }: DescribeClientQuotasRequest,
): readonly ClientQuota[] | Refusal {
  const wrong = filterError(components)
  if (wrong !== null) return wrong
  return [...quotas.values()].filter(({ entity }) => {
    if (strict && entity.size !== components.length) return false
    return components.every((component) => matches(entity, component))
  })
}

function matches(entity: QuotaEntity, { entityType, matchType, match }: Component): boolean {
  const name = entity.get(entityType)
  if (name === undefined) return false
  return matchType === MatchTypes.SPECIFIED || name === (matchType === MatchTypes.EXACT ? match : null)
}

function filterError(components: readonly Component[]): Refusal | null {
  const invalid = (message: string): Refusal => ({ errorCode: ErrorCodes.INVALID_REQUEST, message })
  const seen = new Set<string>()
  for (const { entityType, matchType, match } of components) {
    if (entityType === '') return invalid('Invalid empty entity type.')
    if (seen.has(entityType))
      return invalid(`Entity type ${entityType} cannot appear more than once in the filter.`)
    if (!TYPES.includes(entityType)) {
      return {
        errorCode: ErrorCodes.UNSUPPORTED_VERSION,
        message: `Unsupported entity type ${entityType}`,
      }
    }
    seen.add(entityType)
    const message = matchError(matchType, match)
    if (message !== null) return invalid(message)
  }
  if (!seen.has('ip') || seen.size === 1) return null
  return invalid(
    'Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.',
  )
}

function matchError(matchType: number, match: string | null): string | null {
  switch (matchType) {
    case MatchTypes.EXACT:
      return match === null ? 'Request specified MATCH_TYPE_EXACT, but set match string to null.' : null
    case MatchTypes.DEFAULT:
      return match === null
        ? null
        : 'Request specified MATCH_TYPE_DEFAULT, but also specified a match string.'
    case MatchTypes.SPECIFIED:
      return match === null
        ? null
        : 'Request specified MATCH_TYPE_SPECIFIED, but also specified a match string.'
    default:
      return `Unknown match type ${matchType}`
  }
}
