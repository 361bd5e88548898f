// The application: handles every order once, in as many processes as there are.

import type { Consumer, Kafka } from 'kafkajs'

export interface Order {
  readonly id: string
}

export async function startOrders(kafka: Kafka, handle: (order: Order) => Promise<void>): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId: 'orders-app', heartbeatInterval: 50, maxWaitTimeInMs: 50 })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  await consumer.run({ eachMessage: ({ message }) => handle(JSON.parse(String(message.value))) })
  return consumer
}
