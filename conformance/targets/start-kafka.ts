// npx tsx conformance/targets/start-kafka.ts [version] [--nodes N] [key=value ...]: a real broker by hand, until Ctrl-C.
// host:port goes to standard output, and the command that restarts it to standard error.

import { parseArgs } from 'node:util'
import { startKafka } from './kafka.js'
import { MissingTool } from './processes.js'
import { offerRestarts } from './restarts.js'

const USAGE = 'usage: start-kafka.ts [version] [--nodes N] [key=value ...]'
const MAX_NODES = 9

class WrongUsage extends Error {}

function readOptions() {
  const { values, positionals } = parse()
  const nodes = Number(values.nodes)
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > MAX_NODES)
    throw new WrongUsage(`--nodes is a number from 1 to ${MAX_NODES}; ${USAGE}`)
  const [version = '4.4.0', ...more] = positionals.filter((each) => !each.includes('='))
  if (more.length > 0) throw new WrongUsage(`'${more[0]}' is no key=value; ${USAGE}`)
  const settings = positionals.filter((each) => each.includes('='))
  return {
    version,
    nodes,
    settings: Object.fromEntries(settings.map((each) => each.split(/=(.*)/s).slice(0, 2))),
  }
}

function parse() {
  try {
    return parseArgs({ allowPositionals: true, options: { nodes: { type: 'string', default: '1' } } })
  } catch (error) {
    throw new WrongUsage(`${(error as Error).message}; ${USAGE}`)
  }
}

try {
  const { brokers, restart } = await startKafka(readOptions())
  const port = await offerRestarts(async () => restart?.())
  console.error(`it restarts with: npx tsx conformance/targets/restart.ts ${port}`)
  console.log(brokers.map(({ host, port }) => `${host}:${port}`).join(','))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof MissingTool || error instanceof WrongUsage ? 2 : 1
}
