// librdkafka's mock cluster as a target, in a Python environment of its own.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOME } from './home.js'
import type { Broker } from './kafka.js'
import { run } from './processes.js'
import { startTelling } from './told-address.js'

/** Of confluent-kafka, which brings the librdkafka of the same version. */
export const VERSION = '2.16.1'
const PYTHON = 'Python 3 with its venv module must be on the path'

/** The interpreter that has the package. Throws MissingTool. */
function python(): string {
  const folder = join(HOME, `librdkafka-${VERSION}`)
  const interpreter = join(folder, 'bin', 'python')
  const done = join(folder, '.done')
  if (!existsSync(done)) {
    run('python3', ['-m', 'venv', folder], PYTHON)
    run(interpreter, ['-m', 'pip', 'install', '--quiet', `confluent-kafka==${VERSION}`], PYTHON)
    writeFileSync(done, '')
  }
  return interpreter
}

export function startLibrdkafka(): Promise<Broker> {
  const script = join(import.meta.dirname, 'librdkafka_mock.py')
  return startTelling('librdkafka', python(), [script], /^(\S+):(\d+)$/m)
}
