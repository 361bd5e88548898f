// What cases on partitions begin with: a topic of their own, batches for it, and requests about one of its partitions, in the
// newest version that both know unless told otherwise.

import { ErrorCodes as E } from '../src/protocol/errors.js'
import {
  batchSizeBytes,
  buildBatch,
  encodeBatch,
  type NewBatch,
  readBatchHeader,
} from '../src/protocol/records/batch.js'
import { BATCH_HEADER_BYTES, type BatchHeader } from '../src/protocol/records/header.js'
import type { Draft } from '../src/protocol/schema.js'
import { expectMatch } from './case.js'
import type { RequestOf, ResponseOf } from './connections.js'
import type { Scene } from './scene.js'

export type Produced = ResponseOf<'Produce'>['responses'][number]['partitionResponses'][number]
export type Fetched = ResponseOf<'Fetch'>['responses'][number]['partitions'][number]
type FetchPartition = Draft<RequestOf<'Fetch'>['topics'][number]['partitions'][number]>
type ListPartition = Draft<RequestOf<'ListOffsets'>['topics'][number]['partitions'][number]>

interface ProduceOptions {
  readonly partition?: number
  readonly acks?: number
  readonly version?: number
  readonly transactionalId?: string | null
}

interface Making {
  readonly partitions?: number
  readonly configs?: Readonly<Record<string, string>>
  /** Of several topics of one case. */
  readonly name?: string
}

const TIMEOUT_MS = 15_000
const ENOUGH_BYTES = 1 << 20

/** A time of records that no topic refuses. */
export const NOW = BigInt(Date.now())
export const EARLIEST = -2n
export const LATEST = -1n
/** The id of no topic. */
export const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** A batch as a producer sends it: a record per value, a millisecond apart; `key` is that of all. */
export function batch(values: readonly string[], more: Partial<NewBatch> & { key?: string } = {}): Buffer {
  const { key, ...rest } = more
  const records = values.map((value, i) => {
    return { timestampMs: NOW + BigInt(i), key: key ? Buffer.from(key) : null, value: Buffer.from(value) }
  })
  return buildBatch({ records, ...rest })
}

/** One record at each of these times. */
export function batchAt(...timesMs: readonly bigint[]): Buffer {
  return buildBatch({ records: timesMs.map((timestampMs) => ({ timestampMs, value: Buffer.from('t') })) })
}

/** With another header, and the CRC that belongs to it. */
export function withHeader(bytes: Buffer, changes: Partial<BatchHeader>): Buffer {
  return encodeBatch({ ...readBatchHeader(bytes), ...changes }, bytes.subarray(BATCH_HEADER_BYTES))
}

/** The batches that came whole. */
export function batchesIn(records: Buffer | null | undefined): BatchHeader[] {
  const found: BatchHeader[] = []
  for (let at = 0; records && records.length - at >= BATCH_HEADER_BYTES; ) {
    if (12 + records.readInt32BE(at + 8) > records.length - at) break
    const header = readBatchHeader(records, at)
    found.push(header)
    at += batchSizeBytes(header)
  }
  return found
}

export const baseOffsets = (fetched: Fetched | undefined) =>
  batchesIn(fetched?.records).map(({ baseOffset }) => Number(baseOffset))

export class OwnTopic {
  readonly name: string
  readonly id: string
  private readonly scene: Scene

  private constructor(scene: Scene, name: string, id: string) {
    this.scene = scene
    this.name = name
    this.id = id
  }

