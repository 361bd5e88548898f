// Faults on demand: which requests they meet, and what happens to those, before they take effect or after.

import { type Duration, toMs } from '../observe/duration.js'
import type { RecordedExchange } from '../observe/exchanges.js'
import { groupsIn, membersIn, type TopicName, topicsIn } from '../observe/named.js'
import type { ApiName } from '../protocol/api-names.js'
import { Apis } from '../protocol/apis.js'
import { ErrorCodes, type ErrorName } from '../protocol/errors.js'
import { ConfigError, suggestion } from '../server/config/errors.js'
import type { WaitOptions } from './group.js'
import type { Signal } from './signal.js'

export interface FaultOptions {
  readonly api: ApiName | readonly ApiName[]
  readonly version?: number
  readonly group?: string
  /** By member id, client id or group.instance.id. */
  readonly member?: string
  readonly client?: string
  /** With a topic or partition, an error is of that part alone: the rest of the request stays real. */
  readonly topic?: string
  readonly partition?: number
  /** Any other condition. */
  readonly when?: (request: RecordedExchange) => boolean
  /** Only from the nth match on, counted from 1. */
  readonly nth?: number
  /** So often at the most; without end unless given, once when `nth` is. */
  readonly times?: number
  /** Each so-manieth match. */
  readonly every?: number
  /** Whether the request takes effect first: then only its answer is tampered with. */
  readonly after?: boolean
  // one of:
  /** Answered with this error, where the API's response carries one. */
  readonly error?: ErrorName
  /** Held up so long; a connection reads no further meanwhile. */
  readonly delay?: Duration
  /** Never answered. The connection goes on. */
  readonly drop?: true
  /** The connection is closed. */
  readonly disconnect?: true
  /** Answered with bytes that cannot be decoded. */
  readonly malformed?: true
}

export type FaultAction =
  | { readonly kind: 'error'; readonly code: number; readonly name: ErrorName }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'drop' | 'disconnect' | 'malformed' }

const ACTIONS = ['error', 'delay', 'drop', 'disconnect', 'malformed'] as const
const OTHERS = [
  'api',
  'version',
  'group',
  'member',
  'client',
  'topic',
  'partition',
  'when',
  'nth',
  'times',
  'every',
  'after',
]

/** @internal What a fault needs of the kit that it is set in. */
export interface FaultSurroundings {
  readonly signal: Signal
  readonly timeoutMs: number
  readonly topicName: TopicName
  /** The requests that are remembered. */
  seen(): readonly RecordedExchange[]
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
    this.options = options
    this.surroundings = surroundings
    this.apis = readApis(options)
    this.action = readAction(options)
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
  async hit(times = 1, { timeout }: WaitOptions = {}): Promise<void> {
    const { signal, timeoutMs, seen } = this.surroundings
    await signal.until(
      `fault (${this}) met ${times === 1 ? 'once' : `${times} times`}`,
      timeout === undefined ? timeoutMs : toMs(timeout),
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

function readApis({ api }: FaultOptions): readonly ApiName[] {
  const apis = typeof api === 'string' ? [api] : (api ?? [])
  if (apis.length === 0) throw new ConfigError("fault.api is missing: an API's name, or several")
  for (const name of apis) {
    if (!Object.hasOwn(Apis, name))
      throw new ConfigError(`fault.api: there is no API '${name}'${suggestion(name, Object.keys(Apis))}`)
  }
  return apis
}

function readAction(options: FaultOptions): FaultAction {
  for (const name of Object.keys(options)) {
    const known = [...OTHERS, ...ACTIONS]
    if (!known.includes(name))
      throw new ConfigError(`fault.${name}: there is no such option${suggestion(name, known)}`)
  }
  const named = ACTIONS.filter((name) => options[name] !== undefined)
  const [kind] = named
  if (kind === undefined || named.length > 1)
    throw new ConfigError(`a fault has one of ${ACTIONS.join(', ')}, not ${named.join(' and ') || 'none'}`)
  if (kind === 'delay') return { kind, ms: toMs(options.delay as Duration) }
  if (kind !== 'error') return { kind }
  const name = options.error as ErrorName
  if (!Object.hasOwn(ErrorCodes, name))
    throw new ConfigError(
      `fault.error: there is no error '${name}'${suggestion(name, Object.keys(ErrorCodes))}`,
    )
  return { kind, name, code: ErrorCodes[name] }
}
