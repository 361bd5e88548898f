// Who is asked for durable commits: ours as it is built, with each way to keep data, and Apache Kafka as it is by default, which leaves
// flushing to the system and to its replicas, and as one that flushes what it acknowledges.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from '../../conformance/targets/exit.js'
import { startKafka } from '../../conformance/targets/kafka.js'
import { start, stop } from '../processes.js'
import { peer, type Server } from '../throughput/servers.js'

const HOST = '127.0.0.1'

/** `durability` null: in memory. */
export async function cohort(durability: 'fsync' | 'os' | 'none' | null): Promise<Server> {
  const dir = mkdtempSync(join(tmpdir(), 'cohort-bench-'))
  const remove = () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  const forget = atExit(remove)
  const kept = durability === null ? ['--ephemeral'] : ['--data-dir', dir, '--durability', durability]
  const server = [process.execPath, 'dist/cli.js', '--log-level', 'silent', '--no-http']
  const started = await start([...server, ...kept, '--port'])
  const name = `Cohort, ${durability ?? 'in memory'}`
  return {
    ...{ name, host: HOST, port: started.port, pid: started.pid },
    async stop() {
      await stop(started)
      remove()
      forget()
    },
  }
}

const FLUSHING = { 'log.flush.interval.messages': 1 }

/** `flushes`: before each answer, as durable as ours. Rejects with MissingTool. */
export async function apacheKafka(version: string, flushes: boolean): Promise<Server> {
  const broker = await startKafka({ version, settings: flushes ? FLUSHING : {} })
  const [address] = broker.brokers
  if (address === undefined) throw new Error('a broker has an address')
  const name = `Apache Kafka ${version}, ${flushes ? 'flushing each' : 'default'}`
  return { ...peer(`${name}=${address.host}:${address.port}`), stop: () => broker.stop() }
}
