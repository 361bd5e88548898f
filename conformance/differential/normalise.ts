// Answers in names that two brokers share: member ids by who was given them, topic ids and time left out, lists whose order
// is open as sets.

export interface Names {
  /** Member id -> whose it is, and which of its JoinGroups was first answered with it. */
  readonly ids: Map<string, string>
  readonly topicIds: readonly string[]
}

/** Left out: ids that each broker chooses, and what it says of itself. */
const DROPPED = new Set([
  'topicId',
  'throttleTimeMs',
  'clientHost',
  'unknownTaggedFields',
  'errorMessage',
  'nodeId',
  'host',
  'port',
])

/** In an id that no answer has told yet. */
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/
const UUID_CHARS = 36
/** So much of an id in another text is no chance; half of it is left when one byte was changed. */
const FRAGMENT_CHARS = 12

export function normalise(names: Names, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return named(names, value)
  if (Buffer.isBuffer(value)) return scrubbed(names, value.toString('latin1'))
  if (Array.isArray(value)) return value.map((item) => normalise(names, item)).sort(byText)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([name]) => !DROPPED.has(name))
  return Object.fromEntries(members.map(([name, member]) => [name, normalise(names, member)]))
}

function named(names: Names, text: string): string {
  return names.ids.get(text) ?? scrubbed(names, text).replace(UUID, '<new>')
}

/** Damaged requests spoil ids, or put pieces of them where other text is due, and brokers repeat that. */
function scrubbed({ ids, topicIds }: Names, text: string): string {
  for (const id of [...topicIds, ...ids.keys()]) {
    const uuid = id.slice(-UUID_CHARS)
    for (let i = 0; i + FRAGMENT_CHARS <= text.length; i++)
      if (uuid.includes(text.slice(i, i + FRAGMENT_CHARS))) return '<with a piece of an id>'
  }
  return text
}

const byText = (a: unknown, b: unknown) => {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)]
  return x < y ? -1 : x > y ? 1 : 0
}
