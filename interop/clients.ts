// All clients, in the order in which they are run.

import type { Client } from './client.js'
import { GO } from './setup/go.js'
import { JAVA } from './setup/java.js'
import { KCAT } from './setup/kcat.js'
import { NODE } from './setup/node.js'
import { PYTHON } from './setup/python.js'

export const CLIENTS: readonly Client[] = [...NODE, ...PYTHON, ...GO, ...JAVA, ...KCAT]

/** A client of another language, to read what it writes. */
export function partnerOf({ language }: Client): Client {
  const name = language === 'go' ? 'confluent-kafka-python' : 'franz-go'
  const found = CLIENTS.find((client) => client.name === name)
  if (found === undefined) throw new Error(`there is no client ${name}`)
  return found
}

/** Those that are named, by name or language; all when none is. Throws with what there is. */
export function pick(words: readonly string[]): Client[] {
  const fits = ({ name, language }: Client, word: string) => name === word || language === word
  const unknown = words.find((word) => !CLIENTS.some((client) => fits(client, word)))
  if (unknown !== undefined) {
    const languages = [...new Set(CLIENTS.map(({ language }) => language))]
    const names = CLIENTS.map(({ name }) => name)
    throw new Error(`there is no client or language '${unknown}', but ${[...languages, ...names].join(', ')}`)
  }
  return CLIENTS.filter((client) => words.length === 0 || words.some((word) => fits(client, word)))
}
