// What a broker without authorizer and without users answers to those who ask for them: DescribeAcls, CreateAcls, DeleteAcls (keys
// 29 to 31), DescribeUserScramCredentials (key 50) (Kafka: AclApis, ScramControlManager).

import { ErrorCodes } from '../../protocol/errors.js'
import type { CreateAclsRequest, DeleteAclsRequest } from '../../protocol/messages/acls.js'
import type { DescribeUserScramCredentialsRequest } from '../../protocol/messages/describe-user-scram-credentials.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'

const errorCode = ErrorCodes.SECURITY_DISABLED

export function describeAcls(_broker: Broker, exchange: Exchange): void {
  const errorMessage = 'No Authorizer is configured on the broker'
  exchange.answer({ throttleTimeMs: 0, errorCode, errorMessage, resources: [] })
}

const DISABLED = { errorCode, errorMessage: 'No Authorizer is configured.' }

export function createAcls(_broker: Broker, exchange: Exchange, { creations }: CreateAclsRequest): void {
  exchange.answer({ throttleTimeMs: 0, results: creations.map(() => DISABLED) })
}

export function deleteAcls(_broker: Broker, exchange: Exchange, { filters }: DeleteAclsRequest): void {
  const filterResults = filters.map(() => ({ ...DISABLED, matchingAcls: [] }))
  exchange.answer({ throttleTimeMs: 0, filterResults })
}

/** Nobody has credentials; no name asks for all. */
export function describeUserScramCredentials(
  _broker: Broker,
  exchange: Exchange,
  { users }: DescribeUserScramCredentialsRequest,
): void {
  const names = (users ?? []).map(({ name }) => name)
  const results = [...new Set(names)].map((user) => {
    const isTwice = names.indexOf(user) !== names.lastIndexOf(user)
    return isTwice
      ? {
          user,
          errorCode: ErrorCodes.DUPLICATE_RESOURCE,
          errorMessage: `Cannot describe SCRAM credentials for the same user twice in a single request: ${user}`,
        }
      : {
          user,
          errorCode: ErrorCodes.RESOURCE_NOT_FOUND,
          errorMessage: `Attempt to describe a user credential that does not exist: ${user}`,
        }
  })
  exchange.answer({ throttleTimeMs: 0, errorCode: ErrorCodes.NONE, errorMessage: '', results })
}
