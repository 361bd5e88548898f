// Which version of the group APIs is used where a case does not care: the newest that is not only advertised but answered.
// A broker that has its newest version wrong then fails the cases of that version, and not all.

import type { ApiName } from '../src/protocol/api-names.js'
import { Apis } from '../src/protocol/apis.js'
import { type Address, Client, ConnectionClosed } from './client.js'
import { advertises, usual, type Versions } from './versions.js'

/** Refused by every broker: nobody of this id is in the group. */
const NOBODY = {
  memberId: 'nobody',
  generationId: 0,
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 30_000,
  protocolType: 'consumer',
  protocolName: 'range',
  protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
}
const PROBED: readonly ApiName[] = ['JoinGroup', 'SyncGroup', 'Heartbeat', 'LeaveGroup']

/** API -> version, where it is not the newest. */
export async function probe(address: Address, versions: Versions, groupId: string) {
  const usable = new Map<ApiName, number>()
  for (const api of PROBED) {
    if (!versions.has(Apis[api].key)) continue
    const newest = usual(versions, api)
    const version = await newestAnswered(address, versions, api, newest, groupId)
    if (version !== newest) usable.set(api, version)
  }
  return usable
}

/** The newest whose answer can be read; else the newest that is answered at all. */
async function newestAnswered(
  address: Address,
  versions: Versions,
  api: ApiName,
  newest: number,
  groupId: string,
): Promise<number> {
  let answered: number | null = null
  for (let version = newest; advertises(versions, api, version); version--) {
    const error = await errorOf(address, api, version, groupId)
    if (error === null) return version
    if (!(error instanceof ConnectionClosed)) answered ??= version
  }
  return answered ?? newest
}

async function errorOf(address: Address, api: ApiName, version: number, groupId: string): Promise<unknown> {
  const client = await Client.open(address)
  try {
    await client.send(Apis[api], version, { ...NOBODY, groupId, members: [{ memberId: 'nobody' }] })
    return null
  } catch (error) {
    return error
  } finally {
    client.close()
  }
}
