// Directories that are gone after a test.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function directories(): { directory(): string; clear(): void } {
  const made: string[] = []
  return {
    directory() {
      const path = mkdtempSync(join(tmpdir(), 'cohort-store-'))
      made.push(path)
      return path
    },
    clear() {
      for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true })
    },
  }
}
