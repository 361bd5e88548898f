// Whether every answer left after the flush that covers what it acknowledges. LMDB writes the pages of a commit, flushes them with
// fdatasync, and then writes the root of the file through a descriptor with O_DSYNC, which returns when the root is on the disk: from there
// on the commit is found after a loss of power.

import { bytesOf, type Call, fileOf, hexOf } from './trace.js'

export interface Acknowledged {
  readonly correlationId: number
  /** Text that is in the pages of its commit and in no others before. */
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
  dataFile: string,
  acknowledged: readonly Acknowledged[],
): Findings {
  const ofData = calls.filter((call) => fileOf(call)?.path === dataFile)
  const synced = syncedDescriptors(calls, dataFile)
  const flushes = ofData.filter(({ name, result }) => FLUSHES.includes(name) && result === 0)
  const writes = ofData.filter(({ name, result }) => WRITES.includes(name) && result > 0)
  const roots = writes.filter((call) => synced.has(fileOf(call)?.fd ?? -1))
  const answers = answersIn(calls)
  const early = acknowledged.flatMap(({ correlationId, marker }) => {
    const answered = answers.get(correlationId)
    if (answered === undefined) return [`${marker}: its answer is not in the trace`]
    const hex = hexOf(marker)
    const page = writes.find(({ args }) => args.includes(hex))
    if (page === undefined) return [`${marker}: answered in line ${answered}, and never written to the file`]
    const flush = flushes.find(({ begun }) => begun > page.ended)
    const root = flush && roots.find(({ begun }) => begun > flush.ended)
    if (root !== undefined && root.ended < answered) return []
    const flushed = root === undefined ? 'never flushed' : `durable in line ${root.ended}`
    return [`${marker}: answered in line ${answered}, written in line ${page.ended}, ${flushed}`]
  })
  return { early, flushes: flushes.length }
}

/** Of the data file: a write through them returns when it is on the disk. */
function syncedDescriptors(calls: readonly Call[], dataFile: string): Set<number> {
  const path = hexOf(dataFile)
  const opened = calls.filter(({ name, args }) => name === 'openat' && args.includes(path))
  return new Set(opened.filter(({ args }) => /O_D?SYNC/.test(args)).map(({ result }) => result))
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
