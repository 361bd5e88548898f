// The broker under test, and what is found out about it first.

import { type ApiName, Apis } from '../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../src/protocol/errors.js'
import { type Address, Client } from './client.js'

export interface Target {
  readonly address: Address
  /** API key -> advertised versions. */
  readonly versions: ReadonlyMap<number, readonly [number, number]>
}

/** Rejects with the system's error when it cannot be reached. */
export async function discover(address: Address): Promise<Target> {
  const client = await Client.open(address)
  const { apiKeys } = await client.send(Apis.ApiVersions, 0, {})
  await coordinating(client)
  client.close()
  return {
    address,
    versions: new Map(
      apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]),
    ),
  }
}

const NOT_YET: readonly number[] = [
  ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCodes.COORDINATOR_NOT_AVAILABLE,
  ErrorCodes.NOT_COORDINATOR,
]
const READY_WITHIN_MS = 15_000
const ASK_EVERY_MS = 100

/** A broker that was just started makes __consumer_offsets when its coordinator is asked for, and then loads it. */
async function coordinating(client: Client): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  const leave = { groupId: 'conformance-ready', memberId: 'nobody' }
  for (;;) {
    await client.send(Apis.FindCoordinator, 1, { key: leave.groupId, keyType: 0 })
    const { errorCode } = await client.send(Apis.LeaveGroup, 1, leave)
    if (!NOT_YET.includes(errorCode)) return
    if (performance.now() > deadline)
      throw new Error(`its coordinator answers ${errorName(errorCode)} for ever`)
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
}

/** Whether the broker advertises this version of an API. */
export function advertises({ versions }: Target, api: ApiName, version: number): boolean {
  const range = versions.get(Apis[api].key)
  return range !== undefined && version >= range[0] && version <= range[1]
}
