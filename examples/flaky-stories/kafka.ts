// A kafkajs client for a story, quick to learn of changes.

import { type Consumer, Kafka, logLevel } from 'kafkajs'

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
export function consumerOf(kafka: Kafka, groupId: string, restart = true): Consumer {
  const retry = { initialRetryTime: 20, retries: restart ? 5 : 0, restartOnFailure: async () => restart }
  return kafka.consumer({ groupId, heartbeatInterval: 20, maxWaitTimeInMs: 20, retry })
}
