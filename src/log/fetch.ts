// Fetch (key 1): answered at once with data, an error, or nothing to wait for; else parked until min.bytes have come or
// max.wait.ms has passed (Kafka: ReplicaManager.fetchMessages, DelayedFetch). Sessions are fetch-sessions.ts.

import type { Ticket } from '../machine/decision.js'
import { DISARM } from '../machine/decision.js'
import type { Topic } from '../metadata/image.js'
import { ErrorCodes } from '../protocol/errors.js'
import type { FetchAnswer, FetchedPartition, FetchRequest } from '../protocol/messages/fetch.js'
import {
  answerFetch,
  type FetchContext,
  FIRST_VERSION_WITH_TOPIC_IDS,
  openFetch,
  type WantedPartition,
} from './fetch-sessions.js'
import { LeaderHints, leaderError } from './leadership.js'
import type { PartitionLog } from './partition.js'
import {
  failedFetch,
  type ReadBudget,
  type Reading,
  readPartition,
  recordsBytes,
  unknownPartition,
} from './read.js'
import { type LogStep, logOf, type ParkedFetch } from './state.js'
import { FetchTimer } from './types.js'

/** Until this version partitions have no more than they were allowed, though a client then may get nothing. */
const LAST_VERSION_WITH_HARD_LIMITS = 2
const LAST_VERSION_OF_MAGIC_0 = 1
const LAST_VERSION_OF_MAGIC_1 = 3
/** From here on the client says in which rack it is, and may read where its partition is followed (KIP-392). */
const FIRST_VERSION_FROM_FOLLOWERS = 11
/** Answers tell the leader to who did not ask it (KIP-951). */
const FIRST_VERSION_WITH_LEADERS = 16
const CURED_BY_THE_LEADER: ReadonlySet<number> = new Set([
  ErrorCodes.NOT_LEADER_OR_FOLLOWER,
  ErrorCodes.FENCED_LEADER_EPOCH,
])

/** Answers with FetchResponse, now or when there is something to say. */
export function fetch(step: LogStep, ticket: Ticket, request: FetchRequest): void {
  const context = openFetch(step, ticket.apiVersion, request)
  const read = readAll(step, ticket, request, context)
  if (read.mustAnswer || read.bytes >= minBytesOf(step, request) || request.maxWaitMs <= 0) {
    return reply(step, ticket, answerFetch(step, ticket.apiVersion, context, read.wanted, read.answers))
  }
  park(step, ticket, request, context, read.bytes)
}

/** More than the broker ever gives is not waited for. */
const minBytesOf = ({ image }: LogStep, { minBytes, maxBytes }: FetchRequest) =>
  Math.min(minBytes, maxBytes, image.settings.fetchMaxBytes)

const wantedBy = (context: FetchContext) => (context.kind === 'refused' ? [] : context.wanted)

interface Read {
  /** Those that exist come first, as in Kafka's answers. */
  readonly wanted: readonly WantedPartition[]
  readonly answers: FetchedPartition[]
  readonly bytes: number
  /** No partition to wait for, or one that has gone wrong since the client knew it. */
  readonly mustAnswer: boolean
}

function readAll(step: LogStep, ticket: Ticket, request: FetchRequest, context: FetchContext): Read {
  const { apiVersion } = ticket
  const reading: Reading = {
    magic: apiVersion > LAST_VERSION_OF_MAGIC_1 ? 2 : apiVersion > LAST_VERSION_OF_MAGIC_0 ? 1 : 0,
    readCommitted: request.isolationLevel === 1,
    compression: step.log.compression,
  }
  const budget: ReadBudget = {
    leftBytes: Math.min(request.maxBytes, step.image.settings.fetchMaxBytes),
    mayExceed: apiVersion > LAST_VERSION_WITH_HARD_LIMITS,
  }
  const answering = apiVersion >= FIRST_VERSION_FROM_FOLLOWERS ? 'replica' : 'leader'
  const known: WantedPartition[] = []
  const unknown: WantedPartition[] = []
  const answers: FetchedPartition[] = []
  const refusals: FetchedPartition[] = []
  let failed = false
  let bytes = 0
  for (const wanted of wantedBy(context)) {
    const { partition } = wanted.asked
    const topic = topicOf(step, ticket, wanted)
    const log = logOf(step, topic, partition)
    if (log === undefined) {
      const isUnknownId = apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS && topic === undefined
      unknown.push(wanted)
      refusals.push(unknownPartition(partition, isUnknownId))
      continue
    }
    const errorCode = isFollower(request)
      ? ErrorCodes.NOT_LEADER_OR_FOLLOWER // replicas in one process have nothing to fetch
      : leaderError(step, topic, partition, wanted.asked.currentLeaderEpoch, answering)
    const leaderEpoch = topic?.partitions[partition]?.leaderEpoch ?? 0
    const answer =
      errorCode === ErrorCodes.NONE
        ? readPartition(log, wanted.asked, leaderEpoch, budget, reading)
        : failedFetch(partition, errorCode)
    if (answer.errorCode !== ErrorCodes.NONE || answer.divergingEpoch.epoch >= 0) failed = true
    known.push(wanted)
    answers.push(answer)
    bytes += recordsBytes(answer)
  }
  return {
    wanted: [...known, ...unknown],
    answers: [...answers, ...refusals],
    bytes,
    mustAnswer: failed || known.length === 0,
  }
}

