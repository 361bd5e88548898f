// Whether every answer left after the flush that covers what it acknowledges. A commit is in one write to a file of the log; when that
// file was flushed with fdatasync afterwards, the commit is found after a loss of power.

import { bytesOf, type Call, fileOf, hexOf } from './trace.js'

export interface Acknowledged {
  readonly correlationId: number
  /** Text that is in what is written of its commit and in nothing before. */
  readonly marker: string
}

export interface Findings {
  /** One line for each answer that left too early. */
  readonly early: readonly string[]
  readonly flushes: number
}

const FLUSHES = ['fdatasync', 'fsync']
const WRITES = ['write', 'writev', 'pwrite64', 'pwritev', 'sendmsg', 'sendto']

export function checkOrder(
  calls: readonly Call[],
  logFiles: readonly string[],
  acknowledged: readonly Acknowledged[],
): Findings {
  const ofLog = calls.filter((call) => logFiles.includes(fileOf(call)?.path ?? ''))
  const flushes = ofLog.filter(({ name, result }) => FLUSHES.includes(name) && result === 0)
  const writes = ofLog.filter(({ name, result }) => WRITES.includes(name) && result > 0)
  const answers = answersIn(calls)
  const early = acknowledged.flatMap(({ correlationId, marker }) => {
    const answered = answers.get(correlationId)
    if (answered === undefined) return [`${marker}: its answer is not in the trace`]
    const hex = hexOf(marker)
    const written = writes.find(({ args }) => args.includes(hex))
    if (written === undefined)
      return [`${marker}: answered in line ${answered}, and never written to the log`]
    const path = fileOf(written)?.path
    const flush = flushes.find((call) => call.begun > written.ended && fileOf(call)?.path === path)
    if (flush !== undefined && flush.ended < answered) return []
    const flushed = flush === undefined ? 'never flushed' : `durable in line ${flush.ended}`
    return [`${marker}: answered in line ${answered}, written in line ${written.ended}, ${flushed}`]
  })
  return { early, flushes: flushes.length }
}

/** Correlation id -> line in which the write began that has the first byte of the answer. */
function answersIn(calls: readonly Call[]): Map<number, number> {
  const found = new Map<number, number>()
  const streams = new Map<string, { bytes: Buffer; ends: { at: number; line: number }[] }>()
  for (const call of calls) {
    const path = fileOf(call)?.path ?? ''
    if (!WRITES.includes(call.name) || !path.startsWith('socket:') || call.result <= 0) continue
    const stream = streams.get(path) ?? { bytes: Buffer.alloc(0), ends: [] }
    streams.set(path, stream)
    stream.bytes = Buffer.concat([stream.bytes, bytesOf(call)])
    stream.ends.push({ at: stream.bytes.length, line: call.begun })
  }
  for (const { bytes, ends } of streams.values()) {
    for (let at = 0; at + 8 <= bytes.length; at += 4 + bytes.readInt32BE(at)) {
      const line = ends.find((end) => end.at > at)?.line
      if (line !== undefined) found.set(bytes.readInt32BE(at + 4), line)
    }
  }
  return found
}
