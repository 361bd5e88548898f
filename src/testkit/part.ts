// A fault that names a topic or a partition is of that part of a request: the rest of it stays real. Here a request is parted, and
// the answer put together again from the real one and the errors.

import { namedTopic, PARTITION_LISTS, partitionOf, TOPIC_LISTS, type TopicName } from '../observe/named.js'

type Body = Readonly<Record<string, unknown>>
/** Whether a partition is met; of null, the topic as a whole. */
export type Meets = (topic: string, partition: number | null) => boolean

export interface Parted {
  /** null: none of it. */
  readonly met: object | null
  readonly rest: object | null
}

export function part(body: object, meets: Meets, topicName: TopicName): Parted {
  const [met, rest] = [true, false].map((wanted) =>
    keep(body as Body, (topic, partition) => meets(topic, partition) === wanted, topicName),
  )
  return { met: met as Body | null, rest: rest as Body | null }
}

/** With those topics and partitions alone; null when none is left. */
function keep(body: Body, isKept: Meets, topicName: TopicName): Body | null {
  const kept: Record<string, unknown> = { ...body }
  let hasAny = false
  for (const list of TOPIC_LISTS) {
    if (!Array.isArray(body[list])) continue
    const entries = (body[list] as (string | Body)[]).flatMap((entry) => keepTopic(entry, isKept, topicName))
    kept[list] = entries
    hasAny ||= entries.length > 0
  }
  if (Array.isArray(body.groups)) {
    const groups = (body.groups as (string | Body)[]).flatMap((group) => {
      const left = typeof group === 'string' ? null : keep(group, isKept, topicName)
      return left === null ? [] : [left]
    })
    kept.groups = groups
    hasAny ||= groups.length > 0
  }
  return hasAny ? kept : null
}

function keepTopic(entry: string | Body, isKept: Meets, topicName: TopicName): (string | Body)[] {
  const [named] = namedTopic(entry, topicName)
  const topic = named?.topic ?? ''
  const list =
    typeof entry === 'string' ? undefined : PARTITION_LISTS.find((each) => Array.isArray(entry[each]))
  if (typeof entry === 'string' || list === undefined) return isKept(topic, null) ? [entry] : []
  const partitions = (entry[list] as unknown[]).filter((each) => isKept(topic, partitionOf(each)))
  return partitions.length === 0 ? [] : [{ ...entry, [list]: partitions }]
}

const NESTED = ['topics', 'responses', 'results', 'groups', 'partitions', 'partitionResponses'] as const

/** The real answer with the errors in it: an entry of both is the error's. */
export function merged(real: object, errors: object): object {
  const whole: Record<string, unknown> = { ...real }
  for (const list of NESTED) {
    const [own, more] = [(real as Body)[list], (errors as Body)[list]]
    if (!Array.isArray(more)) continue
    const entries = [...((own as Body[] | undefined) ?? [])]
    for (const entry of more as Body[]) {
      const at = entries.findIndex((each) => isSame(each, entry))
      const there = entries[at]
      if (there === undefined) entries.push(entry)
      else entries[at] = holdsOthers(entry) ? (merged(there, entry) as Body) : { ...there, ...entry }
    }
    whole[list] = entries
  }
  return whole
}

const holdsOthers = (entry: Body) =>
  NESTED.some((list) => Array.isArray(entry[list]) && (entry[list] as unknown[]).length > 0)

/** Each answer has one of these, or, by topic id, that alone. */
const NAMES = ['groupId', 'name', 'topic', 'resourceName', 'partitionIndex', 'index', 'partition'] as const

function isSame(a: Body, b: Body): boolean {
  for (const name of NAMES)
    if (a[name] !== undefined && a[name] !== null && a[name] !== '') return a[name] === b[name]
  return a.topicId !== undefined && a.topicId === b.topicId
}

/** The real answer with the error on those of its topics and partitions that are met: where a request names all. */
export function failed(real: object, meets: Meets, errorCode: number, topicName: TopicName): object {
  const whole: Record<string, unknown> = { ...real }
  for (const list of ['topics', 'groups'] as const) {
    const own = (real as Body)[list]
    if (!Array.isArray(own)) continue
    whole[list] = (own as Body[]).map((entry) =>
      list === 'groups'
        ? failed(entry, meets, errorCode, topicName)
        : failedTopic(entry, meets, errorCode, topicName),
    )
  }
  return whole
}

function failedTopic(entry: Body, meets: Meets, errorCode: number, topicName: TopicName): Body {
  const [named] = namedTopic(entry, topicName)
  const topic = named?.topic ?? ''
  // Metadata and its like have an error for the topic as well, and then no partitions.
  if ('errorCode' in entry && meets(topic, null)) return { ...entry, errorCode, partitions: [] }
  const partitions = (entry.partitions as Body[] | undefined) ?? []
  const fail = (each: Body) => (meets(topic, partitionOf(each)) ? { ...each, errorCode } : each)
  return { ...entry, partitions: partitions.map(fail) }
}
