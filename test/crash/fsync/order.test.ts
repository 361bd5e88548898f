// The check of `npm run crash:fsync`, against traces made by hand: what it must let pass and what it must find.

import { describe, expect, it } from 'vitest'
import { checkOrder } from './order.js'
import { hexOf, parseTrace } from './trace.js'

const FILE = '/data/data.mdb'
const path = hexOf(FILE)
const socket = hexOf('socket:[7]')
const MARKER = 'commit-5-'
/** Size 4, correlation id 5. */
const ANSWER = '\\x00\\x00\\x00\\x04\\x00\\x00\\x00\\x05'

const OPENED = [
  `9 openat(AT_FDCWD<${hexOf('/')}>, "${path}", O_RDWR|O_CREAT, 0664) = 22<${path}>`,
  `9 openat(AT_FDCWD<${hexOf('/')}>, "${path}", O_WRONLY|O_DSYNC|O_CLOEXEC) = 23<${path}>`,
]
const PAGE = `10 pwrite64(22<${path}>, "\\x00${hexOf(MARKER)}\\x00", 11, 8192) = 11`
const FLUSH = `10 fdatasync(22<${path}>) = 0`
const ROOT = `10 pwrite64(23<${path}>, "\\x00\\x01", 2, 40) = 2`
const ANSWERED = `9 write(28<${socket}>, "${ANSWER}", 8) = 8`

const earlyIn = (...lines: string[]) =>
  checkOrder(parseTrace([...OPENED, ...lines].join('\n')), FILE, [{ correlationId: 5, marker: MARKER }]).early

describe('the order of flush and answer', () => {
  it('is right when page, flush and root are through before the answer begins', () => {
    expect(earlyIn(PAGE, FLUSH, ROOT, ANSWERED)).toEqual([])
  })

  it('is right when calls are told in two halves', () => {
    const begun = `10 fdatasync(22<${path}> <unfinished ...>`
    const other = `11 write(17<${hexOf('anon_inode:[eventfd]')}>, "\\x01", 1) = 1`
    expect(earlyIn(PAGE, begun, other, '10 <... fdatasync resumed>) = 0', ROOT, ANSWERED)).toEqual([])
  })

  it.each([
    ['the answer is in front of the flush', [PAGE, ANSWERED, FLUSH, ROOT]],
    ['the answer is in front of the root', [PAGE, FLUSH, ANSWERED, ROOT]],
    [
      'the answer begins before the flush has returned',
      [PAGE, `10 fdatasync(22<${path}> <unfinished ...>`, ANSWERED, '10 <... fdatasync resumed>) = 0', ROOT],
    ],
    ['the flush was begun before the page was written', [FLUSH, PAGE, ROOT, ANSWERED]],
    ['the flush failed', [PAGE, FLUSH.replace('= 0', '= -1 EIO'), ROOT, ANSWERED]],
    ['nothing was flushed', [PAGE, ROOT, ANSWERED]],
    ['the root is written through the other descriptor', [PAGE, FLUSH, ROOT.replace('23<', '22<'), ANSWERED]],
    ['it was never written', [FLUSH, ROOT, ANSWERED]],
    ['there is no answer', [PAGE, FLUSH, ROOT]],
  ])('is wrong when %s', (_, lines) => {
    expect(earlyIn(...lines)).toHaveLength(1)
  })

  it('finds answers that are cut in two, where their first byte is', () => {
    const halves = [
      `9 write(28<${socket}>, "${ANSWER.slice(0, 12)}", 3) = 3`,
      `9 write(28<${socket}>, "${ANSWER.slice(12)}", 5) = 5`,
    ] as const
    expect(earlyIn(PAGE, FLUSH, ROOT, ...halves)).toEqual([])
    expect(earlyIn(PAGE, FLUSH, halves[0], ROOT, halves[1])).toHaveLength(1)
  })
})
