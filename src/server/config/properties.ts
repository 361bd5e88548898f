// Java's .properties format, as server.properties is written: comments, '=' or ':' or white space between key and value,
// continued lines, escapes (java.util.Properties.load).

export interface Property {
  readonly name: string
  readonly value: string
  /** Of its first line, from 1. */
  readonly line: number
}

export function parseProperties(text: string): Property[] {
  const properties: Property[] = []
  const lines = text.split(/\r\n|\r|\n/)
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1
    let logical = (lines[i] as string).trimStart()
    if (logical === '' || logical.startsWith('#') || logical.startsWith('!')) continue
    while (endsInBackslash(logical) && i + 1 < lines.length) {
      i++
      logical = logical.slice(0, -1) + (lines[i] as string).trimStart()
    }
    properties.push({ ...split(logical), line })
  }
  return properties
}

function endsInBackslash(line: string): boolean {
  const backslashes = /\\*$/.exec(line)?.[0].length ?? 0
  return backslashes % 2 === 1
}

/** The key ends at the first separator that is not escaped. */
function split(logical: string): { name: string; value: string } {
  const key = /^(?:\\.|[^\\=:\s])*/.exec(logical)?.[0] ?? ''
  const rest = logical.slice(key.length).replace(/^\s*[=:]?\s*/, '')
  return { name: unescaped(key), value: unescaped(rest).trimEnd() }
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, char: string) =>
    code === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
