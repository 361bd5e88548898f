// Which members are connected: by the connections that their requests came on.

import type { RecordedExchange } from '../observe/exchanges.js'

interface Known {
  readonly group: string
  readonly memberId: string
  readonly clientId: string | null
  readonly instanceId: string | null
  /** The newest that it was heard on. */
  connection: number
}

/** They bring a member's id. */
const SPEAKING = ['JoinGroup', 'SyncGroup', 'Heartbeat', 'OffsetCommit']

export class Members {
  private readonly known = new Map<string, Known>()

  /** By which members that are connected can be named: member ids, client ids, instance ids. */
  names(): Set<string> {
    const names = Array.from(this.known.values(), ({ memberId, clientId, instanceId }) => [
      memberId,
      clientId,
      instanceId,
    ])
    return new Set(names.flat().filter((name) => name !== null))
  }

  /** A request, or an answer that gave an id. */
  heard({ api, group, clientId, connection, body, response }: RecordedExchange): void {
    if (group === null || !SPEAKING.includes(api)) return
    const memberId = String(response?.memberId || body.memberId || '')
    if (memberId === '') return
    const key = `${group} ${memberId}`
    const known = this.known.get(key)
    if (known !== undefined) known.connection = connection
    else {
      const instanceId = (body.groupInstanceId as string | null | undefined) ?? null
      this.known.set(key, { group, memberId, clientId, instanceId, connection })
    }
  }

  closed(connection: number): void {
    for (const [key, member] of this.known) if (member.connection === connection) this.known.delete(key)
  }

  /** Group -> ids, without those who are to be silent: by member id, client id or instance id. */
  connected(silent: readonly string[]): Map<string, string[]> {
    const groups = new Map<string, string[]>()
    for (const { group, memberId, clientId, instanceId } of this.known.values()) {
      if ([memberId, clientId, instanceId].some((name) => name !== null && silent.includes(name))) continue
      groups.set(group, [...(groups.get(group) ?? []), memberId])
    }
    return groups
  }
}
