// The load generator, in a process of its own: heartbeats over many connections, each with so many requests in flight, from
// frames encoded beforehand. Every answer is checked: correlation ids in order, no error. Prints one line of JSON.
// Arguments: port, connections, in flight, seconds, 'join' to make each connection a group of one first.

import { connect, type Socket } from 'node:net'
import { Apis } from '../src/protocol/apis.js'
import { writeSubscription } from '../src/protocol/embedded/consumer-protocol.js'
import { decodeResponse, encodeRequest } from '../src/protocol/frame.js'
import { FrameSplitter } from '../src/server/frames.js'

const [port, connections, inFlight, seconds] = process.argv.slice(2, 6).map(Number) as [
  number,
  number,
  number,
  number,
]
const joins = process.argv[6] === 'join'

/** Where correlation id and error code stand in a whole Heartbeat frame. */
const REQUEST_CORRELATION_OFFSET = 8
const ANSWER_ERROR_OFFSET = 4 + 1 + 4

class Beater {
  private readonly socket: Socket
  private readonly frames = new FrameSplitter(1 << 20)
  private readonly latencies: number[]
  private waiting: ((frame: Buffer) => void) | null = null
  private request: Buffer = Buffer.alloc(0)
  private sent = 0
  private answered = 0
  private sentAt: number[] = []
  private stopped = false
  private onDrained: () => void = () => {}

  constructor(socket: Socket, latencies: number[]) {
    this.socket = socket
    this.latencies = latencies
    socket.on('data', (chunk: Buffer) => {
      this.frames.push(chunk)
      let sending = 0
      for (let frame = this.frames.next(); frame !== null; frame = this.frames.next()) {
        if (this.waiting !== null) this.waiting(frame)
        else sending += this.take(frame)
      }
      if (sending > 0) this.send(sending)
    })
  }

  async prepare(groupId: string): Promise<void> {
    const ids = joins ? await this.join(groupId) : { memberId: 'member', generationId: 1 }
    this.request = encodeRequest(Apis.Heartbeat, 4, 0, 'bench', { groupId, ...ids, groupInstanceId: null })
  }

  private async join(groupId: string): Promise<{ memberId: string; generationId: number }> {
    const protocols = [{ name: 'range', metadata: writeSubscription({ topics: ['bench'] }) }]
    const body = {
      groupId,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 30_000,
      protocolType: 'consumer',
      protocols,
    }
    const joined = decodeResponse(
      Apis.JoinGroup,
      3,
      await this.ask(encodeRequest(Apis.JoinGroup, 3, 1, 'bench', body)),
    )
    const { memberId, generationId } = joined.body
    const sync = { groupId, memberId, generationId, assignments: [] }
    await this.ask(encodeRequest(Apis.SyncGroup, 3, 2, 'bench', sync))
    return { memberId, generationId }
  }

  private ask(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      this.waiting = (frame) => {
        this.waiting = null
        resolve(frame)
      }
      this.socket.write(bytes)
    })
  }

  start(): void {
    this.send(inFlight)
  }

  private send(count: number): void {
    const batch = Buffer.allocUnsafe(this.request.length * count)
    const now = performance.now()
    for (let i = 0; i < count; i++) {
      this.request.copy(batch, i * this.request.length)
      batch.writeInt32BE(this.sent++, i * this.request.length + REQUEST_CORRELATION_OFFSET)
      this.sentAt.push(now)
    }
    this.socket.write(batch)
  }

  /** How many to send for this answer. */
  private take(frame: Buffer): number {
    const correlationId = frame.readInt32BE()
    const errorCode = frame.readInt16BE(ANSWER_ERROR_OFFSET)
    if (correlationId !== this.answered || errorCode !== 0) {
      throw new Error(`answer ${correlationId} with error ${errorCode}, where ${this.answered} was due`)
    }
    this.answered++
    this.latencies.push(performance.now() - (this.sentAt[correlationId] as number))
    if (!this.stopped) return 1
    if (this.answered === this.sent) this.onDrained()
    return 0
  }

  stop(): Promise<void> {
    this.stopped = true
    return new Promise((resolve) => {
      this.onDrained = resolve
      if (this.answered === this.sent) resolve()
    })
  }

  close(): number {
    this.socket.destroy()
    return this.answered
  }
}

async function main(): Promise<void> {
  const latencies: number[] = []
  const beaters = await Promise.all(
    Array.from({ length: connections }, async (_, i) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
      const beater = new Beater(socket, latencies)
      await beater.prepare(`bench-${process.pid}-${i}`)
      return beater
    }),
  )
  process.stdout.write('ready\n')
  await new Promise((resolve) => process.stdin.once('data', resolve))
  const start = performance.now()
  for (const beater of beaters) beater.start()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  await Promise.all(beaters.map((beater) => beater.stop()))
  const elapsedMs = performance.now() - start
  const requests = beaters.reduce((sum, beater) => sum + beater.close(), 0)
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor(latencies.length * share)]
  process.stdout.write(`${JSON.stringify({ requests, elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99) })}\n`)
  process.exit(0)
}

await main()
