// Fetching as the Java client does it: the next records are asked for while the application works on the last ones, from
// every node at once, for each partition that has nothing waiting. What was fetched for a partition that is given away is
// dropped. A position is the next record that the application will get.

import { ErrorCodes } from '../../protocol/errors.js'
import { batchSizeBytes, readBatchHeader } from '../../protocol/records/batch.js'
import { ZERO_UUID } from '../../protocol/wire.js'
import type { TopicPartition } from '../assignors/types.js'
import { FETCH_VERSION, type RequestOf, type ResponseOf } from '../exchanges.js'
import { partitionKey } from '../journal.js'
import type { SimulatedRecord } from '../ledger.js'
import type { ClusterView } from './cluster-view.js'
import type { ClientLink } from './link.js'
import type { ConsumerSettings } from './settings.js'
import type { ClientSurroundings } from './surroundings.js'

export interface Position extends TopicPartition {
  /** null: not known yet. */
  offset: number | null
  isPaused: boolean
}

interface Fetched {
  readonly position: Position
  nextOffset: number
  /** Of each batch: its end (exclusive) and when it was appended. */
  readonly batches: { readonly endOffset: number; readonly appendedMs: number }[]
}

const MAX_BYTES = 50 * 1024 * 1024
const MAX_PARTITION_BYTES = 1024 * 1024

type FetchedPartition = ResponseOf<'Fetch'>['responses'][number]['partitions'][number]

export class Fetcher {
  readonly positions = new Map<string, Position>()
  /** Whose position is not there any more: they begin anew by auto.offset.reset. */
  readonly outOfRange = new Set<string>()
  private readonly around: ClientSurroundings
  private readonly link: ClientLink
  private readonly view: ClusterView
  private readonly settings: ConsumerSettings
  private readonly onProgress: () => void
  private completed: Fetched[] = []
  private readonly inFlight = new Set<number>()

  constructor(
    around: ClientSurroundings,
    link: ClientLink,
    view: ClusterView,
    settings: ConsumerSettings,
    onProgress: () => void,
  ) {
    this.around = around
    this.link = link
    this.view = view
    this.settings = settings
    this.onProgress = onProgress
  }

  /** Keeps what stays, forgets what goes, and leaves what comes without a position. */
  assign(partitions: readonly TopicPartition[]): void {
    const kept = new Set(partitions.map(({ topic, partition }) => partitionKey(topic, partition)))
    for (const key of [...this.positions.keys()]) if (!kept.has(key)) this.positions.delete(key)
    for (const { topic, partition } of partitions) {
      const key = partitionKey(topic, partition)
      if (this.positions.has(key)) continue
      this.positions.set(key, { topic, partition, offset: null, isPaused: false })
    }
    this.completed = this.completed.filter(({ position }) => this.isCurrent(position))
  }

  private isCurrent(position: Position): boolean {
    return this.positions.get(partitionKey(position.topic, position.partition)) === position
  }

  seek(key: string, offset: number): void {
    const position = this.positions.get(key)
    if (position === undefined) return
    position.offset = offset
    this.completed = this.completed.filter((fetched) => fetched.position !== position)
  }

  /** Up to `max` records that are here, of the partition that was fetched first; its position moves on. */
  take(max: number): SimulatedRecord[] {
    const records: SimulatedRecord[] = []
    for (const fetched of [...this.completed]) {
      if (records.length >= max) break
      if (!fetched.position.isPaused) this.drain(fetched, max, records)
    }
    return records
  }

  /** Up to `max` records of one partition. */
  takeBatch(max: number): SimulatedRecord[] {
    const records: SimulatedRecord[] = []
    const fetched = this.completed.find(({ position }) => !position.isPaused)
    if (fetched !== undefined) this.drain(fetched, max, records)
    return records
  }

  private drain(fetched: Fetched, max: number, records: SimulatedRecord[]): void {
    const { position, batches } = fetched
    const { topic, partition } = position
    while (records.length < max) {
      const [batch] = batches
      if (batch === undefined) break
      const offset = fetched.nextOffset++
      records.push({ topic, partition, offset, appendedMs: batch.appendedMs })
      position.offset = fetched.nextOffset
      if (fetched.nextOffset >= batch.endOffset) batches.shift()
    }
    if (batches.length === 0) this.completed = this.completed.filter((other) => other !== fetched)
  }

