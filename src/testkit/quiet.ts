// Whether anything is under way: a request that is not answered, a group on its way to another state.

import type { GroupSnapshot } from '../coordinator/inspect.js'
import type { RecordedExchange } from '../observe/exchanges.js'
import type { ApiName } from '../protocol/api-names.js'
import type { ListGroupsResponse } from '../protocol/messages/list-groups.js'
import type { Cluster } from '../server/cluster.js'
import { ask, Refused } from '../server/local.js'

/** They wait because there is nothing for them yet. */
const WAITING_IS_NORMAL: readonly ApiName[] = ['Fetch']

export function isQuiet(underWay: readonly RecordedExchange[], groups: readonly GroupSnapshot[]): boolean {
  return waiting(underWay).length === 0 && groups.every(isAtRest)
}

/** What is not quiet, in words. */
export async function unrest(
  underWay: readonly RecordedExchange[],
  groups: readonly GroupSnapshot[],
  describe: (groupId: string) => Promise<string>,
): Promise<string> {
  const requests = waiting(underWay).map(({ api, clientId, group }) => {
    const where = group === null ? '' : `, group '${group}'`
    return `${api} of client '${clientId}'${where} waits for its answer`
  })
  const restless = groups.filter((group) => !isAtRest(group))
  const texts = await Promise.all(restless.map(({ groupId }) => describe(groupId)))
  return [...requests, ...texts].join('\n')
}

const waiting = (underWay: readonly RecordedExchange[]) =>
  underWay.filter(({ api }) => !WAITING_IS_NORMAL.includes(api))

function isAtRest({ state, members, pendingIds }: GroupSnapshot): boolean {
  if (pendingIds.length > 0) return false
  return state === 'Empty' || (state === 'Stable' && members.every(({ owes }) => owes === null))
}

/** Every group of the broker as it is now, but for those whose coordinator loads. */
export async function snapshots(
  cluster: Cluster,
  snapshot: (groupId: string) => Promise<GroupSnapshot | null>,
): Promise<GroupSnapshot[]> {
  const request = { statesFilter: [], typesFilter: [] }
  const lists = await Promise.all(
    cluster.shards.map((shard) =>
      ask<ListGroupsResponse>(5, (ticket) => shard.submit({ type: 'ListGroups', ticket, request })).catch(
        none,
      ),
    ),
  )
  const ids = lists.flatMap(({ groups }) => groups.map(({ groupId }) => groupId))
  const found = await Promise.all(ids.map(snapshot))
  return found.filter((group) => group !== null)
}

function none(error: unknown): { groups: { groupId: string }[] } {
  if (!(error instanceof Refused)) throw error
  return { groups: [] }
}
