// The package as it is published: small, and nothing is left out that somebody needs.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ErrorCodes, isRetriable } from '../../src/protocol/errors.js'

const ROOT = resolve(import.meta.dirname, '../..')
const home = mkdtempSync(join(tmpdir(), 'cohort-package-'))
const dist = join(home, 'dist')
const MOST_BYTES = 1_000_000

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs'), dist])
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'))
}, 60_000)
afterAll(() => rmSync(home, { recursive: true }))

/** Of a file, or of all that is in a directory. */
function bytesOf(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.size
  return readdirSync(path).reduce((bytes, name) => bytes + bytesOf(join(path, name)), 0)
}

describe('the package', () => {
  it('is under 1,000,000 bytes unpacked', () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] }
    const paths = ['package.json', ...files].map((name) => (name === 'dist' ? dist : join(ROOT, name)))
    const bytes = paths.reduce((sum, path) => sum + bytesOf(path), 0)
    expect(bytes).toBeLessThan(MOST_BYTES)
  })

  it('has types that lack nothing they speak of', () => {
    const compilerOptions = {
      ...{ noEmit: true, strict: true, skipLibCheck: false },
      ...{ module: 'NodeNext', target: 'ES2023', lib: ['ES2023', 'ESNext.Disposable'], types: ['node'] },
    }
    const files = ['dist/types/index.d.ts', 'dist/index.d.cts']
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    execFileSync(process.execPath, [tsc, '-p', home], { encoding: 'utf8' })
  }, 60_000)

  it('has no types that nobody can come to', () => {
    const types = (file: string) => readFileSync(join(dist, 'types', file), 'utf8')
    expect(types('protocol/errors.d.ts')).toContain('export type ErrorName')
    expect(types('protocol/errors.d.ts')).not.toContain('isRetriable')
    expect(readdirSync(join(dist, 'types/protocol'))).not.toContain('wire.d.ts')
  })

  it('has error codes as numbers, each the right one', () => {
    const names = Object.keys(ErrorCodes).join('|')
    const used = new RegExp(`[\\w$]\\.(?:${names})\\b`)
    const scripts = readdirSync(dist).filter((name) => name.endsWith('.cjs'))
    expect(scripts.filter((name) => used.test(readFileSync(join(dist, name), 'utf8')))).toEqual([])

    const readable = join(home, 'readable')
    const env = { ...process.env, COHORT_READABLE: '1' }
    execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs'), readable], { env })
    const built = createRequire(import.meta.url)(join(readable, 'library.cjs'))
    expect(built.ErrorCodes).toEqual(ErrorCodes)
    const retriable = (is: typeof isRetriable) => Object.values(ErrorCodes).filter((code) => is(code))
    expect(retriable(built.isRetriable)).toEqual(retriable(isRetriable))
  }, 60_000)
})
