// A broker that clients see as a cluster of three: what goes to and fro is passed on, and answers to Metadata name two nodes more.
// These lead no partition; clients reach them at the same address.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket, connect as to } from 'node:net'
import { type Cohort, type CohortOptions, startCohort } from '../../src/index.js'

const METADATA = 3
const MORE_NODES = [2, 3]

export interface ThreeNodes extends AsyncDisposable {
  readonly cohort: Cohort
}

export async function startThreeNodes(options: CohortOptions): Promise<ThreeNodes> {
  let cohort: Cohort | undefined
  const server = createServer((client) => {
    if (cohort === undefined) return client.destroy()
    const broker = to(cohort.port, '127.0.0.1')
    const asked = new Set<number>()
    const { port } = server.address() as AddressInfo
    const more = Buffer.concat(MORE_NODES.map((nodeId) => nodeEntry(nodeId, port)))
    pass(client, broker, (request) => {
      if (request.readInt16BE(0) === METADATA) asked.add(request.readInt32BE(4))
      return request
    })
    pass(broker, client, (answer) => (asked.delete(answer.readInt32BE(0)) ? withNodes(answer, more) : answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const started = await startCohort({ ...options, advertise: `127.0.0.1:${port}` })
  cohort = started
  const dispose = async () => {
    server.close()
    await started.stop()
  }
  return { cohort, [Symbol.asyncDispose]: dispose }
}

/** Frame by frame: four bytes of length, then a request or an answer. */
function pass(from: Socket, into: Socket, change: (frame: Buffer) => Buffer): void {
  let rest = Buffer.alloc(0)
  from.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes as Buffer])
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0)
      const frame = change(rest.subarray(4, end))
      const size = Buffer.alloc(4)
      size.writeInt32BE(frame.length)
      into.write(Buffer.concat([size, frame]))
      rest = rest.subarray(end)
    }
  })
  from.on('close', () => into.destroy())
  from.on('error', () => into.destroy())
}

/** Metadata v3-8, of which kafkajs asks v6: correlation id, throttle time, the count of nodes, the nodes. */
function withNodes(answer: Buffer, more: Buffer): Buffer {
  const count = Buffer.alloc(4)
  count.writeInt32BE(answer.readInt32BE(8) + MORE_NODES.length)
  return Buffer.concat([answer.subarray(0, 8), count, more, answer.subarray(12)])
}

/** Node id, host, port, no rack. */
function nodeEntry(nodeId: number, port: number): Buffer {
  const host = '127.0.0.1'
  const entry = Buffer.alloc(4 + 2 + host.length + 4 + 2)
  entry.writeInt32BE(nodeId, 0)
  entry.writeInt16BE(host.length, 4)
  entry.write(host, 6)
  entry.writeInt32BE(port, 6 + host.length)
  entry.writeInt16BE(-1, 10 + host.length)
  return entry
}