  get hasRecords(): boolean {
    return this.completed.some(({ position }) => !position.isPaused)
  }

  /** Asks every node for what is missing, one request per node at a time. */
  sendFetches(): void {
    const waiting = new Set(this.completed.map(({ position }) => position))
    const byNode = new Map<number, Position[]>()
    for (const position of this.positions.values()) {
      if (position.offset === null || position.isPaused || waiting.has(position)) continue
      const nodeId = this.view.leaderOf(position.topic, position.partition)
      if (nodeId === undefined) this.view.distrust()
      if (nodeId === undefined || this.inFlight.has(nodeId)) continue
      const list = byNode.get(nodeId)
      if (list === undefined) byNode.set(nodeId, [position])
      else list.push(position)
    }
    for (const [nodeId, positions] of byNode) this.fetch(nodeId, positions)
  }

  private fetch(nodeId: number, positions: readonly Position[]): void {
    const asked = new Map(
      positions.map((position) => [partitionKey(position.topic, position.partition), position]),
    )
    const offsets = new Map(positions.map((position) => [position, position.offset]))
    this.inFlight.add(nodeId)
    const { requestTimeoutMs: timeoutMs } = this.settings
    const body = fetchRequest(positions, this.settings.fetchMaxWaitMs)
    this.link.send('fetch', nodeId, { api: 'Fetch', version: FETCH_VERSION, body, timeoutMs }, (response) => {
      this.inFlight.delete(nodeId)
      if (response === null) return this.tryLater()
      for (const { topic, partitions } of response.responses) {
        for (const answer of partitions) {
          const position = asked.get(partitionKey(topic, answer.partitionIndex))
          // it was given away, or set elsewhere, since it was asked
          if (position === undefined || !this.isCurrent(position)) continue
          if (position.offset !== offsets.get(position)) continue
          this.takeIn(position, answer)
        }
      }
      this.onProgress()
    })
  }

  private tryLater(): void {
    this.view.distrust()
    const { proc, network } = this.around
    network.queue.after(this.settings.retryBackoffMs, () => proc.run(this.onProgress))
  }

  private takeIn(position: Position, { errorCode, records }: FetchedPartition): void {
    if (errorCode === ErrorCodes.OFFSET_OUT_OF_RANGE) {
      this.outOfRange.add(partitionKey(position.topic, position.partition))
      return
    }
    if (errorCode !== ErrorCodes.NONE) return this.view.distrust()
    const batches: Fetched['batches'] = []
    for (const bytes of records) {
      for (let at = 0; at < bytes.length; ) {
        const header = readBatchHeader(bytes, at)
        const endOffset = Number(header.baseOffset) + header.lastOffsetDelta + 1
        const appendedMs = Number(header.baseTimestampMs)
        if (endOffset > (position.offset ?? 0)) batches.push({ endOffset, appendedMs })
        at += batchSizeBytes(header)
      }
    }
    if (batches.length > 0) this.completed.push({ position, nextOffset: position.offset ?? 0, batches })
  }
}

function fetchRequest(positions: readonly Position[], maxWaitMs: number): RequestOf<'Fetch'> {
  const topics: RequestOf<'Fetch'>['topics'] = []
  for (const { topic, partition, offset } of positions) {
    let asked = topics.find((other) => other.topic === topic)
    if (asked === undefined) {
      asked = { topic, topicId: ZERO_UUID, partitions: [] }
      topics.push(asked)
    }
    asked.partitions.push({
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: BigInt(offset ?? 0),
      lastFetchedEpoch: -1,
      logStartOffset: -1n,
      partitionMaxBytes: MAX_PARTITION_BYTES,
      replicaDirectoryId: ZERO_UUID,
      highWatermark: -1n,
    })
  }
  return {
    clusterId: null,
    replicaId: -1,
    replicaState: NO_REPLICA,
    maxWaitMs,
    minBytes: 1,
    maxBytes: MAX_BYTES,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics,
    forgottenTopicsData: [],
    rackId: '',
  }
}

const NO_REPLICA = { replicaId: -1, replicaEpoch: -1n }
