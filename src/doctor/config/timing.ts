// The arithmetic of a client's settings: heartbeats against the session, a batch against the poll interval, a record against
// the session, all against the broker's bounds.

import { fromMs } from '../../observe/duration.js'
import type { Surroundings, Verdict } from '../rule.js'
import type { ClientConfig, Setting } from './client-config.js'
import { CLIENTS } from './clients.js'

/** So much of a limit may be used in the ordinary case: a downstream twice as slow then still fits. */
const HEADROOM = 0.5

const told = ({ name, value, origin }: Setting<unknown>) =>
  `${name}=${value} (${origin === 'default' ? "the client's default" : origin})`

/** In consumer groups of KIP-848 the broker decides both. */
const isClassic = ({ groupProtocol }: ClientConfig) => groupProtocol.value !== 'consumer'

export function judgeHeartbeatInterval(config: ClientConfig): Verdict[] {
  const { heartbeatIntervalMs: interval, sessionTimeoutMs: session } = config
  if (!isClassic(config) || interval.value <= session.value / 3) return []
  const isHopeless = interval.value >= session.value
  return [
    {
      headline: `${interval.name} is ${fromMs(interval.value)}, ${session.name} ${fromMs(session.value)}`,
      evidence: [told(interval), told(session)],
      explanation: isHopeless
        ? "The session runs out before the first heartbeat is due; Java's consumer does not start with this."
        : 'Within a session at least three heartbeats should fit, so that one or two may be lost.',
      remedy: `${interval.name}=${Math.floor(session.value / 3)}, or ${session.name}=${interval.value * 3}`,
      ...(isHopeless ? { severity: 'error' as const } : {}),
    },
  ]
}

export function judgeSessionBounds(config: ClientConfig, { setting }: Surroundings): Verdict[] {
  const { sessionTimeoutMs: session } = config
  const [min, max] = [setting('group.min.session.timeout.ms'), setting('group.max.session.timeout.ms')]
  if (!isClassic(config) || (session.value >= min && session.value <= max)) return []
  const bound = session.value < min ? 'group.min.session.timeout.ms' : 'group.max.session.timeout.ms'
  return [
    {
      headline: `${session.name} is ${session.value}; the broker takes ${min} to ${max}`,
      evidence: [told(session), `${bound}=${setting(bound)} (of the broker)`],
      explanation:
        'The broker answers every JoinGroup with INVALID_SESSION_TIMEOUT: the consumer never gets in.',
      remedy: `${session.name}=${session.value < min ? min : max}, or ${bound}=${session.value} in the broker`,
    },
  ]
}

/** How long a poll's records take, for clients that bound the time between polls. */
export function judgePollTime(config: ClientConfig): Verdict[] {
  const { recordMs, maxPollIntervalMs: interval, maxPollRecords: records, client } = config
  if (recordMs === null || client === 'kafkajs') return []
  const atOnce = records.value ?? 1
  const batchMs = atOnce * recordMs
  if (batchMs <= interval.value * HEADROOM) return []
  const isOver = batchMs > interval.value
  const fitting = Math.floor((interval.value * HEADROOM) / recordMs)
  const sum = `${atOnce} x ${fromMs(recordMs)} = ${fromMs(batchMs)}`
  const fewer =
    records.value === null || fitting < 1 ? 'take the work off the poll loop' : `${records.name}=${fitting}`
  return [
    {
      headline: `A poll's records take ${fromMs(batchMs)}; ${interval.name} is ${fromMs(interval.value)}`,
      evidence: [
        ...(records.value === null ? [] : [told(records)]),
        `${fromMs(recordMs)} for a record (--record-ms): ${sum}`,
        told(interval),
      ],
      explanation: isOver
        ? 'The consumer leaves the group in the middle of every full batch, rejoins with the next poll, and processes the batch again.'
        : 'It fits as long as nothing is slow; twice the time for a record, and the consumer leaves the group in the middle of a batch.',
      remedy: `${fewer}, or ${interval.name}=${Math.ceil(batchMs / HEADROOM)}`,
      severity: isOver ? 'error' : 'warning',
    },
  ]
}

/** For clients that heartbeat between records and not during one. */
export function judgeSlowRecord(config: ClientConfig): Verdict[] {
  const { recordMs, sessionTimeoutMs: session, client } = config
  if (recordMs === null || CLIENTS[client].hasHeartbeatThread) return []
  if (recordMs <= session.value * HEADROOM) return []
  const isOver = recordMs > session.value
  return [
    {
      headline: `A record takes ${fromMs(recordMs)}; ${session.name} is ${fromMs(session.value)}`,
      evidence: [`${fromMs(recordMs)} for a record (--record-ms)`, told(session)],
      explanation: `${CLIENTS[client].title} sends no heartbeat while a record is processed, unless the application calls heartbeat(). ${isOver ? 'The member is removed during every record.' : 'A record that takes twice as long has it removed.'}`,
      remedy: `${session.name}=${Math.ceil(recordMs / HEADROOM)}, or call heartbeat() within the record`,
      severity: isOver ? 'error' : 'warning',
    },
  ]
}

/** Above it others notice that they wait. */
const LONG_WAIT_MS = 30_000

/** A member rejoins when its records are done: a rebalance lasts as long as the slowest of them. */
export function judgeRejoinTime(config: ClientConfig): Verdict[] {
  const { recordMs, maxPollIntervalMs: interval, maxPollRecords: records, client } = config
  if (recordMs === null) return []
  // kafkajs's heartbeat() between records tells of a rebalance; the others look with the next poll.
  const busyMs = recordMs * (client === 'kafkajs' ? 1 : (records.value ?? 1))
  if (busyMs <= LONG_WAIT_MS) return []
  return [
    {
      headline: `Every rebalance of the group may wait ${fromMs(Math.min(busyMs, interval.value))} for this consumer`,
      evidence: [
        `${fromMs(recordMs)} for a record (--record-ms): ${fromMs(busyMs)} until it can rejoin`,
        told(interval),
      ],
      explanation: `It rejoins only when its records are done; the others wait for it, until the rebalance timeout (${interval.name}) gives it up.`,
      remedy: `${records.value === null ? 'Smaller records of work' : `${records.name}=${Math.max(1, Math.floor(LONG_WAIT_MS / recordMs))}`}, so that it is back within ${fromMs(LONG_WAIT_MS)}`,
    },
  ]
}
