// Every snippet of docs/testing.md is run, as it stands, with a broker and a client in scope.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { cohortMatchers, explore, startCohort } from '../../src/index.js'

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1'

const page = readFileSync(join(import.meta.dirname, '../../docs/testing.md'), 'utf8')
const snippets = [...page.matchAll(/^## (.+?)$|^```js\n([\s\S]*?)^```$/gm)].reduce<
  { title: string; code: string }[]
>((found, [, title, code]) => {
  if (title !== undefined) found.push({ title, code: '' })
  else if (code !== undefined) {
    const last = found.at(-1) as { title: string; code: string }
    if (last.code === '') last.code = code
    else found.push({ title: last.title, code })
  }
  return found
}, [])

const AsyncFunction = (async () => {}).constructor as FunctionConstructor
/** Modules are in scope already. */
const withoutImports = (code: string) => code.replace(/^import .*$/gm, '')

describe('docs/testing.md', () => {
  it.each(snippets.filter(({ code }) => code !== ''))('$title', async ({ code }) => {
    await using cohort = await startCohort({ topics: { orders: 3 } })
    const kafka = new Kafka({
      brokers: cohort.brokers,
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 20 },
    })
    const scope = {
      cohort,
      kafka,
      expect,
      Kafka: quiet(),
      startCohort,
      explore,
      cohortMatchers,
      console: { log: () => {} },
    }
    // In a block of its own, so that a snippet may begin with a broker of its own.
    const run = new AsyncFunction(...Object.keys(scope), `{ ${withoutImports(code)} }`)
    await run(...Object.values(scope))
  })
})

function quiet() {
  return class extends Kafka {
    constructor(config: ConstructorParameters<typeof Kafka>[0]) {
      super({ ...config, logLevel: logLevel.NOTHING })
    }
  }
}
