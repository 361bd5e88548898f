// Our own server with its data in a directory. It is restarted on the same data: killed and asked to end by turns.

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from '../client.js'
import { atExit } from './exit.js'
import { runFolder } from './home.js'
import type { Broker, KafkaOptions } from './kafka.js'
import { freePorts } from './ports.js'
import { awaitBrokers, type Running, startProcess, stopProcess } from './processes.js'

const ROOT = join(import.meta.dirname, '../..')
const HOST = '127.0.0.1'

export async function startKept({ settings }: Pick<KafkaOptions, 'settings'>): Promise<Broker> {
  const folder = mkdtempSync(join(runFolder(), 'cohort-'))
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  const forget = atExit(remove)
  const [port = 0] = await freePorts(1)
  const address: Address = { host: HOST, port }
  const where = ['--port', String(port), '--host', HOST, '--no-http', '--data-dir', join(folder, 'data')]
  const sets = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const args = ['--import', 'tsx', join(ROOT, 'src/cli/main.ts'), ...where, ...sets]
  const start = async () => {
    const begun = startProcess(process.execPath, args, join(folder, 'log'), ROOT)
    await awaitBrokers(begun, address, 1)
    return begun
  }
  let running: Running = await start()
  let restarts = 0
  return {
    brokers: [address],
    async restart() {
      if (restarts++ % 2 === 0) await killProcess(running)
      else await stopProcess(running)
      running = await start()
    },
    async stop() {
      await stopProcess(running)
      remove()
      forget()
    },
  }
}

async function killProcess({ child }: Running): Promise<void> {
  const over = once(child, 'close')
  child.kill('SIGKILL')
  await over
}
