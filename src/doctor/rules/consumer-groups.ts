// The rule about groups of the protocol of KIP-848, where the broker assigns and members follow at their own pace.

import { fromMs } from '../../observe/duration.js'
import type { EntryOf } from '../../observe/journal-entry.js'
import { judgeConsumerProtocol } from '../config/membership.js'
import type { GroupHistory } from '../history.js'
import type { Rule, Verdict } from '../rule.js'
import { list, members, newest } from '../words.js'

/** GroupMetadataManager: "fenced from the group because it failed to transition from epoch N within M ms". */
const NOT_RECONCILED = /failed to transition from epoch/

function keepsNotRevoking(history: GroupHistory): Verdict[] {
  const removed = history.of('member-removed').filter(({ cause }) => NOT_RECONCILED.test(cause ?? ''))
  const fenced = history.of('error').filter(({ error }) => error === 'FENCED_MEMBER_EPOCH')
  return [...neverRevoked(history, removed), ...(removed.length === 0 ? fencedEpoch(fenced) : [])]
}

function neverRevoked(history: GroupHistory, removed: readonly EntryOf<'member-removed'>[]): Verdict[] {
  const [last] = removed.slice(-1)
  if (last === undefined) return []
  const asked = history
    .of('reconcile')
    .findLast(
      ({ member, atMs, revoking }) => member === last.member && atMs <= last.atMs && revoking.length > 0,
    )
  const waitedMs = asked === undefined ? null : last.atMs - asked.atMs
  const what = asked === undefined ? 'partitions' : list(asked.revoking)
  return [
    {
      headline: `${members(removed)} did not give up ${what}${waitedMs === null ? '' : ` in ${fromMs(waitedMs)}`} and was removed`,
      evidence: [...(asked === undefined ? [] : [asked]), ...newest(removed)],
      explanation:
        'It heartbeats, which does not help: what it is to give up it must say that it no longer owns, within its rebalance timeout (max.poll.interval.ms). Until then nobody else gets those partitions.',
      remedy:
        'A poll loop that comes round more often (max.poll.records lower), a short onPartitionsRevoked, or max.poll.interval.ms above what both take.',
    },
  ]
}

function fencedEpoch(fenced: readonly EntryOf<'error'>[]): Verdict[] {
  if (fenced.length === 0) return []
  return [
    {
      headline: `${members(fenced)} heartbeats with an epoch that is not its own any more (FENCED_MEMBER_EPOCH)`,
      evidence: newest(fenced),
      explanation:
        'The broker has given its place a newer epoch: an answer was lost, or the same member id runs twice. A client that is fenced gives up its partitions and joins again with epoch 0.',
      remedy: 'A member id of its own for each process; if it comes once and goes, nothing.',
      severity: 'warning',
    },
  ]
}

export const CONSUMER_GROUP_RULES: readonly Rule[] = [
  {
    id: 'R22',
    title: 'Does not give up its partitions',
    severity: 'error',
    looksFor:
      'in a consumer group of KIP-848, a member removed because it did not follow to its new epoch, or FENCED_MEMBER_EPOCH',
    advice: 'a lower `max.poll.records`, a short `onPartitionsRevoked`, a higher `max.poll.interval.ms`',
    source: "KIP-848; Kafka's GroupMetadataManager",
    judge: keepsNotRevoking,
    judgeConfig: judgeConsumerProtocol,
  },
]
