// The load generator of `npm run bench:durable`, in a process of its own: committers of groups without members, one or several to a
// connection, each of which sends its next offset when the one before is acknowledged. Every answer is checked. Gets a Job as JSON, prints 'ready', waits for a line, and prints an
// Outcome.

import { Connection } from '../../src/client/connection.js'
import { Apis } from '../../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import { CORRELATION_ID_OFFSET, FRAME_PREFIX_BYTES } from '../../src/protocol/layouts.js'
import { Wire } from '../throughput/wire.js'
import type { Job, Outcome } from './traffic.js'

const COMMIT_VERSION = 8
const CORRELATION_ID_BYTES = 4
/** Stands where the offset will. */
const PLACE = 0x0123456789abcdefn
const RETRY_MS = 100
const READY_WITHIN_MS = 60_000

const job = JSON.parse(process.argv[2] as string) as Job
const latencies: number[] = []
let isOver = false

function requestOf(groupId: string): { bytes: Buffer; offsetAt: number } {
  const partitions = Array.from({ length: job.partitions }, (_, i) => {
    return { partitionIndex: i, committedOffset: i === 0 ? PLACE : 0n, committedMetadata: '' }
  })
  const body = { groupId, topics: [{ name: job.topic, partitions }] }
  const bytes = encodeRequest(Apis.OffsetCommit, COMMIT_VERSION, 0, 'bench', body)
  const place = Buffer.alloc(8)
  place.writeBigInt64BE(PLACE)
  return { bytes, offsetAt: bytes.indexOf(place) }
}

/** A broker that was just started makes __consumer_offsets when it is asked for a coordinator. */
async function prepare(groups: readonly string[]): Promise<void> {
  const options = { requestTimeoutMs: READY_WITHIN_MS, clientId: 'bench' }
  const connection = await Connection.open({ nodeId: null, host: job.host, port: job.port }, options)
  const deadline = performance.now() + READY_WITHIN_MS
  for (const groupId of groups) {
    for (;;) {
      await connection.send('FindCoordinator', { key: groupId, keyType: 0, coordinatorKeys: [groupId] })
      const partitions = [{ partitionIndex: 0, committedOffset: 0n, committedMetadata: '' }]
      const { topics } = await connection.send('OffsetCommit', {
        groupId,
        topics: [{ name: job.topic, partitions }],
      })
      const errorCode = topics[0]?.partitions[0]?.errorCode ?? ErrorCodes.UNKNOWN_SERVER_ERROR
      if (errorCode === ErrorCodes.NONE) break
      if (performance.now() > deadline)
        throw new Error(`OffsetCommit is answered ${errorName(errorCode)} for ever`)
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
  connection.close()
}

/** Resolves to what begins; that resolves when the last answer is there. Answers come in the order of requests: each committer has its turn. */
async function committers(groupIds: readonly string[]): Promise<() => Promise<void>> {
  const requests = groupIds.map(requestOf)
  const sentAt = requests.map(() => 0)
  let sent = 0
  let answered = 0
  /** All good answers are equal behind the correlation id. */
  let good: Buffer | null = null
  let done: () => void = () => {}
  const send = () => {
    const turn = sent % requests.length
    const { bytes, offsetAt } = requests[turn] as (typeof requests)[number]
    const request = Buffer.from(bytes)
    request.writeInt32BE(sent, FRAME_PREFIX_BYTES + CORRELATION_ID_OFFSET)
    request.writeBigInt64BE(BigInt(++sent), offsetAt)
    sentAt[turn] = performance.now()
    wire.socket.write(request)
  }
  const wire = await Wire.open(job, (frame) => {
    latencies.push(performance.now() - (sentAt[answered++ % requests.length] as number))
    const body = frame.subarray(CORRELATION_ID_BYTES)
    good ??= check(Buffer.from(frame), Buffer.from(body))
    if (!good.equals(body)) throw new Error(`a commit was answered ${frame.toString('hex')}`)
    if (!isOver) send()
    else if (answered === sent) done()
  })
  return () =>
    new Promise((resolve) => {
      done = resolve
      for (let i = 0; i < requests.length; i++) send()
    })
}

function check(frame: Buffer, body: Buffer): Buffer {
  const { topics } = decodeResponse(Apis.OffsetCommit, COMMIT_VERSION, frame).body
  const errorCode = topics[0]?.partitions[0]?.errorCode ?? ErrorCodes.UNKNOWN_SERVER_ERROR
  if (errorCode !== ErrorCodes.NONE) throw new Error(`OffsetCommit was answered ${errorName(errorCode)}`)
  return body
}

const groups = Array.from({ length: job.connections }, (_, c) =>
  Array.from({ length: job.inFlight }, (_, i) => `bench-${job.connections}-${c}-${i}`),
)
await prepare(groups.flat())
const begins = await Promise.all(groups.map(committers))
process.stdout.write('ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
const begunAt = performance.now()
setTimeout(() => {
  isOver = true
}, job.seconds * 1000)
await Promise.all(begins.map((begin) => begin()))
const elapsedMs = performance.now() - begunAt
latencies.sort((a, b) => a - b)
const at = (share: number) => latencies[Math.floor(latencies.length * share)] as number
const outcome: Outcome = { commits: latencies.length, elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99) }
process.stdout.write(`${JSON.stringify(outcome)}\n`)
process.exit(0)
