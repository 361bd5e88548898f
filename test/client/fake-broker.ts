// A broker that answers as a test tells it, for what a healthy one does not do: clusters of several, old versions, broken ones.

import net from 'node:net'
import type { ResponseOf } from '../../src/client/connection.js'
import type { ApiName } from '../../src/protocol/api-names.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import { decodeRequest, writeResponse } from '../../src/protocol/frame.js'
import type { Draft } from '../../src/protocol/schema.js'
import { parseVersions } from '../../src/protocol/versions.js'
import { Writer } from '../../src/protocol/wire.js'
import { FrameSplitter } from '../../src/server/frames.js'

/** `request` is the decoded body. */
export type Answers = {
  [A in ApiName]?: (request: never, version: number) => Draft<ResponseOf<A>>
}
export type Ranges = Partial<Record<ApiName, readonly [number, number]>>

export interface FakeBroker extends AsyncDisposable {
  readonly port: number
  /** API and version of each request, in order. */
  readonly requests: string[]
  answers: Answers
}

export async function fakeBroker(answers: Answers, ranges: Ranges = {}): Promise<FakeBroker> {
  const requests: string[] = []
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    const frames = new FrameSplitter(0x7fffffff)
    socket.on('data', (chunk: Buffer) => {
      frames.push(chunk)
      for (let frame = frames.next(); frame !== null; frame = frames.next()) {
        const { api, apiVersion, correlationId, body } = decodeRequest(frame)
        requests.push(`${api.name} v${apiVersion}`)
        const [version, answer] = answerOf(broker.answers, ranges, api.name as ApiName, apiVersion, body)
        const writer = new Writer()
        writeResponse(writer, api, version, correlationId, answer)
        socket.write(writer.take())
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  const broker: FakeBroker = {
    port,
    requests,
    answers,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return broker
}

function answerOf(
  answers: Answers,
  ranges: Ranges,
  name: ApiName,
  version: number,
  body: object,
): [number, object] {
  if (name !== 'ApiVersions') return [version, answers[name]?.(body as never, version) ?? {}]
  const names = [...new Set(['ApiVersions', ...Object.keys(answers), ...Object.keys(ranges)])] as ApiName[]
  const apiKeys = names.map((each) => {
    const { first, last } = parseVersions(Apis[each].request.versions)
    const [minVersion, maxVersion] = ranges[each] ?? [first, last]
    return { apiKey: Apis[each].key, minVersion, maxVersion }
  })
  const [, newest] = ranges.ApiVersions ?? [0, parseVersions(Apis.ApiVersions.request.versions).last]
  // KIP-511: an unknown version is answered in v0.
  return version > newest
    ? [0, { errorCode: ErrorCodes.UNSUPPORTED_VERSION, apiKeys: apiKeys.slice(0, 1) }]
    : [version, { apiKeys }]
}

/** Metadata of brokers 1, 2, ... at these ports; topic -> the leader of each partition. */
export function metadataOf(ports: readonly number[], topics: Record<string, readonly number[]> = {}) {
  return {
    brokers: ports.map((port, i) => ({ nodeId: i + 1, host: '127.0.0.1', port })),
    topics: Object.entries(topics).map(([name, leaders]) => ({
      name,
      partitions: leaders.map((leaderId, partitionIndex) => ({ partitionIndex, leaderId })),
    })),
  }
}
