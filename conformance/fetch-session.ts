// The client's side of a fetch session (KIP-227): its id, its epoch, and what is told of partitions.

import { ErrorCodes as E } from '../src/protocol/errors.js'
import { Mismatch } from './case.js'
import type { OwnTopic } from './own-topic.js'

/** partition -> fetch offset, or -1 for one to be forgotten. */
export type Changes = Readonly<Record<number, number>>

export class Session {
  id = 0
  epoch = 0
  readonly topic: OwnTopic
  private readonly version: number

  constructor(topic: OwnTopic, version: number) {
    this.topic = topic
    this.version = version
  }

  /** What is told of partitions: partition -> error. Throws Mismatch on an error of the whole. */
  async fetch(changes: Changes = {}, more: object = {}): Promise<Record<number, number>> {
    const { errorCode, sessionId, responses } = await this.ask(changes, more)
    if (errorCode !== E.NONE) throw new Mismatch('the session', E.NONE, errorCode)
    this.id = sessionId
    this.epoch += 1
    const told = responses.flatMap(({ partitions }) => partitions)
    return Object.fromEntries(told.map((each) => [each.partitionIndex, each.errorCode]))
  }

  ask(changes: Changes = {}, more: object = {}, version = this.version) {
    const entries = Object.entries(changes).map(([partition, offset]) => [Number(partition), offset] as const)
    const asked = entries.filter(([, offset]) => offset >= 0)
    const gone = entries.filter(([, offset]) => offset < 0).map(([partition]) => partition)
    const forgottenTopicsData = gone.length === 0 ? [] : [{ ...this.topic.named, partitions: gone }]
    return this.topic.fetchAll(
      asked.map(([partition, offset]) => ({ partition, fetchOffset: BigInt(offset) })),
      { sessionId: this.id, sessionEpoch: this.epoch, forgottenTopicsData, ...more },
      version,
    )
  }
}
