// Committed offsets of a shard: group -> topic name -> partition -> value. Keyed by name as in
// __consumer_offsets; the topic id of the value tells a re-created topic from its namesake.

import type { OffsetValue } from './types.js'

export type TopicOffsets = Map<number, OffsetValue>
export type GroupOffsets = Map<string, TopicOffsets>
export type OffsetStore = Map<string, GroupOffsets>

export function putOffset(
  store: OffsetStore,
  groupId: string,
  topic: string,
  partition: number,
  value: OffsetValue,
): void {
  let topics = store.get(groupId)
  if (topics === undefined) {
    topics = new Map()
    store.set(groupId, topics)
  }
  let partitions = topics.get(topic)
  if (partitions === undefined) {
    partitions = new Map()
    topics.set(topic, partitions)
  }
  partitions.set(partition, value)
}

/** Leaves no empty maps behind: a group without offsets has no entry. */
export function removeOffset(store: OffsetStore, groupId: string, topic: string, partition: number): void {
  const topics = store.get(groupId)
  const partitions = topics?.get(topic)
  if (topics === undefined || partitions === undefined) return
  partitions.delete(partition)
  if (partitions.size === 0) topics.delete(topic)
  if (topics.size === 0) store.delete(groupId)
}

export function countOffsets(store: OffsetStore, groupId: string): number {
  let count = 0
  for (const partitions of store.get(groupId)?.values() ?? []) count += partitions.size
  return count
}
