// Fetch (key 1, from v4): answered at once with data, an error, or nothing to wait for; else parked until min.bytes have
// come or max.wait.ms has passed (Kafka: DelayedFetch). Sessions (KIP-227) are declined: every fetch names all it wants.

import type { Ticket } from '../machine/decision.js'
import { DISARM } from '../machine/decision.js'
import { ErrorCodes } from '../protocol/errors.js'
import type { FetchRequest, FetchResponse } from '../protocol/messages/fetch.js'
import type { PartitionLog } from './partition.js'
import { type ReadBudget, readPartition } from './read.js'
import { type LogStep, logOf, type ParkedFetch } from './state.js'
import type { FetchTimer } from './types.js'

/** Answers with FetchResponse, now or when there is something to say. */
export function fetch(step: LogStep, ticket: Ticket, request: FetchRequest): void {
  if (asksForSession(request)) {
    return reply(step, ticket, { ...emptyResponse(), errorCode: ErrorCodes.FETCH_SESSION_ID_NOT_FOUND })
  }
  const { response, bytes, mustAnswer } = read(step, ticket, request)
  if (mustAnswer || bytes >= request.minBytes || request.maxWaitMs <= 0) return reply(step, ticket, response)
  park(step, ticket, request, bytes)
}

/** Epoch 0 opens a session and -1 does without; any other continues one, and there is none. */
function asksForSession({ sessionEpoch }: FetchRequest): boolean {
  return sessionEpoch > 0
}

function emptyResponse(): FetchResponse {
  return { throttleTimeMs: 0, errorCode: ErrorCodes.NONE, sessionId: 0, responses: [], nodeEndpoints: [] }
}

interface Answer {
  readonly response: FetchResponse
  readonly bytes: number
  /** An error, or no partition to wait for. */
  readonly mustAnswer: boolean
}

function read(step: LogStep, ticket: Ticket, request: FetchRequest): Answer {
  const { settings } = step.image
  const budget: ReadBudget = { leftBytes: Math.min(request.maxBytes, settings.fetchMaxBytes), isEmpty: true }
  const response = emptyResponse()
  let mustAnswer = request.topics.length === 0
  let bytes = 0
  for (const { topic: name, topicId, partitions } of request.topics) {
    const byId = ticket.apiVersion >= 13
    const topic = byId ? step.image.topicsById.get(topicId) : step.image.topicsByName.get(name)
    const unknown =
      byId && topic === undefined ? ErrorCodes.UNKNOWN_TOPIC_ID : ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION
    const answers = partitions.map((asked) => {
      const leaderEpoch = topic?.partitions[asked.partition]?.leaderEpoch ?? 0
      const answer = readPartition(logOf(step, topic, asked.partition), asked, leaderEpoch, unknown, budget)
      if (answer.errorCode !== ErrorCodes.NONE) mustAnswer = true
      bytes += answer.records?.length ?? 0
      return answer
    })
    response.responses.push({ topic: name, topicId, partitions: answers })
  }
  return { response, bytes, mustAnswer }
}

function park(step: LogStep, ticket: Ticket, request: FetchRequest, bytes: number): void {
  const { log } = step
  const partitions = request.topics.flatMap(({ topic: name, topicId, partitions: asked }) => {
    const topic =
      ticket.apiVersion >= 13 ? step.image.topicsById.get(topicId) : step.image.topicsByName.get(name)
    return asked.flatMap(({ partition }) => logOf(step, topic, partition) ?? [])
  })
  const parked: ParkedFetch = { ticket, request, timer: { ticket }, partitions, arrivedBytes: bytes }
  log.parked.set(ticket, parked)
  for (const partition of partitions) {
    const waiting = log.waiting.get(partition)
    if (waiting === undefined) log.waiting.set(partition, new Set([parked]))
    else waiting.add(parked)
  }
  step.decision.timers.push({ key: parked.timer, deadlineMs: step.nowMs + request.maxWaitMs })
}

/** A partition has grown by so many bytes, or is gone: who has waited long enough for it is answered. */
export function wakeFetches(step: LogStep, partition: PartitionLog, bytes: number): void {
  for (const parked of [...(step.log.waiting.get(partition) ?? [])]) {
    parked.arrivedBytes += bytes
    if (parked.arrivedBytes < parked.request.minBytes) continue
    const { response, bytes: readable, mustAnswer } = read(step, parked.ticket, parked.request)
    if (mustAnswer || readable >= parked.request.minBytes) answerParked(step, parked, response)
    else parked.arrivedBytes = readable
  }
}

/** max.wait.ms is over: whatever is there is the answer. */
export function fetchTimerFired(step: LogStep, { ticket }: FetchTimer): void {
  const parked = step.log.parked.get(ticket)
  if (parked !== undefined) answerParked(step, parked, read(step, ticket, parked.request).response)
}

/** Nobody is there to be answered. */
export function dropFetch(step: LogStep, ticket: Ticket): void {
  const parked = step.log.parked.get(ticket)
  if (parked !== undefined) forget(step, parked)
}

function answerParked(step: LogStep, parked: ParkedFetch, response: FetchResponse): void {
  forget(step, parked)
  reply(step, parked.ticket, response)
}

function forget(step: LogStep, { ticket, timer, partitions }: ParkedFetch): void {
  const { log } = step
  const parked = log.parked.get(ticket) as ParkedFetch
  log.parked.delete(ticket)
  step.decision.timers.push({ key: timer, deadlineMs: DISARM })
  for (const partition of partitions) {
    const waiting = log.waiting.get(partition)
    waiting?.delete(parked)
    if (waiting?.size === 0) log.waiting.delete(partition)
  }
}

function reply(step: LogStep, ticket: Ticket, response: FetchResponse): void {
  step.decision.replies.push({ ticket, response })
}
