// Answers in names that two brokers share: member ids by who was given them, topic ids and time left out, lists whose order
// is open as sets.

export interface Names {
  /** Member id -> whose it is, and which of its JoinGroups was first answered with it. */
  readonly ids: Map<string, string>
}

/** Left out: ids that each broker chooses, and what it says of itself. */
const DROPPED = new Set(['topicId', 'throttleTimeMs', 'clientHost', 'unknownTaggedFields', 'errorMessage'])

/** In an id that no answer has told yet. */
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/

export function normalise(names: Names, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return names.ids.get(value) ?? value.replace(UUID, '<new>')
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  if (Array.isArray(value)) return value.map((item) => normalise(names, item)).sort(byText)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([name]) => !DROPPED.has(name))
  return Object.fromEntries(members.map(([name, member]) => [name, normalise(names, member)]))
}

const byText = (a: unknown, b: unknown) => {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)]
  return x < y ? -1 : x > y ? 1 : 0
}
