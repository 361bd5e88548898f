// The vocabulary of the log: what it is asked, what it keeps, what it waits for.

import type { Decision, LifecycleEvent, Ticket } from '../machine/decision.js'
import { TimerKey } from '../machine/timer-key.js'
import type { DeleteRecordsRequest } from '../protocol/messages/delete-records.js'
import type { DescribeLogDirsRequest } from '../protocol/messages/describe-log-dirs.js'
import type { DescribeProducersRequest } from '../protocol/messages/describe-producers.js'
import type { FetchRequest } from '../protocol/messages/fetch.js'
import type { ListOffsetsRequest } from '../protocol/messages/list-offsets.js'
import type { OffsetForLeaderEpochRequest } from '../protocol/messages/offset-for-leader-epoch.js'
import type { ProduceRequest } from '../protocol/messages/produce.js'

interface Asked<Type extends string, Request> {
  readonly type: Type
  readonly ticket: Ticket
  readonly request: Request
  /** The node that is asked; undefined: within the process, where all partitions are one log. */
  readonly nodeId?: number
}

export type LogEvent =
  // each answered with the response message of the same name; Produce with acks 0 too
  // ownsBytes: nobody else reads the bytes of the request, so that a large batch need not be copied to be kept
  | (Asked<'Produce', ProduceRequest> & { readonly ownsBytes?: boolean })
  | Asked<'Fetch', FetchRequest>
  | Asked<'ListOffsets', ListOffsetsRequest>
  | Asked<'DeleteRecords', DeleteRecordsRequest>
  | Asked<'OffsetForLeaderEpoch', OffsetForLeaderEpochRequest>
  | Asked<'DescribeProducers', DescribeProducersRequest>
  // logDir: what to call it
  | (Asked<'DescribeLogDirs', DescribeLogDirsRequest> & { readonly logDir: string })
  // its connection is gone: a parked fetch is forgotten, nothing is answered
  | { readonly type: 'dropTicket'; readonly dropped: Ticket }
  // retention and compaction; the time of the coordinator's clock, under which a test may let days pass
  | { readonly type: 'clean'; readonly nowMs: number }
  // partitions have another leader: who waits where they were is answered
  | { readonly type: 'leadersMoved'; readonly partitions: readonly { topicId: string; index: number }[] }
  // a node has stopped: its fetch sessions are gone
  | { readonly type: 'nodeStopped'; readonly nodeId: number }
  // topics are gone with their batches; who waits for them is answered
  | { readonly type: 'topicsDeleted'; readonly topics: readonly { name: string; id: string }[] }

/** max.wait.ms of one parked fetch. */
export class FetchTimer extends TimerKey {
  readonly ticket: Ticket

  constructor(ticket: Ticket) {
    super()
    this.ticket = ticket
  }
}

/** A batch as it is kept, or that it is no longer. */
export type LogRecord =
  | {
      readonly kind: 'Batch'
      readonly topicId: string
      readonly partition: number
      readonly baseOffset: number
      /** With its base offset and leader epoch. */
      readonly bytes: Buffer
    }
  | {
      readonly kind: 'BatchRemoved'
      readonly topicId: string
      readonly partition: number
      readonly baseOffset: number
    }
  /** Where a partition begins, once that is not 0; null when it is gone. */
  | {
      readonly kind: 'StartOffset'
      readonly topicId: string
      readonly partition: number
      readonly startOffset: number | null
    }

export type LogDecision = Decision<LogRecord, FetchTimer, never, never>
export type LogLifecycle = LifecycleEvent<FetchTimer>
