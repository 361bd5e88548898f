// What else the machine was busy with during a measurement: who reads figures in milliseconds needs to know.

import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { childrenCpuSeconds, ticksPerSecond, usage } from './processes.js'

export class Others {
  private readonly pids: () => readonly (number | null)[]
  private before: { busySeconds: number; atMs: number } | null = null

  /** `pids`: of processes that live on and belong to the measurement, besides this one and those that it has started and that have ended. */
  constructor(pids: () => readonly (number | null)[]) {
    this.pids = pids
  }

  begin(): void {
    this.before = this.look()
  }

  /** In percent of all cores, since `begin`; null where it cannot be read. */
  percent(): number | null {
    const [before, after] = [this.before, this.look()]
    if (before === null || after === null) return null
    const capacitySeconds = ((after.atMs - before.atMs) / 1000) * cpus().length
    return Math.max(0, ((after.busySeconds - before.busySeconds) * 100) / capacitySeconds)
  }

  private look(): { busySeconds: number; atMs: number } | null {
    const machine = machineBusySeconds()
    const own = usage(process.pid)
    if (machine === null || own === null) return null
    const living = this.pids().map((pid) => (pid === null ? 0 : (usage(pid)?.cpuSeconds ?? 0)))
    const ours = living.reduce((sum, each) => sum + each, own.cpuSeconds + childrenCpuSeconds())
    return { busySeconds: machine - ours, atMs: performance.now() }
  }
}

/** Of all cores, since the machine was started: all but idling and waiting. */
function machineBusySeconds(): number | null {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
      .split(/\s+/)
      .slice(1)
      .map(Number)
    return (user + nice + system + irq + softirq + steal) / ticksPerSecond()
  } catch {
    return null
  }
}
