// What an administrator does to a group from outside: sets its offsets, as kafka-consumer-groups --reset-offsets does.

import type { ErrorCode } from '../protocol/errors.js'
import type { ServerTicket } from '../server/ticket.js'
import { NOBODY, offsetCommitRequest } from './client/group-requests.js'
import { JAVA_DEFAULTS } from './client/settings.js'
import type { Cluster } from './cluster.js'
import type { ResponseOf } from './exchanges.js'

const OFFSET_COMMIT_VERSION = 9

/** Commits without a generation and without a member id; per partition how it was answered. */
export function setOffsets(
  cluster: Cluster,
  groupId: string,
  offsets: readonly { topic: string; partition: number; offset: number }[],
): ErrorCode[] {
  const codes: ErrorCode[] = []
  const ticket: ServerTicket = {
    ...{ apiVersion: OFFSET_COMMIT_VERSION, clientId: 'admin', clientHost: '/admin', isAnswered: false },
    decided: () => {},
    answer: (response) => {
      const { topics } = response as ResponseOf<'OffsetCommit'>
      codes.push(...topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode)))
    },
    refuse: (errorCode) => codes.push(...offsets.map(() => errorCode)),
  }
  const request = offsetCommitRequest({ ...JAVA_DEFAULTS, groupId }, NOBODY, offsets)
  cluster.toShard(cluster.coordinatorOf(groupId), groupId, { type: 'OffsetCommit', ticket, request })
  return codes
}
