// The microservice as it runs in production, its Kafka transport included, with a broker of the test's own.

import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { ClientKafka, type KafkaOptions, type MicroserviceOptions, Transport } from '@nestjs/microservices'
import { type Cohort, startCohort } from 'kafka-cohort'
import { logLevel } from 'kafkajs'
import { firstValueFrom } from 'rxjs'
import { expect, it } from 'vitest'
import { AppModule, OrderBook } from './app.js'

const TOPICS = { orders: 2, 'orders.count': 1, 'orders.count.reply': 1 }

const kafka = (cohort: Cohort, clientId: string): NonNullable<KafkaOptions['options']> => ({
  client: { clientId, brokers: cohort.brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 20 } },
  consumer: { groupId: 'billing', heartbeatInterval: 50, maxWaitTimeInMs: 50 },
  subscribe: { fromBeginning: true },
})

async function startApp(cohort: Cohort) {
  const options = { transport: Transport.KAFKA, options: kafka(cohort, 'app'), logger: false } as const
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, options)
  await app.listen()
  return app
}

it('takes orders, and commits them', async () => {
  await using cohort = await startCohort({ topics: TOPICS })
  const app = await startApp(cohort)
  const group = cohort.group('billing-server') // Nest adds '-server'
  await group.assigned('orders', 1)

  const order = (id: string) => ({ key: id, value: JSON.stringify({ id }) })
  await cohort.produce('orders', [order('a'), order('b'), order('c')])
  await group.caughtUp()
  expect(app.get(OrderBook).ids.sort()).toEqual(['a', 'b', 'c'])
  await app.close()
})

it('takes an order that it failed to commit once more, after a rebalance', async () => {
  await using cohort = await startCohort({ topics: TOPICS })
  const app = await startApp(cohort)
  const group = cohort.group('billing-server')
  const { generation } = await group.stable({ members: 1 })

  cohort.fault({ api: 'OffsetCommit', error: 'ILLEGAL_GENERATION', times: 1 })
  await cohort.produce('orders', [{ value: JSON.stringify({ id: 'a' }), partition: 0 }])
  await group.generation((now) => now > generation)
  await group.committed('orders', 0, 1)
  expect(app.get(OrderBook).ids).toEqual(['a', 'a'])
  await app.close()
})

it('answers a request', async () => {
  await using cohort = await startCohort({ topics: TOPICS })
  const app = await startApp(cohort)
  await cohort.group('billing-server').stable({ members: 1 })
  const client = new ClientKafka(kafka(cohort, 'client'))
  client.subscribeToResponseOf('orders.count')
  await client.connect()
  await cohort.group('billing-client').assigned('orders.count.reply', 0)

  expect(await firstValueFrom(client.send('orders.count', {}))).toEqual({ count: 0 })
  await client.close()
  await app.close()
})
