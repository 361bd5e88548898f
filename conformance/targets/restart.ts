// npx tsx conformance/targets/restart.ts PORT: restarts the broker that start-kafka.ts runs, which tells the port.
// Returns when it is up again; exit code 1 when it does not come up, 2 for wrong usage.

import { askForRestart } from './restarts.js'

const [port, more] = process.argv.slice(2)
if (more !== undefined || !/^\d+$/.test(port ?? '')) {
  console.error('usage: npx tsx conformance/targets/restart.ts PORT, as start-kafka.ts prints it')
  process.exit(2)
}
await askForRestart(Number(port)).catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
