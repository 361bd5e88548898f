// What every client program in Node shares: its arguments, what it says, what it is told.

import { createInterface } from 'node:readline'

const [mode, ...words] = process.argv.slice(2)

export { mode }
export const settings = Object.fromEntries(words.map((word) => word.split(/=(.*)/s).slice(0, 2)))

export function say(event, more = {}) {
  process.stdout.write(`${JSON.stringify({ event, at: Date.now(), ...more })}\n`)
}

/** `commands`: word -> what is done with the words behind it. One at a time. */
export function listen(commands) {
  let last = Promise.resolve()
  createInterface({ input: process.stdin }).on('line', (line) => {
    const [name, ...parameters] = line.split(' ')
    const command = commands[name]
    if (command === undefined) return say('unsupported', { call: name })
    last = last.then(() => command(...parameters)).catch(fail)
  })
}

/** Calls of an administrator: each answers with its value, or why it failed. */
export function answer(calls) {
  const commands = Object.entries(calls).map(([call, run]) => [
    call,
    async (...words) => {
      try {
        say('result', { call, value: (await run(...words)) ?? null })
      } catch (error) {
        say('result', { call, error: String(error?.message ?? error) })
      }
    },
  ])
  listen(Object.fromEntries(commands))
}

/** Records `from` to `from + count`, each of its own partition. */
export function records(from, count, partitions) {
  return Array.from({ length: Number(count) }, (_, i) => {
    const number = Number(from) + i
    return { key: `k-${number}`, value: `v-${number}`, partition: number % Number(partitions) }
  })
}

/** A gate that the poll loop passes: shut by 'stall', opened by 'go'. */
export function gate() {
  let shut = null
  let open = () => {}
  return {
    pass: () => shut ?? undefined,
    stall: () => {
      shut ??= new Promise((resolve) => {
        open = resolve
      })
    },
    go: () => {
      shut = null
      open()
    },
  }
}

export function fail(error) {
  say('error', { message: String(error?.stack ?? error) })
  process.exit(1)
}
process.on('unhandledRejection', fail)
