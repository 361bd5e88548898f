// Fetch sessions (KIP-227; Kafka: FetchManager, FetchSession): a client names its partitions once, then only what it changes, and is
// told only of partitions that have news. How many sessions there are at most is max.incremental.fetch.session.cache.slots.

import { type ErrorCode, ErrorCodes } from '../protocol/errors.js'
import type { FetchAnswer, FetchedPartition, FetchRequest } from '../protocol/messages/fetch.js'
import type { LogStep } from './state.js'

export type AskedPartition = FetchRequest['topics'][number]['partitions'][number]

export interface WantedPartition {
  readonly topic: string
  readonly topicId: string
  asked: AskedPartition
}

interface CachedPartition extends WantedPartition {
  /** As the client was last told; -1n after an error, so that it is told again when that is over. */
  highWatermark: bigint
  logStartOffset: bigint
}

export interface FetchSession {
  readonly id: number
  /** That of the next request. */
  epoch: number
  readonly usesTopicIds: boolean
  /** Those that had records in the last answer come last, so that none is starved. */
  readonly partitions: Map<string, CachedPartition>
  lastUsedMs: number
}

export interface FetchSessions {
  /** The one that was not used for longest comes first. */
  readonly byId: Map<number, FetchSession>
  lastId: number
}

export type FetchContext =
  | { readonly kind: 'refused'; readonly errorCode: ErrorCode }
  | { readonly kind: 'sessionless'; readonly wanted: readonly WantedPartition[] }
  | { readonly kind: 'full'; readonly wanted: readonly WantedPartition[] }
  | {
      readonly kind: 'incremental'
      readonly session: FetchSession
      readonly epoch: number
      readonly wanted: readonly WantedPartition[]
    }

export const NO_SESSION = 0
const INITIAL_EPOCH = 0
const FINAL_EPOCH = -1
const MAX_EPOCH = 0x7fffffff
/** A session that was idle for so long gives way to a new one. */
const EVICTABLE_AFTER_MS = 120_000
export const FIRST_VERSION_WITH_TOPIC_IDS = 13

const nextEpoch = (epoch: number) => (epoch === MAX_EPOCH ? 1 : epoch + 1)

/** What a request asks for, with what its session knows. */
export function openFetch(step: LogStep, apiVersion: number, request: FetchRequest): FetchContext {
  const sessions = sessionsOf(step)
  const { sessionId, sessionEpoch } = request
  const usesTopicIds = apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS
  if (sessionEpoch === INITIAL_EPOCH || sessionEpoch === FINAL_EPOCH) {
    if (sessionId !== NO_SESSION) sessions.byId.delete(sessionId)
    const wanted = wantedOf(request)
    return sessionEpoch === FINAL_EPOCH ? { kind: 'sessionless', wanted } : { kind: 'full', wanted }
  }
  const session = sessions.byId.get(sessionId)
  if (session === undefined) return { kind: 'refused', errorCode: ErrorCodes.FETCH_SESSION_ID_NOT_FOUND }
  if (session.epoch !== sessionEpoch) {
    return { kind: 'refused', errorCode: ErrorCodes.INVALID_FETCH_SESSION_EPOCH }
  }
  if (session.usesTopicIds !== usesTopicIds) {
    return { kind: 'refused', errorCode: ErrorCodes.FETCH_SESSION_TOPIC_ID_ERROR }
  }
  change(session, request)
  if (session.partitions.size === 0) {
    sessions.byId.delete(session.id)
    return { kind: 'sessionless', wanted: wantedOf(request) }
  }
  session.epoch = nextEpoch(session.epoch)
  session.lastUsedMs = step.nowMs
  sessions.byId.delete(session.id)
  sessions.byId.set(session.id, session)
  return { kind: 'incremental', session, epoch: session.epoch, wanted: [...session.partitions.values()] }
}

/** Each partition once. */
function wantedOf({ topics }: FetchRequest): WantedPartition[] {
  const wanted = new Map<string, WantedPartition>()
  for (const { topic, topicId, partitions } of topics) {
    for (const asked of partitions)
      wanted.set(keyOf(topic, topicId, asked.partition), { topic, topicId, asked })
  }
  return [...wanted.values()]
}

const keyOf = (topic: string, topicId: string, partition: number) => `${topic} ${topicId} ${partition}`

function change({ partitions }: FetchSession, request: FetchRequest): void {
  for (const { topic, topicId, asked } of wantedOf(request)) {
    const key = keyOf(topic, topicId, asked.partition)
    const cached = partitions.get(key)
    if (cached === undefined)
      partitions.set(key, { topic, topicId, asked, highWatermark: -1n, logStartOffset: -1n })
    else cached.asked = asked
  }
  for (const { topic, topicId, partitions: forgotten } of request.forgottenTopicsData) {
    for (const partition of forgotten) partitions.delete(keyOf(topic, topicId, partition))
  }
}

