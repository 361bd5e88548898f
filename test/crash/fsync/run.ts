// npm run crash:fsync: the real server under strace. Shows that for every acknowledged commit and record the flush that covers it returned
// before its answer was written; SIGKILL alone cannot show that, because the system keeps what a killed process wrote. The same check
// must fail with --durability os, or it is blind. Exit code 0: all is so, 1: it is not, 2: it cannot be seen on this machine.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { WAL_FILES } from '../../../src/store/wal.js'
import { ServerProcess, temporaryDirectory } from '../server.js'
import { checkOrder, type Findings } from './order.js'
import { parseTrace } from './trace.js'
import { send, type Traffic } from './traffic.js'

const CALLS = 'openat,fsync,fdatasync,msync,sync_file_range,write,pwrite64,writev,pwritev,sendmsg,sendto'
/** A write to the log is shown whole. */
const SHOWN_BYTES = 65_536
/** Each flush is held up so long before it begins: an answer that does not wait for it is far ahead. */
const HOLD_MICROS = 3000
const TOPIC = 'crash'
const SHOWN = 5

function whyNot(): string | null {
  const { error, status, stderr } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], {
    encoding: 'utf8',
  })
  if (error !== undefined)
    return 'strace is not to be found: install it (Linux only), this check is made of its output'
  if (status !== 0) return `strace may not trace here (${stderr.trim().split('\n')[0]}): allow ptrace`
  return null
}

async function trace(durability: 'fsync' | 'os'): Promise<{ traffic: Traffic; findings: Findings }> {
  const { path: workDir, remove } = temporaryDirectory()
  const file = join(workDir, 'trace')
  const dataDir = join(workDir, 'data')
  // -D: strace is the child of the server, not the other way round; signals reach the server.
  const under = ['strace', '-D', '-f', '-y', '-xx', '-s', String(SHOWN_BYTES), '-o', file]
  under.push('-e', `trace=${CALLS}`, '-e', `inject=fdatasync:delay_enter=${HOLD_MICROS}`)
  const server = await ServerProcess.prepare({ dataDir, workDir, durability, under, topics: { [TOPIC]: 1 } })
  await server.start()
  const traffic = await send(server.port, TOPIC)
  await server.end('SIGTERM')
  const calls = parseTrace(readFileSync(file, 'latin1'))
  const logFiles = WAL_FILES.map((name) => join(dataDir, name))
  const findings = checkOrder(calls, logFiles, [...traffic.commits, ...traffic.records])
  remove()
  return { traffic, findings }
}

function tell(durability: string, { traffic, findings }: Awaited<ReturnType<typeof trace>>): void {
  const { commits, records } = traffic
  console.log(
    `durability ${durability}: ${commits.length} commits and ${records.length} records acknowledged, ` +
      `${findings.flushes} flushes of the log, ${findings.early.length} answers before theirs had returned`,
  )
  for (const line of findings.early.slice(0, SHOWN)) console.log(`  ${line}`)
}

const missing = whyNot()
if (missing !== null) {
  console.error(missing)
  process.exit(2)
}
const kept = await trace('fsync')
tell('fsync', kept)
const control = await trace('os')
tell('os, where answers do not wait for flushes', control)
const answers = control.traffic.commits.length + control.traffic.records.length
const sees = control.findings.early.length === answers
if (!sees) console.log('the check did not notice that nothing was flushed: it is blind')
process.exit(kept.findings.early.length === 0 && kept.findings.flushes > 0 && sees ? 0 : 1)
