// The outcome as text: what was measured, a table with ratios to ours.

import type { Usage } from '../processes.js'
import { markdownTable, median, range } from '../table.js'
import { RECORD_BYTES, RECORDS_PER_BATCH } from './traffic.js'

export interface Sample {
  readonly megabytesPerSecond: number
  /** null: the server is not a process of this machine. */
  readonly cpuMsPerMegabyte: number | null
}

/** What was measured -> server -> one sample per round. */
export type Samples = Record<string, Record<string, Sample[]>>

export interface Report {
  readonly machine: string
  readonly about: {
    readonly megabytes: number
    readonly rounds: number
    readonly connections: number
    readonly inFlight: number
  }
  readonly samples: Samples
  readonly memory: Readonly<Record<string, Usage | null>>
  readonly flood: { readonly megabytes: number; readonly usage: Usage | null }
}

const NOT_MEASURED = 'not measured here'

export function tableOf({ samples }: Report): string[][] {
  const rows = [['', '', 'MB/s', 'of ours', 'records/s', 'server CPU ms/MB', 'of ours']]
  for (const [what, byServer] of Object.entries(samples)) {
    const [ours = []] = Object.values(byServer)
    for (const [name, measured] of Object.entries(byServer)) rows.push(row(what, name, measured, ours))
  }
  return rows
}

const speeds = (measured: readonly Sample[]) => measured.map((each) => each.megabytesPerSecond)
const costs = (measured: readonly Sample[]) => measured.flatMap((each) => each.cpuMsPerMegabyte ?? [])

function row(what: string, name: string, measured: readonly Sample[], ours: readonly Sample[]): string[] {
  const speed = speeds(measured)
  const cpu = costs(measured)
  const ratio = (values: number[], to: number[]) => (median(values) / median(to)).toFixed(2)
  const isOurs = measured === ours
  return [
    what,
    name,
    range(speed),
    isOurs ? '' : ratio(speed, speeds(ours)),
    ((median(speed) * 1e6) / RECORD_BYTES).toFixed(0),
    cpu.length === 0 ? NOT_MEASURED : range(cpu, 2),
    isOurs || cpu.length === 0 ? '' : ratio(cpu, costs(ours)),
  ]
}

export function sentences({ machine, about, memory, flood }: Report): string[] {
  const { megabytes, rounds, connections, inFlight } = about
  const resident = Object.entries(memory).map(([name, used]) =>
    used === null
      ? `${name} ${NOT_MEASURED}`
      : `${name} ${used.residentMb.toFixed(0)} (at most ${used.peakMb.toFixed(0)})`,
  )
  return [
    machine,
    `Records of ${RECORD_BYTES} bytes in batches of ${RECORDS_PER_BATCH}, ${megabytes} MB each time; median of ${rounds} rounds (least to most).`,
    `Produce: ${connections} connections, each with ${inFlight} requests of one batch in flight. Consume: ${connections} connections, each with a fetch session over the whole topic and one request in flight, up to 1 MiB per partition and 50 MiB.`,
    `Resident memory after all rounds, MB: ${resident.join('; ')}.`,
    ...(flood.usage === null
      ? []
      : [
          `After ${flood.megabytes} MB more into one topic Cohort has ${flood.usage.residentMb.toFixed(0)} MB resident (at most ${flood.usage.peakMb.toFixed(0)}).`,
        ]),
  ]
}

export const markdownOf = (report: Report) =>
  `${sentences(report).join('\n\n')}\n\n${markdownTable(tableOf(report))}`
