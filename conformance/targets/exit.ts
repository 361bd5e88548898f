// What must be done before this process ends, however it ends: by itself, by a signal, or by an error that nobody caught.

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

let todo: (() => void)[] | null = null

/** The last is done first. Returns what takes it off the list. */
export function atExit(action: () => void): () => void {
  todo ??= listen()
  todo.push(action)
  return () => {
    todo = (todo ?? []).filter((each) => each !== action)
  }
}

function listen(): (() => void)[] {
  process.once('exit', () => {
    for (const action of (todo ?? []).reverse()) action()
  })
  for (const [signal, number] of Object.entries(SIGNALS))
    process.once(signal, () => process.exit(128 + number))
  return []
}
