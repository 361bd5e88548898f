// The application: handles every order once, in as many processes as there are.

async function startOrders(kafka, handle) {
  const consumer = kafka.consumer({ groupId: 'orders-app', heartbeatInterval: 50, maxWaitTimeInMs: 50 })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  await consumer.run({ eachMessage: ({ message }) => handle(JSON.parse(String(message.value))) })
  return consumer
}

module.exports = { startOrders }
