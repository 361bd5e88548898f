// Reaching a broker: versions are agreed on, and what goes wrong names request and broker.

import net from 'node:net'
import { describe, expect, it } from 'vitest'
import { readAddresses } from '../../src/client/addresses.js'
import { Cluster, type ClusterOptions } from '../../src/client/cluster.js'
import { AdminError } from '../../src/client/errors.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import { fakeBroker, metadataOf } from './fake-broker.js'

const open = (port: number, options: ClusterOptions = {}) =>
  new Cluster([{ host: '127.0.0.1', port }], options)

/** A server that does this with each connection. */
async function server(serve: (socket: net.Socket) => void) {
  const sockets: net.Socket[] = []
  const listening = net.createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    serve(socket)
  })
  listening.listen(0, '127.0.0.1')
  await new Promise((resolve) => listening.once('listening', resolve))
  return {
    port: (listening.address() as net.AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => listening.close(resolve))
    },
  }
}

async function failureOf(asked: Promise<unknown>): Promise<AdminError> {
  const error = await asked.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(AdminError)
  return error as AdminError
}

describe('addresses', () => {
  it.each([
    ['localhost:9092', [{ host: 'localhost', port: 9092 }]],
    ['[::1]:1', [{ host: '::1', port: 1 }]],
    [
      'a:1, b:65535',
      [
        { host: 'a', port: 1 },
        { host: 'b', port: 65_535 },
      ],
    ],
  ])('%s', (text, addresses) => expect(readAddresses(text)).toEqual(addresses))

  it.each(['localhost', 'a:0', 'a:65536', ':9092', 'a:1,', '::1:9092:', 'a:1:2', ''])(
    '%j is refused',
    (text) => expect(() => readAddresses(text)).toThrow(/is not host:port/),
  )
})

