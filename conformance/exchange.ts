// What a case sent and got, kept in the order of sending, so that a report can show it decoded.

/** A request, and its answer or what came instead; neither as long as it is under way. */
export interface Exchange {
  /** Of the case, counted from 1. */
  readonly connection: number
  /** Since the case began. */
  readonly atMs: number
  /** Kafka's name of the API, or null for bytes that are sent as they are. */
  readonly api: string | null
  readonly version: number
  readonly request: unknown
  response?: unknown
  /** Why there is no response. */
  failure?: string
  tookMs?: number
}

export class Recording {
  readonly exchanges: Exchange[] = []
  private readonly begunAt = performance.now()
  private connections = 0

  connection(): number {
    return ++this.connections
  }

  begin(connection: number, api: string | null, version: number, request: unknown): Exchange {
    const exchange = { connection, atMs: performance.now() - this.begunAt, api, version, request }
    this.exchanges.push(exchange)
    return exchange
  }

  /** Completes the exchange with what comes of the promise, which is handed on. */
  async complete<T>(exchange: Exchange, answer: Promise<T>): Promise<T> {
    try {
      const response = await answer
      exchange.response = response
      return response
    } catch (error) {
      exchange.failure = error instanceof Error ? error.message : String(error)
      throw error
    } finally {
      exchange.tookMs = performance.now() - this.begunAt - exchange.atMs
    }
  }

  /** API -> the versions that were sent of it, in order. */
  sent(): Record<string, number[]> {
    const versions = new Map<string, Set<number>>()
    for (const { api, version } of this.exchanges) {
      if (api !== null) versions.set(api, (versions.get(api) ?? new Set()).add(version))
    }
    return Object.fromEntries([...versions].map(([api, set]) => [api, [...set].sort((a, b) => a - b)]))
  }
}
