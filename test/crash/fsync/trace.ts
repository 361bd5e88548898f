// What strace wrote, as calls in the order in which they began and ended. strace holds a thread at the end of each call until it has
// written its line: what a thread does because another's call returned stands behind the line of that return.

export interface Call {
  readonly name: string
  /** As strace prints it: "22</data/data.mdb>" and the rest. */
  readonly args: string
  /** Numbers of lines. */
  readonly begun: number
  readonly ended: number
  readonly result: number
}

/** `-f -y -xx` of strace: process id in front, paths behind descriptors, strings in hexadecimal. */
export function parseTrace(text: string): Call[] {
  const calls: Call[] = []
  const begun = new Map<string, { name: string; args: string; line: number }>()
  for (const [line, each] of text.split('\n').entries()) {
    const [, pid = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(each) ?? []
    const unfinished = /^(\w+)\((.*) <unfinished \.\.\.>$/.exec(rest)
    if (unfinished !== null) {
      const [, name = '', args = ''] = unfinished
      begun.set(pid, { name, args, line })
      continue
    }
    const resumed = /^<\.\.\. (\w+) resumed>(.*)\)\s+= (-?\d+)/.exec(rest)
    const before = begun.get(pid)
    if (resumed !== null && before !== undefined) {
      const [, name = '', args = '', result] = resumed
      begun.delete(pid)
      calls.push({ name, args: before.args + args, begun: before.line, ended: line, result: Number(result) })
      continue
    }
    const whole = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(rest)
    if (whole === null) continue // a signal, or the end of a thread
    const [, name = '', args = '', result] = whole
    calls.push({ name, args, begun: line, ended: line, result: Number(result) })
  }
  return calls.sort((a, b) => a.begun - b.begun)
}

/** The descriptor's number and path of a call that has one first. */
export function fileOf({ args }: Call): { fd: number; path: string } | null {
  const [, fd, path = ''] = /^(\d+)<(.*?)>/.exec(args) ?? []
  return fd === undefined ? null : { fd: Number(fd), path: textOf(path) }
}

const textOf = (shown: string) => (shown.startsWith('\\x') ? fromHex(shown).toString() : shown)
const fromHex = (shown: string) => Buffer.from(shown.replaceAll('\\x', ''), 'hex')

/** As -xx prints them. */
export const hexOf = (text: string) =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')

/** The bytes that a call wrote, of all its strings. */
export function bytesOf({ args, result }: Call): Buffer {
  const strings = Array.from(args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g), ([, hex = '']) => hex)
  return fromHex(strings.join('')).subarray(0, Math.max(0, result))
}
