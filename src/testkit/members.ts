// Which members are connected: by the connections that their requests came on.

import type { RecordedExchange } from '../observe/exchanges.js'

interface Known {
  readonly group: string
  readonly memberId: string
  readonly clientId: string | null
  readonly instanceId: string | null
  sessionTimeoutMs: number
  /** The newest that it was heard on. */
  connection: number
}

/** They bring a member's id. */
const SPEAKING = ['JoinGroup', 'SyncGroup', 'Heartbeat', 'OffsetCommit']

/** Of a member whose JoinGroup was not seen: Kafka's smallest, unless it is set otherwise. */
const UNKNOWN_SESSION_MS = 6000

export class Members {
  private readonly known = new Map<string, Known>()

  /** Of all that are known; infinite when there is none. */
  get shortestSessionMs(): number {
    return Math.min(
      ...Array.from(this.known.values(), ({ sessionTimeoutMs }) => sessionTimeoutMs),
      Number.POSITIVE_INFINITY,
    )
  }

  /** A request, or an answer that gave an id. */
  heard({ api, group, clientId, connection, body, response }: RecordedExchange): void {
    if (group === null || !SPEAKING.includes(api)) return
    const memberId = String(response?.memberId || body.memberId || '')
    if (memberId === '') return
    const key = `${group} ${memberId}`
    const known = this.known.get(key)
    const asked = body.sessionTimeoutMs as number | undefined // of JoinGroup
    if (known !== undefined) {
      known.connection = connection
      known.sessionTimeoutMs = asked ?? known.sessionTimeoutMs
    } else {
      const instanceId = (body.groupInstanceId as string | null | undefined) ?? null
      const sessionTimeoutMs = asked ?? UNKNOWN_SESSION_MS
      this.known.set(key, { group, memberId, clientId, instanceId, sessionTimeoutMs, connection })
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
