// Which topic names are legal (Kafka: Topic.validate, and the collision of '.' and '_' in metric names).

const MAX_LENGTH = 249
const LEGAL = /^[a-zA-Z0-9._-]+$/

/** Kafka's words for what is wrong, or null. */
export function topicNameError(name: string): string | null {
  const invalid = (why: string) => `Topic name is invalid: ${why}`
  if (name === '') return invalid('the empty string is not allowed')
  if (name === '.' || name === '..') return invalid(`'${name}' is not allowed`)
  if (name.length > MAX_LENGTH) {
    return invalid(`the length of '${name}' is longer than the max allowed length ${MAX_LENGTH}`)
  }
  if (LEGAL.test(name)) return null
  return invalid(`'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`)
}

/** The name that this one would share its metrics with, if there is one. */
export function collidingTopic(name: string, existing: Iterable<string>): string | null {
  if (!/[._]/.test(name)) return null
  const unified = name.replaceAll('.', '_')
  for (const other of existing) {
    if (other !== name && other.replaceAll('.', '_') === unified) return other
  }
  return null
}
