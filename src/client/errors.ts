// What can go wrong between an administrator and a broker, told in one line: what it means and what to do, and in brackets
// which request to which broker was answered how. Codes stay values until they get here.

import type { ApiName } from '../protocol/api-names.js'
import { ErrorCodes, errorName, isRetriable } from '../protocol/errors.js'

/** A broker as it is spoken of. */
export interface Peer {
  /** null: only its address is known yet. */
  readonly nodeId: number | null
  readonly host: string
  readonly port: number
}

/** Kafka's name of an error, or what happened in place of an answer. */
export type Failure = 'UNREACHABLE' | 'TIMEOUT' | 'DISCONNECTED' | 'NO_ANSWER_OF_KAFKA' | (string & {})

export class AdminError extends Error {
  override readonly name = 'AdminError'
  readonly errorName: Failure
  readonly api: ApiName | null
  readonly peer: Peer | null
  readonly isRetriable: boolean

  constructor(
    means: string,
    errorName: Failure,
    api: ApiName | null,
    peer: Peer | null,
    isRetriable = false,
  ) {
    const where = [api, peer === null ? null : `at ${peerText(peer)}`].filter((part) => part !== null)
    super(`${means} (${where.join(' ')}: ${errorName})`)
    this.errorName = errorName
    this.api = api
    this.peer = peer
    this.isRetriable = isRetriable
  }
}

export function addressText({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

export function peerText(peer: Peer): string {
  return peer.nodeId === null ? addressText(peer) : `broker ${peer.nodeId}, ${addressText(peer)}`
}

/** What a request was about. */
export interface Subject {
  readonly group?: string
  readonly topic?: string
  /** What the broker said besides the code. */
  readonly message?: string | null
}

/** The error that a broker answered with. */
export function answered(code: number, api: ApiName, peer: Peer, subject: Subject = {}): AdminError {
  return new AdminError(meaning(code, subject), errorName(code), api, peer, isRetriable(code))
}

function meaning(code: number, { group, topic, message }: Subject): string {
  const g = group === undefined ? 'the group' : `group '${group}'`
  const t = topic === undefined ? 'the topic' : `topic '${topic}'`
  switch (code) {
    case ErrorCodes.GROUP_SUBSCRIBED_TO_TOPIC:
      return `${g} is consuming ${t}: stop its members first`
    case ErrorCodes.UNKNOWN_MEMBER_ID:
    case ErrorCodes.ILLEGAL_GENERATION:
    case ErrorCodes.STALE_MEMBER_EPOCH:
    case ErrorCodes.NON_EMPTY_GROUP:
    case ErrorCodes.REBALANCE_IN_PROGRESS:
      return `${g} has members: stop them first`
    case ErrorCodes.GROUP_ID_NOT_FOUND:
      return `${g} does not exist: nobody has joined it or committed to it`
    case ErrorCodes.INVALID_GROUP_ID:
      return `${g} is no name that this broker takes`
    case ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCodes.UNKNOWN_TOPIC_ID:
      return `${t} or its partition does not exist`
    case ErrorCodes.COORDINATOR_NOT_AVAILABLE:
      return `${g} has no coordinator: __consumer_offsets is not there yet, or no replica of it is online`
    case ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS:
      return `the coordinator of ${g} is still loading its groups: try again`
    case ErrorCodes.NOT_COORDINATOR:
      return `the coordinator of ${g} is moving: try again`
    case ErrorCodes.LEADER_NOT_AVAILABLE:
    case ErrorCodes.NOT_LEADER_OR_FOLLOWER:
      return `a partition of ${t} has no leader at the moment: try again`
    case ErrorCodes.GROUP_AUTHORIZATION_FAILED:
      return `this client may not do that to ${g}: it needs an ACL for it`
    case ErrorCodes.TOPIC_AUTHORIZATION_FAILED:
      return `this client may not do that to ${t}: it needs an ACL for it`
    case ErrorCodes.CLUSTER_AUTHORIZATION_FAILED:
      return 'this client may not do that to the cluster: it needs an ACL for it'
    default:
      return message || (group === undefined ? 'the broker refused' : `the broker refused, for ${g}`)
  }
}
