// What a request names, whatever its API calls it: groups, members, topics and partitions. Topics that go by id (KIP-516) are told
// by the name that the broker has for it.

export interface NamedTopic {
  readonly topic: string
  /** null: the topic as a whole. */
  readonly partitions: readonly number[] | null
}

/** undefined: no topic of this id. */
export type TopicName = (topicId: string) => string | undefined

type Body = Readonly<Record<string, unknown>>
type Entry = string | Body

const RESOURCE_IS_TOPIC = 2
const RESOURCE_IS_GROUP = 32
const KEY_IS_GROUP = 0

const listIn = (value: unknown): readonly Entry[] => (Array.isArray(value) ? (value as Entry[]) : [])
const texts = (...values: unknown[]): string[] =>
  values.filter((value): value is string => typeof value === 'string' && value !== '')

export function groupsIn(body: object): string[] {
  const { groupId, groups, groupsNames, key, keyType, coordinatorKeys, resources } = body as Body
  const listed = listIn(groups).map((group) => (typeof group === 'string' ? group : group.groupId))
  const keys = (keyType ?? KEY_IS_GROUP) === KEY_IS_GROUP ? [key, ...listIn(coordinatorKeys)] : []
  const configured = listIn(resources).map((each) =>
    typeof each !== 'string' && each.resourceType === RESOURCE_IS_GROUP ? each.resourceName : undefined,
  )
  return texts(groupId, ...listed, ...listIn(groupsNames), ...keys, ...configured)
}

/** By member id and by group.instance.id. */
export function membersIn(body: object): string[] {
  const { memberId, groupInstanceId, members, groups } = body as Body
  const inner = [...listIn(members), ...listIn(groups)].filter(
    (each): each is Body => typeof each !== 'string',
  )
  return texts(memberId, groupInstanceId, ...inner.flatMap((each) => [each.memberId, each.groupInstanceId]))
}

/** 'all': every topic that there is. */
export function topicsIn(body: object, topicName: TopicName): readonly NamedTopic[] | 'all' {
  const { groups } = body as Body
  const holders = [body as Body, ...listIn(groups).filter((each): each is Body => typeof each !== 'string')]
  if (holders.some(({ topics }) => topics === null)) return 'all'
  return holders.flatMap((holder) =>
    TOPIC_LISTS.flatMap((list) => listIn(holder[list])).flatMap((entry) => namedTopic(entry, topicName)),
  )
}

/** Fields that list topics; of resources those that are topics. */
export const TOPIC_LISTS = ['topics', 'topicData', 'topicNames', 'topicPartitions', 'resources'] as const
/** Fields of a topic that list its partitions. */
export const PARTITION_LISTS = ['partitions', 'partitionData', 'partitionIndexes'] as const

export function namedTopic(entry: Entry, topicName: TopicName): NamedTopic[] {
  if (typeof entry === 'string') return [{ topic: entry, partitions: null }]
  const { name, topic, topicId, resourceType, resourceName } = entry
  if (resourceType !== undefined)
    return resourceType === RESOURCE_IS_TOPIC ? [{ topic: String(resourceName), partitions: null }] : []
  const [told] = texts(name, topic, typeof topicId === 'string' ? topicName(topicId) : undefined)
  if (told === undefined) return []
  const lists = PARTITION_LISTS.map((list) => entry[list]).filter(Array.isArray)
  return [{ topic: told, partitions: lists.length === 0 ? null : lists.flat().map(partitionOf) }]
}

export function partitionOf(entry: unknown): number {
  if (typeof entry === 'number') return entry
  const { partitionIndex, partition, index } = entry as Readonly<Record<string, number | undefined>>
  return partitionIndex ?? partition ?? index ?? -1
}
