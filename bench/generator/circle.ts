// Requests of one connection that were encoded beforehand and go out in a circle, again and again; their correlation ids are their
// places. So what the broker has to answer is one known stream of bytes, and checking it is comparing bytes: order, correlation ids,
// error codes and all.

import type { Latencies } from './latencies.js'
import type { Wire } from './wire.js'

const SIZE_BYTES = 4

export interface CircleOptions {
  /** Whole frames, of correlation ids 0, 1, 2... */
  readonly requests: readonly Buffer[]
  /** The good answer to each of them, without its size: they differ in nothing but the correlation id. */
  readonly answer: Buffer
  readonly maxInFlight: number
  readonly latencies: Latencies
  /** Changes a request before it is sent; for who has no more than one in flight. */
  readonly stamp?: (request: Buffer) => void
}

export class Circle {
  private readonly wire: Wire
  private readonly latencies: Latencies
  private readonly stamp: ((request: Buffer) => void) | undefined
  private readonly places: number
  /** All requests, and as many of them again as may leave together, so that those are always in one piece. */
  private readonly bytes: Buffer
  private readonly starts: Int32Array
  private readonly single: readonly Buffer[]
  /** What comes in two times around the circle. */
  private readonly expected: Buffer
  private readonly answerBytes: number
  private readonly sentAt: Float64Array
  private sent = 0
  private answered = 0
  /** How far the answers have come around the circle, in bytes. */
  private readonly around: number
  private at = 0
  /** Whether an answer is followed by the next request. */
  private goesOn = false
  private onDrained: () => void = () => {}

  constructor(wire: Wire, { requests, answer, maxInFlight, latencies, stamp }: CircleOptions) {
    if (maxInFlight > requests.length) throw new Error('as many requests as may be in flight')
    this.wire = wire
    this.latencies = latencies
    this.stamp = stamp
    this.places = requests.length
    this.bytes = Buffer.concat([...requests, ...requests.slice(0, maxInFlight)])
    this.starts = new Int32Array(requests.length + maxInFlight + 1)
    for (let i = 1; i < this.starts.length; i++) {
      this.starts[i] = (this.starts[i - 1] as number) + (requests[(i - 1) % requests.length] as Buffer).length
    }
    this.single = requests.map((_, i) => this.bytes.subarray(this.starts[i], this.starts[i + 1]))
    this.answerBytes = SIZE_BYTES + answer.length
    this.around = this.answerBytes * requests.length
    this.expected = Buffer.concat(requests.flatMap((_, i) => framed(answer, i)))
    this.expected = Buffer.concat([this.expected, this.expected])
    this.sentAt = new Float64Array(requests.length)
    wire.take = (lent) => this.take(lent)
  }

  get hasRoom(): boolean {
    return this.sent - this.answered < this.places
  }

  /** Keeps `inFlight` requests under way until `stop`. */
  start(inFlight: number): void {
    this.goesOn = true
    this.send(inFlight, performance.now())
  }

  /** `count` of the next ones, of which the latency counts from `sinceMs`. */
  send(count: number, sinceMs: number): void {
    const place = this.sent % this.places
    this.sent += count
    for (let i = 0; i < count; i++) this.sentAt[(place + i) % this.places] = sinceMs
    if (count > 1) {
      this.wire.socket.write(this.bytes.subarray(this.starts[place], this.starts[place + count]))
    } else {
      const request = this.single[place] as Buffer
      this.stamp?.(request)
      this.wire.socket.write(request)
    }
  }

  /** Resolves when the last answer is there. */
  stop(): Promise<void> {
    this.goesOn = false
    return new Promise((resolve) => {
      this.onDrained = resolve
      if (this.answered === this.sent) resolve()
    })
  }

  private take(lent: Buffer): void {
    const { at, answerBytes } = this
    const end = at + lent.length
    const count = Math.floor(end / answerBytes) - Math.floor(at / answerBytes)
    if (end > this.expected.length || lent.compare(this.expected, at, end) !== 0) throw this.wrong(lent)
    if (this.answered + count > this.sent) throw this.wrong(lent)
    this.at = end % this.around
    const now = performance.now()
    for (let i = 0; i < count; i++) {
      this.latencies.record(now - (this.sentAt[this.answered++ % this.places] as number))
    }
    if (this.goesOn) {
      if (count > 0) this.send(count, now)
    } else if (this.answered === this.sent) this.onDrained()
  }

  private wrong(lent: Buffer): Error {
    const { at, expected, answerBytes } = this
    const { name } = this.wire.where
    let same = 0
    while (same < lent.length && lent[same] === expected[at + same]) same++
    const index = Math.floor((at + same) / answerBytes) - Math.floor(at / answerBytes)
    if (this.answered + index >= this.sent) return new Error(`${name} answered more than was asked`)
    const from = Math.max(0, same - ((at + same) % answerBytes))
    const [came, due] = [lent.subarray(from), expected.subarray(at + from)].map((bytes) =>
      bytes.toString('hex', 0, answerBytes),
    )
    const which = `answer ${this.answered + index} of a connection`
    return new Error(`${name}: ${which} is wrong:\n  came ${came}\n  due  ${due}`)
  }
}

function framed(answer: Buffer, correlationId: number): Buffer[] {
  const size = Buffer.alloc(SIZE_BYTES)
  size.writeInt32BE(answer.length)
  const copy = Buffer.from(answer)
  copy.writeInt32BE(correlationId)
  return [size, copy]
}