describe('versions', () => {
  it('are the newest that both know', async () => {
    await using broker = await fakeBroker({ Metadata: () => metadataOf([]) }, { Metadata: [2, 7] })
    const cluster = open(broker.port)
    await cluster.brokers()
    await cluster.close()
    expect(broker.requests).toEqual(['ApiVersions v5', 'Metadata v7'])
  })

  it('are asked for again in the one that an older broker names (KIP-511)', async () => {
    await using broker = await fakeBroker({ Metadata: () => metadataOf([]) }, { ApiVersions: [0, 2] })
    const cluster = open(broker.port)
    await cluster.brokers()
    await cluster.close()
    expect(broker.requests.slice(0, 2)).toEqual(['ApiVersions v5', 'ApiVersions v2'])
  })

  it('that have nothing in common are told', async () => {
    await using broker = await fakeBroker({}, { ListOffsets: [0, 0], Metadata: [0, 3] })
    const cluster = open(broker.port)
    const old = await failureOf(cluster.send(null, 'ListOffsets', {}))
    expect(old.message).toBe(
      `of ListOffsets this broker has versions 0 to 0, and 1 to 11 are needed (ListOffsets at 127.0.0.1:${broker.port}: UNSUPPORTED_VERSION)`,
    )
    const none = await failureOf(cluster.send(null, 'OffsetDelete', {}))
    expect(none.message).toMatch(/^this broker has no OffsetDelete \(/)
    await cluster.close()
  })
})

describe('a broker that', () => {
  it('is not there is told with its address', async () => {
    await using gone = await server(() => {})
    const { port } = gone
    await gone[Symbol.asyncDispose]()
    const error = await failureOf(open(port).brokers())
    expect(error).toMatchObject({ errorName: 'UNREACHABLE', api: null })
    expect(error.message).toContain(`127.0.0.1:${port} cannot be reached, ECONNREFUSED: is a broker running`)
  })

  it('is not there is passed over for the next', async () => {
    await using broker = await fakeBroker({ Metadata: () => metadataOf([broker.port]) })
    await using gone = await server(() => {})
    await gone[Symbol.asyncDispose]()
    const cluster = new Cluster([
      { host: '127.0.0.1', port: gone.port },
      { host: '127.0.0.1', port: broker.port },
    ])
    expect(await cluster.brokers()).toEqual([{ nodeId: 1, host: '127.0.0.1', port: broker.port }])
    await cluster.close()
  })

  it('advertises what cannot be reached is told so', async () => {
    await using gone = await server(() => {})
    await gone[Symbol.asyncDispose]()
    await using broker = await fakeBroker({ Metadata: () => metadataOf([gone.port]) })
    const cluster = open(broker.port)
    const [node = null] = await cluster.brokers()
    const error = await failureOf(cluster.send(node, 'ListGroups', {}))
    expect(error.message).toMatch(/this address is what the cluster advertises \(advertised\.listeners\)/)
    expect(error.message).toMatch(/\(at broker 1, 127\.0\.0\.1:\d+: UNREACHABLE\)$/)
    await cluster.close()
  })

  it('does not answer: which request, to whom, how long', async () => {
    await using broker = await server(() => {})
    const error = await failureOf(open(broker.port, { requestTimeoutMs: 30 }).brokers())
    expect(error.message).toBe(
      `no answer within 30 ms: it is overloaded, or cut off (ApiVersions at 127.0.0.1:${broker.port}: TIMEOUT)`,
    )
  })

  it('closes the connection at once may want TLS or SASL', async () => {
    await using broker = await server((socket) => socket.once('data', () => socket.destroy()))
    const error = await failureOf(open(broker.port).brokers())
    expect(error).toMatchObject({ errorName: 'DISCONNECTED', api: 'ApiVersions' })
    expect(error.message).toMatch(/at once: does the listener want TLS or SASL\?/)
  })

  it.each([
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a TLS alert', Buffer.from('15030300020250', 'hex')],
    ['a negative size', Buffer.from('ffffffff', 'hex')],
  ])('is none and answers with %s', async (_, bytes) => {
    await using broker = await server((socket) => socket.once('data', () => socket.write(bytes)))
    const error = await failureOf(open(broker.port).brokers())
    expect(error).toMatchObject({ errorName: 'NO_ANSWER_OF_KAFKA' })
    expect(error.message).toMatch(/does not speak Kafka in plain text/)
  })

  it.each([
    ['of another request', '000000080000002a00000000'],
    ['without a correlation id', '00000000'],
    ['that is cut short', '000000060000000100ff'],
  ])('gives an answer %s', async (_, hex) => {
    await using broker = await server((socket) =>
      socket.once('data', () => socket.write(Buffer.from(hex, 'hex'))),
    )
    expect(await failureOf(open(broker.port).brokers())).toMatchObject({ errorName: 'NO_ANSWER_OF_KAFKA' })
  })

  it('sends its answer in crumbs is understood', async () => {
    await using whole = await fakeBroker({ Metadata: () => metadataOf([1, 2, 3]) })
    await using slow = await server((socket) => {
      const behind = net.connect(whole.port, '127.0.0.1')
      socket.pipe(behind)
      behind.on('data', async (chunk: Buffer) => {
        for (const byte of chunk) {
          socket.write(Buffer.from([byte]))
          await new Promise((resolve) => setImmediate(resolve))
        }
      })
      socket.on('close', () => behind.destroy())
    })
    const cluster = open(slow.port)
    expect(await cluster.brokers()).toHaveLength(3)
    await cluster.close()
  })

  it('was lost is connected to again', async () => {
    await using broker = await fakeBroker({ Metadata: () => metadataOf([1]) })
    const cluster = open(broker.port)
    await Promise.all([cluster.brokers(), cluster.brokers()])
    expect(broker.requests).toEqual(['ApiVersions v5', 'Metadata v13', 'Metadata v13'])
    const { connection } = await cluster.send(null, 'Metadata', {})
    connection.close()
    await cluster.brokers()
    expect(broker.requests.filter((each) => each === 'ApiVersions v5')).toHaveLength(2)
    await cluster.close()
  })
})

describe('Metadata', () => {
  it('never makes a topic: an old broker is asked for all of them', async () => {
    const asked: unknown[] = []
    const Metadata = (request: { topics: unknown; allowAutoTopicCreation: boolean }) => {
      asked.push([request.topics, request.allowAutoTopicCreation])
      return metadataOf([1], { a: [1], b: [1] })
    }
    await using old = await fakeBroker({ Metadata }, { Metadata: [0, 3] })
    await using young = await fakeBroker({ Metadata })
    for (const { port } of [old, young]) {
      const cluster = open(port)
      expect([...(await cluster.topics(['a'])).keys()]).toEqual(['a'])
      await cluster.close()
    }
    expect(asked).toMatchObject([
      [null, true], // as decoded: the field is not in v3
      [[{ name: 'a' }], false],
    ])
  })

  it('tells a topic that may not be seen', async () => {
    const errorCode = ErrorCodes.TOPIC_AUTHORIZATION_FAILED
    await using broker = await fakeBroker({ Metadata: () => ({ topics: [{ name: 'a', errorCode }] }) })
    const cluster = open(broker.port)
    expect((await failureOf(cluster.topics(['a']))).message).toMatch(
      /^this client may not do that to topic 'a': it needs an ACL for it \(Metadata at /,
    )
    await cluster.close()
  })
})
