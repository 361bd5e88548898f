// npm run simulate, as it is run: what it prints, and with which code it ends.

import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

function simulate(...args: string[]) {
  const command = ['--import', 'tsx', 'simulation/run.ts', ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe('npm run simulate', () => {
  it('plays a seed and tells what it was, the same every time', () => {
    const first = simulate('--seed', '3')
    expect(first.status).toBe(0)
    expect(first.stdout).toMatch(/^seed 3: fingerprint [0-9a-f]{16}\n1 seeds, 0 promises broken: /)
    const traced = simulate('--seed', '3', '--trace')
    const fingerprint = (text: string) => /^seed 3: fingerprint .*$/m.exec(text)?.[0]
    expect(fingerprint(traced.stdout)).toBe(fingerprint(first.stdout))
    expect(traced.stdout).toMatch(/^ +\d+\.\d{3} .* -> JoinGroup v\d groupId=/m)
  })

  it('says what it does not understand', () => {
    const { status, stderr } = simulate('--seeds', 'many')
    expect(status).toBe(2)
    expect(stderr).toContain("--seeds 'many': a whole number above 0 is expected")
    expect(stderr).toContain('usage: npm run simulate -- [--seeds N]')
  })
})
