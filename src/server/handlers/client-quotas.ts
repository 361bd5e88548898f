// DescribeClientQuotas (key 48) and AlterClientQuotas (key 49): carries out what src/metadata/client-quotas.ts decides, entity by
// entity.

import { alterQuota, describeQuotas, entityOf, quotaKey } from '../../metadata/client-quotas.js'
import type { MetadataRecord } from '../../metadata/records.js'
import { ErrorCodes } from '../../protocol/errors.js'
import type {
  AlterClientQuotasRequest,
  AlterClientQuotasResponse,
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse,
} from '../../protocol/messages/client-quotas.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'
import { repeated } from './repeated.js'

type Entry = AlterClientQuotasRequest['entries'][number]
type Result = AlterClientQuotasResponse['entries'][number]

export function describeClientQuotas(
  broker: Broker,
  exchange: Exchange,
  request: DescribeClientQuotasRequest,
): void {
  const found = describeQuotas(broker.image.clientQuotas, request)
  const response: DescribeClientQuotasResponse =
    'errorCode' in found
      ? { throttleTimeMs: 0, errorCode: found.errorCode, errorMessage: found.message, entries: null }
      : {
          throttleTimeMs: 0,
          errorCode: ErrorCodes.NONE,
          errorMessage: '',
          entries: found.map(({ entity, values }) => ({
            entity: Array.from(entity, ([entityType, entityName]) => ({ entityType, entityName })),
            values: Array.from(values, ([key, value]) => ({ key, value })),
          })),
        }
  broker.tell(exchange, response)
}

export function alterClientQuotas(
  broker: Broker,
  exchange: Exchange,
  { entries, validateOnly }: AlterClientQuotasRequest,
): void {
  const twice = repeated(entries.map((entry) => quotaKey(entityOf(entry))))
  const records: MetadataRecord[] = []
  const results = entries.map((entry) => alter(broker, entry, twice, records))
  broker.change(validateOnly ? [] : records, exchange, { throttleTimeMs: 0, entries: results })
}

function alter(broker: Broker, entry: Entry, twice: ReadonlySet<string>, records: MetadataRecord[]): Result {
  const named = entityOf(entry)
  const { ops } = entry
  const result = (message: string | null): Result => ({
    errorCode: message === null ? ErrorCodes.NONE : ErrorCodes.INVALID_REQUEST,
    errorMessage: message,
    entity: Array.from(named, ([entityType, entityName]) => ({ entityType, entityName })),
  })
  if (twice.has(quotaKey(named)) || repeated(ops.map(({ key }) => key)).size > 0) {
    const names = Array.from(named, ([type, name]) => `${type}=${name}`).join(', ')
    return result(`Ignoring duplicate entity ClientQuotaEntity(entries={${names}})`)
  }
  const decision = alterQuota(broker.image.clientQuotas, entry)
  if (!decision.ok) return result(decision.message)
  records.push({ kind: 'ClientQuota', quota: decision.quota })
  return result(null)
}
