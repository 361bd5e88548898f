// Reading into one buffer: what is read, when it pauses and ends.

import { once } from 'node:events'
import net from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeFrom } from '../../src/server/intake.js'
import { until } from '../helpers/until.js'

let server: net.Server
let client: net.Socket
let accepted: net.Socket

/** Starts reading what a client sends to a server that makes its sockets so. */
async function connected(
  take: (lent: Buffer) => void,
  wrap = (socket: net.Socket) => socket,
): Promise<net.Socket> {
  const { port } = server.address() as net.AddressInfo
  client = net.connect({ port, host: '127.0.0.1' })
  ;[accepted] = (await once(server, 'connection')) as [net.Socket]
  const socket = wrap(accepted)
  takeFrom(socket, take)
  return socket
}

beforeEach(async () => {
  server = net.createServer({ pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(() => {
  client.destroy()
  server.close()
})

it('lends the same memory for every read', async () => {
  const taken: string[] = []
  const memory = new Set<ArrayBufferLike>()
  await connected((lent) => {
    taken.push(lent.toString())
    memory.add(lent.buffer)
  })
  for (const text of ['a', 'b', 'c']) {
    client.write(text)
    await until('read', () => taken.join('').endsWith(text))
  }
  expect(taken.join('')).toBe('abc')
  expect(memory.size).toBe(1)
})

it('writes, knows its peer, and closes when the peer ends', async () => {
  const socket = await connected(() => {})
  expect(socket.remotePort).toBe(client.localPort)
  socket.write('hello')
  expect(String((await once(client, 'data'))[0])).toBe('hello')
  client.end()
  await once(socket, 'close')
})

it('takes nothing while it is paused', async () => {
  const taken: string[] = []
  const socket = await connected((lent) => taken.push(lent.toString()))
  client.write('a')
  await until('read', () => taken.length === 1)
  socket.pause()
  client.write('b')
  await new Promise((resolve) => client.write('c', resolve)) // it is on its way
  await new Promise(setImmediate)
  expect(taken).toEqual(['a'])
  socket.resume()
  await until('read', () => taken.join('') === 'abc')
})

it('is the socket that was accepted, which its server waits for', async () => {
  const socket = await connected(() => {})
  expect(socket).toBe(accepted)
  const closed = new Promise((resolve) => server.close(resolve))
  socket.destroy()
  await closed
})

it('reads as usual what is no plain socket', async () => {
  const taken: string[] = []
  class Wrapped extends net.Socket {}
  const wrap = (socket: net.Socket) => Object.setPrototypeOf(socket, Wrapped.prototype) as net.Socket
  const socket = await connected((lent) => taken.push(lent.toString()), wrap)
  expect(socket).toBe(accepted)
  client.write('abc')
  await until('read', () => taken.join('') === 'abc')
  socket.destroy()
})
