// The requests that came and how they were answered, the newest of them, for looking back. Bounded: the oldest go.

import type { ApiName } from '../protocol/api-names.js'
import { groupsIn, membersIn } from './named.js'

/** One request of a client. Bodies are decoded; record batches of Produce and Fetch are left out of them. */
export interface RecordedExchange {
  readonly api: ApiName
  readonly version: number
  readonly clientId: string | null
  /** What its ApiVersions said (KIP-511): name and version of the client library. */
  readonly software: string | null
  /** The node that was asked. */
  readonly nodeId: number
  /** Of the connection, counted from 1. */
  readonly connection: number
  /** On the coordinator's clock, ms since the epoch. */
  readonly atMs: number
  readonly body: Readonly<Record<string, unknown>>
  /** The group that it names, the first of several. */
  readonly group: string | null
  readonly memberId: string | null
  /** undefined while there is none, null when none left. */
  response: Readonly<Record<string, unknown>> | null | undefined
  answeredAtMs: number | null
  /** What was done to it on purpose. */
  fault: string | null
}

export interface ExchangeFilter {
  readonly group?: string
  readonly client?: string
  readonly member?: string
}

const MAX_EXCHANGES = 10_000

export class ExchangeLog {
  private readonly exchanges: RecordedExchange[] = []
  private first = 0

  add(exchange: RecordedExchange): void {
    this.exchanges.push(exchange)
    if (this.exchanges.length - this.first <= MAX_EXCHANGES) return
    this.first++
    if (this.first < MAX_EXCHANGES) return
    this.exchanges.splice(0, this.first)
    this.first = 0
  }

  clear(): void {
    this.exchanges.length = 0
    this.first = 0
  }

  /** Oldest first. */
  of(api: ApiName | undefined, { group, client, member }: ExchangeFilter): RecordedExchange[] {
    return this.exchanges.slice(this.first).filter((exchange) => {
      if (api !== undefined && exchange.api !== api) return false
      if (group !== undefined && !groupsIn(exchange.body).includes(group)) return false
      if (client !== undefined && exchange.clientId !== client) return false
      return member === undefined || membersIn(exchange.body).includes(member)
    })
  }
}

/** The group that a request names, the first of several; null when it names none. */
export function groupOf(body: object): string | null {
  const { groupId } = body as { groupId?: string } // of most requests, the frequent ones among them
  return groupId || (groupsIn(body)[0] ?? null)
}

/** Batches are large, and views of what was read from the socket: only their size is kept. */
export function withoutBatches(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value
  if (Array.isArray(value)) return value.map(withoutBatches)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) =>
      name === 'records' && member != null
        ? [name, `${sizeOf(member as Buffer | readonly Buffer[])} bytes`]
        : [name, withoutBatches(member)],
    ),
  )
}

const sizeOf = (batches: Buffer | readonly Buffer[]) =>
  Buffer.isBuffer(batches) ? batches.length : batches.reduce((sum, { length }) => sum + length, 0)
