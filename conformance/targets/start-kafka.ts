// npx tsx conformance/targets/start-kafka.ts [version] [--nodes N] [key=value ...]: a real broker by hand, until Ctrl-C.

import { parseArgs } from 'node:util'
import { startKafka } from './kafka.js'
import { MissingTool } from './processes.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { nodes: { type: 'string', default: '1' } },
})
const version = positionals.find((each) => !each.includes('=')) ?? '4.4.0'
const settings = positionals.filter((each) => each.includes('='))

try {
  const kafka = await startKafka({
    version,
    nodes: Number(values.nodes),
    settings: Object.fromEntries(settings.map((each) => each.split(/=(.*)/s).slice(0, 2))),
  })
  console.log(kafka.brokers.map(({ host, port }) => `${host}:${port}`).join(','))
  await new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await kafka.stop()
} catch (error) {
  if (!(error instanceof MissingTool)) throw error
  console.error(error.message)
  process.exitCode = 2
}
