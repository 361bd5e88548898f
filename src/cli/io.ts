// Where a command writes, and what it may read: the process's own streams, or a test's.

export interface Io {
  write(text: string): void
  error(text: string): void
  readonly isTTY: boolean
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  /** Ends what repeats; Ctrl+C does unless given. */
  readonly signal?: AbortSignal
}

export const processIo: Io = {
  write: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  get isTTY() {
    return process.stdout.isTTY === true
  },
  get stdin() {
    return process.stdin
  },
}
