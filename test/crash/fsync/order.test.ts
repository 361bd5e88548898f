// The check of `npm run crash:fsync`, against traces made by hand: what it must let pass and what it must find.

import { describe, expect, it } from 'vitest'
import { checkOrder } from './order.js'
import { hexOf, parseTrace } from './trace.js'

const FILES = ['/data/wal-0', '/data/wal-1']
const path = hexOf('/data/wal-0')
const otherPath = hexOf('/data/wal-1')
const socket = hexOf('socket:[7]')
const MARKER = 'commit-5-'
/** Size 4, correlation id 5. */
const ANSWER = '\\x00\\x00\\x00\\x04\\x00\\x00\\x00\\x05'

const WRITTEN = `10 pwrite64(22<${path}>, "\\x00${hexOf(MARKER)}\\x00", 11, 8192) = 11`
const FLUSH = `10 fdatasync(22<${path}>) = 0`
const ANSWERED = `9 write(28<${socket}>, "${ANSWER}", 8) = 8`

const earlyIn = (...lines: string[]) =>
  checkOrder(parseTrace(lines.join('\n')), FILES, [{ correlationId: 5, marker: MARKER }]).early

describe('the order of flush and answer', () => {
  it('is right when write and flush are through before the answer begins', () => {
    expect(earlyIn(WRITTEN, FLUSH, ANSWERED)).toEqual([])
  })

  it('is right when calls are told in two halves', () => {
    const begun = `10 fdatasync(22<${path}> <unfinished ...>`
    const other = `11 write(17<${hexOf('anon_inode:[eventfd]')}>, "\\x01", 1) = 1`
    expect(earlyIn(WRITTEN, begun, other, '10 <... fdatasync resumed>) = 0', ANSWERED)).toEqual([])
  })

  it.each([
    ['the answer is in front of the flush', [WRITTEN, ANSWERED, FLUSH]],
    [
      'the answer begins before the flush has returned',
      [WRITTEN, `10 fdatasync(22<${path}> <unfinished ...>`, ANSWERED, '10 <... fdatasync resumed>) = 0'],
    ],
    ['the flush was begun before the write was through', [FLUSH, WRITTEN, ANSWERED]],
    ['the flush failed', [WRITTEN, FLUSH.replace('= 0', '= -1 EIO'), ANSWERED]],
    ['nothing was flushed', [WRITTEN, ANSWERED]],
    ['the other file was flushed', [WRITTEN, FLUSH.replace(path, otherPath), ANSWERED]],
    ['it was never written', [FLUSH, ANSWERED]],
    ['there is no answer', [WRITTEN, FLUSH]],
  ])('is wrong when %s', (_, lines) => {
    expect(earlyIn(...lines)).toHaveLength(1)
  })

  it('finds answers that are cut in two, where their first byte is', () => {
    const halves = [
      `9 write(28<${socket}>, "${ANSWER.slice(0, 12)}", 3) = 3`,
      `9 write(28<${socket}>, "${ANSWER.slice(12)}", 5) = 5`,
    ] as const
    expect(earlyIn(WRITTEN, FLUSH, ...halves)).toEqual([])
    expect(earlyIn(WRITTEN, halves[0], FLUSH, halves[1])).toHaveLength(1)
  })
})