/** A consumer is -1, Kafka's debugging consumer -2; v15 moved the field (KIP-903). */
const isFollower = ({ replicaId, replicaState }: FetchRequest) =>
  Math.max(replicaId, replicaState.replicaId) >= 0

function topicOf({ image }: LogStep, ticket: Ticket, wanted: WantedPartition): Topic | undefined {
  const byId = ticket.apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS
  return byId ? image.topicsById.get(wanted.topicId) : image.topicsByName.get(wanted.topic)
}

function park(
  step: LogStep,
  ticket: Ticket,
  request: FetchRequest,
  context: FetchContext,
  bytes: number,
): void {
  const { log } = step
  const partitions = wantedBy(context).flatMap((wanted) => {
    return logOf(step, topicOf(step, ticket, wanted), wanted.asked.partition) ?? []
  })
  const { nodeId } = step
  const timer = new FetchTimer(ticket)
  const parked: ParkedFetch = { ticket, request, context, timer, partitions, nodeId, arrivedBytes: bytes }
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
    const minBytes = minBytesOf(step, parked.request)
    if (parked.arrivedBytes < minBytes) continue
    const read = readAgain(step, parked)
    const isGone = bytes === Number.POSITIVE_INFINITY
    if (isGone || read.mustAnswer || read.bytes >= minBytes) answerParked(step, parked, read)
    else parked.arrivedBytes = read.bytes
  }
}

/** A partition has another leader: who waits for it where it can no longer be read is answered (Kafka: DelayedFetch, case A). */
export function recheckFetches(step: LogStep, topicId: string, index: number): void {
  const partition = step.log.topics.get(topicId)?.get(index)
  if (partition === undefined) return
  for (const parked of [...(step.log.waiting.get(partition) ?? [])]) {
    const read = readAgain(step, parked)
    if (read.mustAnswer) answerParked(step, parked, read)
  }
}

/** max.wait.ms is over: whatever is there is the answer. */
export function fetchTimerFired(step: LogStep, { ticket }: FetchTimer): void {
  const parked = step.log.parked.get(ticket)
  if (parked !== undefined) answerParked(step, parked, readAgain(step, parked))
}

/** The log is given up, and with it what is not durable: nobody is shown any of it, and who waits asks again. */
export function refuseFetches(step: LogStep): void {
  for (const parked of [...step.log.parked.values()]) {
    const wanted = wantedBy(parked.context)
    const refused = ({ asked }: WantedPartition) =>
      failedFetch(asked.partition, ErrorCodes.NOT_LEADER_OR_FOLLOWER)
    answerParked(step, parked, { wanted, answers: wanted.map(refused), bytes: 0, mustAnswer: true })
  }
}

const at = (step: LogStep, { nodeId }: ParkedFetch): LogStep => ({ ...step, nodeId })

const readAgain = (step: LogStep, parked: ParkedFetch): Read =>
  readAll(at(step, parked), parked.ticket, parked.request, parked.context)

/** Nobody is there to be answered. */
export function dropFetch(step: LogStep, ticket: Ticket): void {
  const parked = step.log.parked.get(ticket)
  if (parked !== undefined) forget(step, parked)
}

function answerParked(step: LogStep, parked: ParkedFetch, { wanted, answers }: Read): void {
  forget(step, parked)
  const { ticket, context } = parked
  reply(step, ticket, answerFetch(at(step, parked), ticket.apiVersion, context, wanted, answers))
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

function reply(step: LogStep, ticket: Ticket, response: FetchAnswer): void {
  if (ticket.apiVersion >= FIRST_VERSION_WITH_LEADERS) tellLeaders(step, response)
  step.decision.replies.push({ ticket, response })
}

function tellLeaders({ image }: LogStep, response: FetchAnswer): void {
  const hints = new LeaderHints(image)
  for (const { topicId, partitions } of response.responses) {
    for (const answer of partitions) {
      if (!CURED_BY_THE_LEADER.has(answer.errorCode)) continue
      hints.tell(answer, image.topicsById.get(topicId), answer.partitionIndex)
    }
  }
  response.nodeEndpoints.push(...hints.endpoints)
}
