// A kafkajs client for a story, quick to learn of changes, and hands that work as slowly as the test says.

import { type Consumer, type EachMessagePayload, Kafka, logLevel } from 'kafkajs'

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1'

export function client(brokers: string[], clientId: string, retries = 5): Kafka {
  return new Kafka({
    clientId,
    brokers,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, retries },
  })
}

/** It looks for heartbeats and records every 20 ms. */
export function consumerOf(
  kafka: Kafka,
  groupId: string,
  { restart = true, heartbeatInterval = 20 } = {},
): Consumer {
  const retry = { initialRetryTime: 20, retries: restart ? 5 : 0, restartOnFailure: async () => restart }
  return kafka.consumer({ groupId, heartbeatInterval, maxWaitTimeInMs: 20, retry })
}

/** A message that a consumer works on. */
export interface Work {
  readonly text: string
  /** The consumer has finished with it. */
  readonly finish: () => void
}

/** What eachMessage is given is worked on until the test says that it is finished. */
export class Hands {
  /** What was taken in hand, in order. */
  readonly taken: string[] = []
  private readonly finishes: (() => void)[] = []
  private readonly begun: Work[] = []
  private readonly waiting: ((work: Work) => void)[] = []
  private released = false

  /** For consumer.run. */
  readonly work = ({ message }: Pick<EachMessagePayload, 'message'>): Promise<void> =>
    new Promise((finish) => {
      const work = { text: String(message.value), finish }
      this.taken.push(work.text)
      if (this.released) return finish()
      this.finishes.push(finish)
      const waits = this.waiting.shift()
      if (waits === undefined) this.begun.push(work)
      else waits(work)
    })

  /** Resolves when the consumer has taken another one. */
  next(): Promise<Work> {
    const work = this.begun.shift()
    return work === undefined ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve(work)
  }

  /** What is in hand is finished, and from now on everything is at once. */
  release(): void {
    this.released = true
    for (const finish of this.finishes.splice(0)) finish()
  }
}
