// What clients and brokers send, made fit for a terminal: names and texts from outside may hold control characters, and a
// terminal obeys those. Everything that would move the cursor, colour, end a line or turn the reading direction is shown as
// an escape in place of itself.

/** C0, DEL, C1; line and paragraph separators; marks that reorder text (Unicode TR 36, 3.3); halves of a surrogate pair. */
const UNFIT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** On one line and harmless: an escape character becomes \x1b, a line feed \n. */
export function terminalText(text: string): string {
  return text.replace(UNFIT, escaped)
}

function escaped(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  const code = character.charCodeAt(0)
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}
