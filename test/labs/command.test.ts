// `cohort lab`: what it prints, and how it ends.

import { describe, expect, it } from 'vitest'
import { lab } from '../../src/cli/lab.js'
import { LABS } from '../../src/labs/labs.js'

async function run(...argv: string[]) {
  let out = ''
  let err = ''
  const io = {
    write: (text: string) => {
      out += text
    },
    error: (text: string) => {
      err += text
    },
  }
  const code = await lab(argv, io)
  return { code, out, err }
}

describe('cohort lab', () => {
  it('lists every lab with its question', async () => {
    const { code, out } = await run()
    expect(code).toBe(0)
    for (const { id, question } of LABS) {
      expect(out).toContain(`  ${id} `)
      expect(out).toContain(question)
    }
    expect(out.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(LABS.length)
  })

  it('plays one: setting, timeline, figures, answer, advice', async () => {
    const { code, out } = await run('crash-or-leave')
    expect(code).toBe(0)
    for (const part of ['c1 ends after 30 s', 'group', 'longest', 'What it says', 'What to set'])
      expect(out).toContain(part)
    expect(out).toContain('close() sends LeaveGroup')
    for (const line of out.split('\n')) expect(line.length).toBeLessThan(220)
  })

  it('gives figures as JSON, by the seed', async () => {
    const { out } = await run('crash-or-leave', '--json', '--seed', '7')
    const result = JSON.parse(out) as {
      lab: string
      seed: number
      runs: { name: string; figures: { rebalances: number } }[]
    }
    expect({ lab: result.lab, seed: result.seed }).toEqual({ lab: 'crash-or-leave', seed: 7 })
    expect(result.runs[0]).toMatchObject({ name: 'close()', figures: { rebalances: 1 } })
    expect((await run('crash-or-leave', '--json', '--seed', '7')).out).toBe(out)
  })

  it('lists as JSON', async () => {
    const { out } = await run('--json')
    expect((JSON.parse(out) as { id: string }[]).map(({ id }) => id)).toEqual(LABS.map(({ id }) => id))
  })

  it('suggests the lab that was meant', async () => {
    const { code, out, err } = await run('zombi')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toBe("cohort lab: there is no lab 'zombi' (did you mean 'zombie'?); cohort lab lists them\n")
  })

  it.each([
    [['zombie', '--seed', 'x'], 'It must be a whole number from 0 on'],
    [['zombie', '--sead', '1'], "unknown option '--sead'"],
    [['zombie', 'duplicates'], 'too many arguments'],
  ])('refuses %j in one line', async (argv, line) => {
    const { code, err } = await run(...argv)
    expect(code).toBe(2)
    expect(err).toContain(line)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('has a --help', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    expect(out).toContain('Usage: cohort lab')
  })
})
