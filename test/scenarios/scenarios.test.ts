// Every *.txt here is a scenario that must read as it does.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { play } from './transcript.js'

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'))

it.each(files)('%s', (file) => {
  const path = join(import.meta.dirname, file)
  const text = readFileSync(path, 'utf8')
  const played = play(text)
  if (process.env.UPDATE_SCENARIOS) writeFileSync(path, played)
  else expect(played).toBe(text)
})
