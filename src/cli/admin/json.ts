// JSON for machines. An int64 is a number as long as a number holds it exactly, beyond that a string; what a terminal would
// obey is escaped, which JSON allows in any string.

export function json(value: unknown, indent = 2): string {
  const text = JSON.stringify(
    value,
    (_, member) => (typeof member === 'bigint' ? exact(member) : member),
    indent,
  )
  return `${text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)}\n`
}

const exact = (value: bigint) =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value)

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('')
}