/** The answer, of as many entries as there are wanted partitions; a session keeps what it told. */
export function answerFetch(
  step: LogStep,
  apiVersion: number,
  context: FetchContext,
  wanted: readonly WantedPartition[],
  answers: readonly FetchedPartition[],
): FetchAnswer {
  if (context.kind === 'refused') return response(context.errorCode, NO_SESSION)
  if (context.kind === 'sessionless') return grouped(NO_SESSION, wanted, answers)
  if (context.kind === 'full') {
    const sessionId = newSession(step, apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS, wanted, answers)
    return grouped(sessionId, wanted, answers)
  }
  const { session } = context
  // Another request of this session has come meanwhile, on another connection.
  if (session.epoch !== context.epoch) return response(ErrorCodes.INVALID_FETCH_SESSION_EPOCH, NO_SESSION)
  const news = wanted.map((each, i) => tell(session, each as CachedPartition, answers[i] as FetchedPartition))
  return grouped(
    session.id,
    wanted.filter((_, i) => news[i]),
    answers.filter((_, i) => news[i]),
  )
}

/** Whether the client must be told; it then knows. */
function tell(session: FetchSession, cached: CachedPartition, answer: FetchedPartition): boolean {
  const { errorCode, highWatermark, logStartOffset, records, divergingEpoch } = answer
  const hasRecords = records.length > 0
  const isNews =
    hasRecords ||
    errorCode !== ErrorCodes.NONE ||
    divergingEpoch.epoch >= 0 ||
    cached.highWatermark !== highWatermark ||
    cached.logStartOffset !== logStartOffset
  cached.highWatermark = errorCode === ErrorCodes.NONE ? highWatermark : -1n
  cached.logStartOffset = logStartOffset
  if (hasRecords) {
    const key = keyOf(cached.topic, cached.topicId, cached.asked.partition)
    if (session.partitions.delete(key)) session.partitions.set(key, cached)
  }
  return isNews
}

/** Its id, or NO_SESSION where there are as many as there may be. */
function newSession(
  step: LogStep,
  usesTopicIds: boolean,
  wanted: readonly WantedPartition[],
  answers: readonly FetchedPartition[],
): number {
  const sessions = sessionsOf(step)
  const slots = step.image.settings.maxIncrementalFetchSessionCacheSlots
  if (sessions.byId.size >= slots) {
    const [oldest] = sessions.byId.values()
    if (oldest === undefined || step.nowMs - oldest.lastUsedMs < EVICTABLE_AFTER_MS) return NO_SESSION
    sessions.byId.delete(oldest.id)
  }
  const partitions = new Map<string, CachedPartition>()
  for (const [i, { topic, topicId, asked }] of wanted.entries()) {
    const { highWatermark, logStartOffset } = answers[i] as FetchedPartition
    partitions.set(keyOf(topic, topicId, asked.partition), {
      topic,
      topicId,
      asked,
      highWatermark,
      logStartOffset,
    })
  }
  const id = newSessionId(sessions)
  sessions.byId.set(id, { id, epoch: 1, usesTopicIds, partitions, lastUsedMs: step.nowMs })
  return id
}

/** Of the node that is asked: it knows none of another. Ids begin at a number made of the time and the node, that none meets another's. */
function sessionsOf({ log, nodeId, nowMs }: LogStep): FetchSessions {
  const known = log.sessions.get(nodeId)
  if (known !== undefined) return known
  const lastId = Math.imul((nowMs + (nodeId ?? 0)) | 0, 0x9e3779b1) >>> 1
  const sessions = { byId: new Map(), lastId }
  log.sessions.set(nodeId, sessions)
  return sessions
}

function newSessionId(sessions: FetchSessions): number {
  do sessions.lastId = (sessions.lastId % MAX_EPOCH) + 1
  while (sessions.byId.has(sessions.lastId))
  return sessions.lastId
}

function response(errorCode: ErrorCode, sessionId: number): FetchAnswer {
  return { throttleTimeMs: 0, errorCode, sessionId, responses: [], nodeEndpoints: [] }
}

function grouped(
  sessionId: number,
  wanted: readonly WantedPartition[],
  answers: readonly FetchedPartition[],
): FetchAnswer {
  const { responses, ...rest } = response(ErrorCodes.NONE, sessionId)
  for (const [i, { topic, topicId }] of wanted.entries()) {
    const answer = answers[i] as FetchedPartition
    const last = responses.at(-1)
    if (last !== undefined && last.topic === topic && last.topicId === topicId) last.partitions.push(answer)
    else responses.push({ topic, topicId, partitions: [answer] })
  }
  return { ...rest, responses }
}
