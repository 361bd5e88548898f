// docs/doctor.md has the rules as they are, and each rule has its scenarios.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RULES } from '../../src/doctor/table.js'

const page = readFileSync(join(import.meta.dirname, '../../docs/doctor.md'), 'utf8')
const tables = page
  .split('\n')
  .filter((line) => line.startsWith('| R'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
const scenarios = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n')

describe('docs/doctor.md', () => {
  it('has the rules R1 to R23 in order', () => {
    expect(RULES.map(({ id }) => id)).toEqual(Array.from({ length: 23 }, (_, i) => `R${i + 1}`))
  })

  it.each(RULES.map((rule) => [rule.id, rule] as const))('has %s as it is', (id, rule) => {
    const { title, severity, looksFor, advice, source } = rule
    const row = tables.find((cells) => cells[1] === id && cells.length === 8)
    expect(row?.slice(1, 7)).toEqual([id, title, severity, looksFor, advice, source])
  })

  it('has those that judge settings', () => {
    const told = tables.filter((cells) => cells.length === 4).map((cells) => cells[1])
    expect(told).toEqual(RULES.filter(({ judgeConfig }) => judgeConfig).map(({ id }) => id))
  })

  it('has those that judge what a broker tells', () => {
    const [, text = ''] = /## With --brokers\n([\s\S]*?)\n## /.exec(page) ?? []
    const told = [...new Set(text.match(/R\d+/g))]
    expect(told).toEqual(RULES.filter(({ judgeGroup }) => judgeGroup).map(({ id }) => id))
  })

  it.each(RULES.map(({ id }) => id))('%s has a scenario that triggers it and one that does not', (id) => {
    const [, body = ''] =
      new RegExp(`describe\\('${id} [^']*', \\(\\) => \\{\\n([\\s\\S]*?)\\n\\}\\)`).exec(scenarios) ?? []
    const titles = [...body.matchAll(/^ {2}it\(\s*["'](is [^\n]*)/gm)].map(([, title = '']) => title)
    expect(titles.some((title) => /^is (not|none) /.test(title))).toBe(true)
    expect(titles.some((title) => !/^is (not|none) /.test(title))).toBe(true)
  })
})
