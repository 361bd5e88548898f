// The sequence diagram of a stretch of a journal; what clients send cannot become markup.

import { describe, expect, it } from 'vitest'
import { entryOf } from '../../src/observe/journal-entry.js'
import { sequenceDiagram } from '../../src/observe/mermaid.js'
import { Stage } from '../doctor/stage.js'
import { SAMPLES } from './samples.js'

describe('a sequence diagram', () => {
  it('has members, requests with their answers, and what the coordinator tells', async () => {
    await using stage = await Stage.open()
    const first = await stage.member()
    const second = await stage.actor()
    const joining = second.join()
    await stage.parked(second)
    await stage.pass(2000)
    await Promise.all([joining, first.join()])
    const lines = sequenceDiagram(stage.cohort.journal.entries({ group: 'g' })).split('\n')
    expect(lines.slice(0, 5)).toEqual([
      'sequenceDiagram',
      '  autonumber',
      `  participant M1 as ${first.memberId}`,
      `  participant M2 as ${second.memberId}`,
      '  participant C as coordinator',
    ])
    expect(lines).toContain('  M2->>C: JoinGroup (+2 s)')
    expect(lines).toContain('  C-->>M2: generation 2 after 2 s (+2 s)')
    expect(lines).toContain('  M1->>C: SyncGroup (+1 ms)')
    expect(lines.some((line) => /^ {2}Note over C: Stable -#62; PreparingRebalance/.test(line))).toBe(true)
    expect(lines.at(-1)).toBe('')
  })

  it('shows every type of entry', () => {
    const text = sequenceDiagram(Object.values(SAMPLES))
    const steps = text.split('\n').filter((line) => /^ {2}(Note over|[MCX]\d*-)/.test(line))
    expect(steps.length).toBeGreaterThanOrEqual(Object.keys(SAMPLES).length)
    expect(text).toContain('M1->>C: OffsetCommit orders-0 at 9007199254740993')
    expect(text).not.toContain('participant X')
    expect(sequenceDiagram([{ ...SAMPLES.join, member: null }])).toContain('participant X as others')
  })

  it('escapes what would end a statement, begin a directive, or be markup', () => {
    const nasty = 'a;b\nC->>M1: forged\r%%{init}%%#59;<b>"x"</b>&amp;\u001b[31m\u2028`'
    const text = sequenceDiagram([
      { ...SAMPLES.join, member: nasty },
      entryOf('leave', 0, {
        ...{ member: nasty, client: nasty, connection: 1, error: 'NONE', waitedMs: 0, fault: null },
        ...{ instance: nasty, cause: nasty },
      }),
      entryOf('lacked', 0, { cause: nasty }),
    ])
    const own = text.split('\n').slice(2, -1)
    for (const line of own) {
      expect(line).toMatch(/^ {2}(participant [MXC]\d* as |Note over [MXC,\d]+: |[MC]\d*-+>>[MC]\d*: )/)
      expect(
        line.replace(/#(colon|\d+);/g, '').replace(/^ {2}[\w ,]+: |^ {2}[MC]\d*-+>>[MC]\d*: /, ''),
      ).not.toMatch(/[;#<>"&%`\\\p{Cc}\u2028]/u)
    }
    expect(own).toHaveLength(7)
  })

  it('gives members beyond the twentieth one lifeline', () => {
    const text = sequenceDiagram(
      Array.from({ length: 30 }, (_, i) => ({ ...SAMPLES['member-joined'], member: `m${i}` })),
    )
    expect(text.match(/participant M/g)).toHaveLength(20)
    expect(text).toContain('Note over X,C: m29 is a member')
  })
})
