// The controller: the owner of the image. What changes it is decided by handlers over the image of the moment and comes here as
// records, with the answer that waits for them; producer ids are handed out in blocks, of which only the end is kept (Kafka:
// QuorumController, ProducerIdControlManager).

import type { Decision, Machine, Ticket } from '../machine/decision.js'
import { ErrorCodes } from '../protocol/errors.js'
import type { InitProducerIdResponse } from '../protocol/messages/init-producer-id.js'
import { withBrokers } from './changes.js'
import type { BrokerNode, ClusterImage, Context } from './image.js'
import { type MetadataRecord, withRecords } from './records.js'
import type { Settings } from './settings.js'

export type ControllerEvent =
  /** No record: the answer only tells of the image, and waits until that is durable. */
  | {
      readonly type: 'change'
      readonly records: readonly MetadataRecord[]
      readonly ticket?: Ticket
      readonly response?: object
    }
  /** Of an idempotent producer without transactions. */
  | { readonly type: 'InitProducerId'; readonly ticket: Ticket }
  /** Of this run; not kept. */
  | { readonly type: 'brokers'; readonly brokers: readonly BrokerNode[] }
  | { readonly type: 'settings'; readonly settings: Settings }

/** For everybody who keeps something of the cluster. */
export interface ImageCall {
  readonly type: 'image'
  readonly image: ClusterImage
  readonly deleted: readonly { readonly name: string; readonly id: string }[]
}

export type Controller = Machine<ControllerEvent, Context, MetadataRecord, never, ImageCall, never>

/** Kafka: ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE */
const PRODUCER_ID_BLOCK = 1000n

interface State {
  image: ClusterImage
  nextProducerId: bigint
  /** Ids below this one are reserved: after a restart they count as handed out. */
  reservedUntil: bigint
}

type ControllerDecision = Decision<MetadataRecord, never, ImageCall, never>

/** `image`: the cluster before any record. */
export function createController(image: ClusterImage): Controller {
  const state: State = { image, nextProducerId: 0n, reservedUntil: 0n }
  return {
    replay: (record) => replay(state, [record]),
    step(event) {
      const decision: ControllerDecision = { records: [], replies: [], timers: [], calls: [], events: [] }
      switch (event.type) {
        case 'change':
          change(state, decision, event.records)
          if (event.ticket !== undefined && event.response !== undefined) {
            decision.replies.push({ ticket: event.ticket, response: event.response })
          }
          break
        case 'InitProducerId':
          initProducerId(state, decision, event.ticket)
          break
        case 'brokers':
          publish(state, decision, withBrokers(state.image, event.brokers))
          break
        case 'settings':
          publish(state, decision, { ...state.image, settings: event.settings })
          break
        case 'loaded':
          decision.calls.push({ type: 'image', image: state.image, deleted: [] })
          break
        case 'timer':
        case 'unload':
          break
      }
      return decision
    },
  }
}

function replay(state: State, records: readonly MetadataRecord[]): void {
  state.image = withRecords(state.image, records)
  for (const record of records) {
    if (record.kind !== 'ProducerIds') continue
    state.nextProducerId = record.nextProducerId
    state.reservedUntil = record.nextProducerId
  }
}

function change(state: State, decision: ControllerDecision, records: readonly MetadataRecord[]): void {
  if (records.length === 0) return
  replay(state, records)
  decision.records.push(...records)
  const deleted = records.flatMap((record) =>
    record.kind === 'TopicRemoved' ? [{ name: record.name, id: record.id }] : [],
  )
  decision.calls.push({ type: 'image', image: state.image, deleted })
}

function publish(state: State, decision: ControllerDecision, image: ClusterImage): void {
  state.image = { ...image, version: image.version + 1 }
  decision.calls.push({ type: 'image', image: state.image, deleted: [] })
}

function initProducerId(state: State, decision: ControllerDecision, ticket: Ticket): void {
  if (state.nextProducerId === state.reservedUntil) {
    state.reservedUntil += PRODUCER_ID_BLOCK
    decision.records.push({ kind: 'ProducerIds', nextProducerId: state.reservedUntil })
  }
  const response: InitProducerIdResponse = {
    throttleTimeMs: 0,
    errorCode: ErrorCodes.NONE,
    producerId: state.nextProducerId++,
    producerEpoch: 0,
    ongoingTxnProducerId: -1n,
    ongoingTxnProducerEpoch: -1,
  }
  decision.replies.push({ ticket, response })
}
