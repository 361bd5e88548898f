// How vitest runs a test for scripts/stories.mjs: many times in one process, each run timed. A failure does not end the series.

import { setMaxListeners } from 'node:events'
import { TestRunner } from 'vitest'

export default class ManyTimes extends TestRunner {
  async runTask(test) {
    const body = TestRunner.getTestFn(test)
    const runs = []
    test.meta.runs = runs
    setMaxListeners(0, test.context.signal) // each run adds one
    for (let left = Number(process.env.STORIES_TIMES); left > 0; left--) {
      const startMs = performance.now()
      const error = await body().then(
        () => null,
        (caught) => caught ?? new Error('rejected with nothing'),
      )
      runs.push({ ms: performance.now() - startMs, failed: error !== null })
      if (error !== null) test.result.errors = [...(test.result.errors ?? []), error]
    }
    const [first] = test.result.errors ?? []
    test.result.errors = undefined
    if (first !== undefined) throw first
  }
}
