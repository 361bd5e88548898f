// Where targets keep what they need: jars, environments, data and logs.

import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export const HOME = process.env.COHORT_KAFKA_HOME ?? join(homedir(), '.cache', 'cohort-kafka')

/** Of what runs now. */
export function runFolder(): string {
  const folder = join(HOME, 'run')
  mkdirSync(folder, { recursive: true })
  return folder
}
