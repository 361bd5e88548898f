// Our own server as a target: a process of its own, as `npm start` starts it.

import { join } from 'node:path'
import type { Broker, KafkaOptions } from './kafka.js'
import { startTelling } from './told-address.js'

const ROOT = join(import.meta.dirname, '../..')
const LISTENS = /^Cohort listens on (\S+?):(\d+)[,\d]*;/m

export function startOurs({ settings, nodes = 1 }: Omit<KafkaOptions, 'version'>): Promise<Broker> {
  const where = ['--port', '0', '--host', '127.0.0.1', '--ephemeral', '--brokers', String(nodes)]
  const sets = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const args = ['--import', 'tsx', join(ROOT, 'src/cli/main.ts'), ...where, ...sets]
  return startTelling('cohort', process.execPath, args, LISTENS, ROOT)
}
