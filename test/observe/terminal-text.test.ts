// What comes from outside cannot steer a terminal.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { terminalText } from '../../src/observe/terminal-text.js'

describe('terminalText', () => {
  it.each([
    ['orders-1', 'orders-1'],
    ['Größe 漢字 🚀', 'Größe 漢字 🚀'],
    ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['\x1b]0;title\x07', '\\x1b]0;title\\x07'],
    ['one\r\ntwo\tthree', 'one\\r\\ntwo\\tthree'],
    ['\x9b31m', '\\x9b31m'],
    ['\x7f\0', '\\x7f\\x00'],
    ['abc\u202edef', 'abc\\u202edef'],
    ['a\u200bb', 'a\\u200bb'],
    ['\ud800x\udc00', '\\ud800x\\udc00'],
  ])('%j', (text, shown) => expect(terminalText(text)).toBe(shown))

  it('lets no control character through, and is done after once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = terminalText(text)
        expect(shown).not.toMatch(/\p{Cc}|\p{Zl}|\p{Zp}/u)
        expect(terminalText(shown)).toBe(shown)
      }),
    )
  })
})
