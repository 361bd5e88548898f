// An application with timers of its own: it bills orders, commits every 30 seconds, and asks again in a minute when the bank is closed.

import type { Kafka } from 'kafkajs'

const COMMIT_EVERY_MS = 30_000
const ASK_AGAIN_MS = 60_000

export async function startBilling(kafka: Kafka, bill: (order: string) => Promise<void>) {
  const consumer = kafka.consumer({ groupId: 'billing', heartbeatInterval: 20, maxWaitTimeInMs: 20 })
  /** Partition -> the offset after the last order that is billed. */
  const billed = new Map<number, bigint>()
  const commit = () =>
    consumer.commitOffsets(
      [...billed].map(([partition, offset]) => ({ topic: 'orders', partition, offset: String(offset) })),
    )
  const timer = setInterval(() => void commit().catch(() => {}), COMMIT_EVERY_MS)

  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message, pause }) => {
      try {
        await bill(String(message.value))
      } catch (error) {
        setTimeout(pause(), ASK_AGAIN_MS)
        throw error
      }
      billed.set(partition, BigInt(message.offset) + 1n)
    },
  })
  return {
    async stop() {
      clearInterval(timer)
      await consumer.disconnect()
    },
  }
}
