// A program that starts a broker, uses it and stops it ends by itself: nothing is left open.

import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'

const PROGRAM = `
import net from 'node:net'
import { startCohort } from './src/index.ts'
const cohort = await startCohort({ topics: { foo: 1 } })
const socket = net.connect(cohort.port, '127.0.0.1')
await new Promise((resolve) => socket.once('connect', resolve))
socket.on('error', () => {})
await cohort.stop()
console.log('stopped')
`

it('a program that stops its broker exits', async () => {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 25_000 })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect([output.trim(), code]).toEqual(['stopped', 0])
})
