// Faults on demand: which requests they meet, and what happens to those, before they take effect or after.

import type { RecordedExchange } from '../observe/exchanges.js'
import { groupsIn, membersIn, type TopicName, topicsIn } from '../observe/named.js'
import type { ApiName } from '../protocol/api-names.js'
import { type FaultAction, type FaultOptions, readFault } from './fault-options.js'
import type { WaitOptions } from './group.js'
import { checkTimes, readWait } from './options.js'
import type { Signal } from './signal.js'

export type { FaultAction, FaultOptions } from './fault-options.js'

/** @internal What a fault needs of the kit that it is set in. */
export interface FaultSurroundings {
  readonly signal: Signal
  readonly timeoutMs: number
  readonly topicName: TopicName
  /** The requests that are remembered. */
  seen(): readonly RecordedExchange[]
  isSet(fault: Fault): boolean
  remove(fault: Fault): void
}

/** One fault that is set. */
export class Fault {
  readonly options: FaultOptions
  readonly action: FaultAction
  private readonly apis: readonly ApiName[]
  private readonly surroundings: FaultSurroundings
  private matches = 0
  private hitCount = 0
  /** Requests that it met, oldest first. */
  readonly hits: RecordedExchange[] = []

  /** @internal Throws ConfigError for a name that does not exist, with the one that was probably meant. */
  constructor(options: FaultOptions, surroundings: FaultSurroundings) {
    const read = readFault(options)
    this.options = read.options
    this.apis = read.apis
    this.action = read.action
    this.surroundings = surroundings
  }

  /** Whether it meets this request: counts it if so. */
  meets(request: RecordedExchange): boolean {
    if (!this.concerns(request)) return false
    this.matches++
    const {
      nth = 1,
      every = 1,
      times = this.options.nth === undefined ? Number.POSITIVE_INFINITY : 1,
    } = this.options
    if (this.matches < nth || (this.matches - nth) % every !== 0 || this.hitCount >= times) return false
    this.hitCount++
    this.hits.push(request)
    this.surroundings.signal.raise()
    return true
  }

  private concerns(request: RecordedExchange): boolean {
    const { version, group, member, client, when } = this.options
    if (!this.apis.includes(request.api)) return false
    if (version !== undefined && request.version !== version) return false
    if (group !== undefined && !groupsIn(request.body).includes(group)) return false
    if (member !== undefined && ![...membersIn(request.body), request.clientId].includes(member)) return false
    if (client !== undefined && request.clientId !== client) return false
    return this.concernsTopic(request) && (when?.(request) ?? true)
  }

  private concernsTopic({ body }: RecordedExchange): boolean {
    if (!this.isOfPart) return true
    const topics = topicsIn(body, this.surroundings.topicName)
    if (topics === 'all') return true
    return topics.some(({ topic, partitions }) =>
      (partitions ?? [null]).some((each) => this.meetsPart(topic, each)),
    )
  }

  /** Whether it is of a topic or partition, and not of the request as a whole. */
  get isOfPart(): boolean {
    return this.options.topic !== undefined || this.options.partition !== undefined
  }

  /** Of null, the topic as a whole, whether all of it is met. */
  readonly meetsPart = (topic: string, partition: number | null): boolean => {
    const { topic: ofTopic = topic, partition: ofPartition = partition } = this.options
    return topic === ofTopic && partition === ofPartition
  }

  /** Resolves when it has met so many requests. */
  async hit(times = 1, options: WaitOptions = {}): Promise<void> {
    const { signal, timeoutMs, seen } = this.surroundings
    checkTimes(times, 'hit')
    await signal.until(
      `fault (${this}) met ${times === 1 ? 'once' : `${times} times`}`,
      readWait(options, 'hit') ?? timeoutMs,
      async () => (this.hitCount >= times ? true : undefined),
      async () => this.instead(seen()),
    )
  }

  /** What came while it was waited for. */
  private instead(requests: readonly RecordedExchange[]): string {
    const ofApi = requests.filter(({ api }) => this.apis.includes(api))
    const by = new Set(
      ofApi.map(({ clientId, group }) => `client '${clientId}'${group === null ? '' : `, group '${group}'`}`),
    )
    const who = by.size === 0 ? '' : `, of ${[...by].join('; ')}`
    return `it has met ${this.hitCount}; ${ofApi.length} requests of ${this.apis.join(', ')} came${who}`
  }

  /** false: it was removed, or the broker was reset. */
  get isSet(): boolean {
    return this.surroundings.isSet(this)
  }

  /** It meets nothing any more. */
  remove(): void {
    this.surroundings.remove(this)
  }

  /** In one line, for messages. */
  toString(): string {
    const { api, after, when, ...others } = this.options
    const text = Object.entries(others).map(([name, value]) => `${name} ${value}`)
    return `${[...this.apis].join(', ')}: ${text.join(', ')}${after ? ', after it took effect' : ''}${when ? ', by a condition' : ''}`
  }
}