  /** Made for the case, and deleted when all cases have run. Its partitions are led by the broker that is asked. */
  static async make(
    scene: Scene,
    { partitions = 1, configs = {}, name = 'data' }: Making = {},
  ): Promise<OwnTopic> {
    const { target } = scene
    const topic = `${scene.group}-${name}`
    target.made.add(topic)
    const placed = Array.from({ length: partitions }, (_, partitionIndex) => {
      return { partitionIndex, brokerIds: [target.nodeId] }
    })
    const { topics } = await scene.send('CreateTopics', scene.usual('CreateTopics'), {
      topics: [
        {
          name: topic,
          numPartitions: target.isCluster ? -1 : partitions,
          replicationFactor: target.isCluster ? -1 : 1,
          assignments: target.isCluster ? placed : [],
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
      timeoutMs: TIMEOUT_MS,
    })
    expectMatch('the topic is made', topics[0]?.errorCode, E.NONE)
    return OwnTopic.find(scene, topic, partitions)
  }

  /** Waits until the broker leads all its partitions. */
  static async find(scene: Scene, name: string, partitions = 1): Promise<OwnTopic> {
    let id = ''
    await scene.until(`the broker leads ${name}`, async () => {
      const { topics } = await scene.send('Metadata', scene.usual('Metadata'), {
        topics: [{ name }],
        allowAutoTopicCreation: false,
      })
      id = topics[0]?.topicId ?? ''
      const found = new OwnTopic(scene, name, id)
      const codes = await Promise.all(
        Array.from({ length: partitions }, async (_, partitionIndex) => {
          return (await found.list({ partitionIndex }))?.errorCode
        }),
      )
      return topics[0]?.errorCode === E.NONE && codes.every((code) => code === E.NONE)
    })
    return new OwnTopic(scene, name, id)
  }

  /** Which it is, by the shape of any version. */
  get named() {
    return { name: this.name, topic: this.name, topicId: this.id }
  }

  async produce(records: Buffer | null, options: ProduceOptions = {}): Promise<Produced> {
    return (await this.produceAll([[options.partition ?? 0, records]], options))[0] as Produced
  }

  /** Partition and records of each; the answers in the order of the request. */
  async produceAll(
    records: readonly (readonly [number, Buffer | null])[],
    { acks = -1, version, transactionalId = null }: ProduceOptions = {},
  ): Promise<Produced[]> {
    const partitionData = records.map(([index, each]) => ({ index, records: each }))
    const body = {
      acks,
      timeoutMs: TIMEOUT_MS,
      transactionalId,
      topicData: [{ ...this.named, partitionData }],
    }
    const { responses } = await this.scene.send('Produce', version ?? this.scene.usual('Produce'), body)
    const told = responses.flatMap(({ partitionResponses }) => partitionResponses)
    return records.map(([index]) => told.find((each) => each.index === index) as Produced)
  }

  /** Appends, which must succeed; the base offset. */
  async append(records: Buffer, partition = 0): Promise<bigint> {
    const { errorCode, baseOffset } = await this.produce(records, { partition })
    expectMatch('the batch is kept', errorCode, E.NONE)
    return baseOffset
  }

  /** Partition 0 without waiting, unless told otherwise. */
  async fetch(
    offset: number,
    partition: FetchPartition = {},
    more: Draft<RequestOf<'Fetch'>> = {},
    version?: number,
  ): Promise<Fetched | undefined> {
    const { responses } = await this.fetchAll([{ ...partition, fetchOffset: BigInt(offset) }], more, version)
    return responses[0]?.partitions[0]
  }

  fetchAll(
    partitions: readonly FetchPartition[],
    more: Draft<RequestOf<'Fetch'>> = {},
    version = this.scene.usual('Fetch'),
  ): Promise<ResponseOf<'Fetch'>> {
    const asked = partitions.map((each) => ({ partitionMaxBytes: ENOUGH_BYTES, ...each }))
    const topics = asked.length === 0 ? [] : [{ ...this.named, partitions: asked }]
    return this.scene.send('Fetch', version, { maxWaitMs: 0, maxBytes: ENOUGH_BYTES, topics, ...more })
  }

  /** The newest offset, of partition 0, unless told otherwise. */
  async list(partition: ListPartition = {}, version = this.scene.usual('ListOffsets'), isolationLevel = 0) {
    const partitions = [{ timestamp: LATEST, ...partition }]
    const body = { replicaId: -1, isolationLevel, topics: [{ name: this.name, partitions }] }
    return (await this.scene.send('ListOffsets', version, body)).topics[0]?.partitions[0]
  }

  /** Where a partition ends. */
  async end(partitionIndex = 0): Promise<bigint | undefined> {
    return (await this.list({ partitionIndex }))?.offset
  }

  /** Moves the beginning of a partition. */
  async deleteRecords(offset: number, partitionIndex = 0, version = this.scene.usual('DeleteRecords')) {
    const topics = [{ name: this.name, partitions: [{ partitionIndex, offset: BigInt(offset) }] }]
    const answer = await this.scene.send('DeleteRecords', version, { topics, timeoutMs: TIMEOUT_MS })
    return answer.topics[0]?.partitions[0]
  }
}
