// The words of `cohort offsets`: --to, --topic t:p,p and t:p=OFFSET.

import { InvalidArgumentError, Option } from 'commander'
import type { NewOffset } from '../../client/offsets.js'
import type { Target } from '../../client/plan.js'
import { UsageError } from './command.js'

/** Topic -> its partitions, null for all. */
export type ScopeFlag = ReadonlyMap<string, readonly number[] | null>

export function scopeOption(): Option {
  return new Option(
    '--topic <topic[:partition,...]>',
    'these partitions, or all of the topic (repeatable)',
  ).argParser(topicOf)
}

/** Names have no colon in Kafka. */
function topicOf(text: string, before: ScopeFlag = new Map()): ScopeFlag {
  const [, topic, numbers] = /^([^:]+)(?::(\d+(?:,\d+)*))?$/.exec(text) ?? []
  if (topic === undefined)
    throw new InvalidArgumentError("It is a topic, or some of its partitions as in 'orders:0,2'.")
  const earlier = before.get(topic)
  const partitions = numbers === undefined ? null : numbers.split(',').map(partitionOf)
  const all =
    partitions === null || earlier === null ? null : [...new Set([...(earlier ?? []), ...partitions])]
  return new Map([...before, [topic, all]])
}

function partitionOf(text: string): number {
  const partition = Number(text)
  if (partition > 0x7fffffff) throw new InvalidArgumentError(`There is no partition ${text}.`)
  return partition
}

const MAX_INT64 = 2n ** 63n - 1n

/** Date, or date and time, in UTC unless it says otherwise, as kafka-consumer-groups reads them. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i

export function targetOf(text: string): Target {
  if (text === 'earliest' || text === 'latest') return { kind: text }
  if (/^[+-]\d+$/.test(text)) return { kind: 'shift', by: int64(text) }
  if (/^\d+$/.test(text)) return { kind: 'offset', offset: int64(text) }
  const [, date, time = '00:00', zone = 'Z'] = TIME.exec(text) ?? []
  const timestampMs = Date.parse(`${date}T${time}${zone}`)
  if (date !== undefined && timestampMs >= 0) return { kind: 'time', timestampMs }
  throw new InvalidArgumentError(
    'It is earliest, latest, an offset, a time like 2026-11-21T08:00:00Z, +N or -N.',
  )
}

function int64(text: string): bigint {
  const value = BigInt(text)
  if (value > MAX_INT64 || value < -MAX_INT64) throw new InvalidArgumentError('It is larger than any offset.')
  return value
}

/** Throws UsageError. */
export function offsetOf(text: string): NewOffset {
  const [, topic, partition, offset] = /^([^:]+):(\d+)=(\d+)$/.exec(text) ?? []
  if (topic === undefined || partition === undefined || offset === undefined)
    throw new UsageError(`'${text}' is not topic:partition=offset, as in 'orders:0=42'`)
  if (Number(partition) > 0x7fffffff || BigInt(offset) > MAX_INT64)
    throw new UsageError(`'${text}': that number is larger than any in Kafka`)
  return { topic, partition: Number(partition), offset: BigInt(offset) }
}
