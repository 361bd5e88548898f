// Closes a run with one line that scripts can read: `N passed, N failed`.

import type { Reporter, TestModule } from 'vitest/node'

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state === 'failed') failed++
      }
    }
    // After the summary of the default reporter, which writes in the same turn.
    process.on('exit', () => console.log(`${passed} passed, ${failed} failed`))
  }
}
