// Connections behave like TCP: in order, late when packets are lost, and only ever lost as a whole.

import { describe, expect, it } from 'vitest'
import type { BrokerSide } from '../../src/simulation/broker-side.js'
import { type Connection, type LinkSettings, Network } from '../../src/simulation/network.js'
import { SimulatedProcess } from '../../src/simulation/proc.js'
import { EventQueue } from '../../src/simulation/queue.js'
import { Random } from '../../src/simulation/random.js'

function scene(link: LinkSettings) {
  const queue = new EventQueue()
  const arrived: string[] = []
  // a broker that answers at once with what it was asked
  const broker = {
    receive: (_api: string, _version: number, body: { n: number }, send: (response: object) => void) => {
      arrived.push(`${body.n} at ${Math.round(queue.nowMs)}`)
      send(body)
    },
    close: () => arrived.push('closed'),
  } as unknown as BrokerSide
  const network = new Network(queue, new Random(1), link, () => broker)
  const client = new SimulatedProcess('c1', queue, { stoodStill: () => {}, died: () => {} })
  const connection = network.connect(client, 'client', 1)
  const answers: (number | null)[] = []
  const send = (to: Connection, n: number) =>
    to.send('Heartbeat', 4, { n }, (answer) => answers.push((answer as { n: number } | null)?.n ?? null))
  return { queue, network, client, connection, arrived, answers, send }
}

const EXACT = { delayMs: 10, jitterMs: 0, lossRate: 0 }

describe('a connection', () => {
  it('takes the delay each way', () => {
    const { queue, connection, arrived, answers, send } = scene(EXACT)
    send(connection, 1)
    queue.runUntil(19)
    expect({ arrived, answers }).toEqual({ arrived: ['1 at 10'], answers: [] })
    queue.runUntil(20)
    expect(answers).toEqual([1])
  })

  it('delivers in order, however late and lossy the packets are', () => {
    const { queue, connection, arrived, answers, send } = scene({ delayMs: 1, jitterMs: 50, lossRate: 0.3 })
    for (let n = 0; n < 200; n++) queue.at(n, () => send(connection, n))
    queue.runUntil(600_000)
    expect(arrived.map((line) => Number.parseInt(line, 10))).toEqual(Array.from({ length: 200 }, (_, i) => i))
    expect(answers).toEqual(Array.from({ length: 200 }, (_, i) => i))
  })

  it('sends again after 200 ms, 400 ms and so on: an outage lasts longer for it than for the network', () => {
    const { queue, network, connection, arrived, send } = scene(EXACT)
    network.cutFor({ client: 'c1' }, 1500)
    send(connection, 1)
    queue.at(1490, () => send(connection, 2)) // would arrive at 1700 by itself
    queue.runUntil(10_000)
    expect(arrived).toEqual(['1 at 3010', '2 at 3010'])
  })

  it('is not touched by a cut of somebody else', () => {
    const { queue, network, connection, arrived, send } = scene(EXACT)
    network.cut({ client: 'c2' })
    network.cut({ node: 2 })
    send(connection, 1)
    queue.runUntil(100)
    expect(arrived).toEqual(['1 at 10'])
  })

  it('that is reset answers everything outstanding with null, and what comes later too', () => {
    const { queue, network, connection, arrived, answers, send } = scene(EXACT)
    send(connection, 1)
    queue.at(5, () => network.reset({ node: 1 }))
    queue.at(6, () => send(connection, 2))
    queue.runUntil(1000)
    expect(answers).toEqual([null, null])
    expect(arrived[0]).toBe('closed')
  })

  it('to a node that is down is refused after a round trip', () => {
    const { queue, network, client, answers, send } = scene(EXACT)
    network.stopNode(1)
    send(network.connect(client, 'client', 1), 1)
    queue.runUntil(19)
    expect(answers).toEqual([])
    queue.runUntil(21)
    expect(answers).toEqual([null])
    network.startNode(1)
    send(network.connect(client, 'client', 1), 2)
    queue.runUntil(100)
    expect(answers).toEqual([null, 2])
  })

  it('gives a process that stands still its answers when it goes on', () => {
    const { queue, client, connection, answers, send } = scene(EXACT)
    send(connection, 1)
    client.freeze(500)
    queue.runUntil(499)
    expect(answers).toEqual([])
    queue.runUntil(500)
    expect(answers).toEqual([1])
  })
})
