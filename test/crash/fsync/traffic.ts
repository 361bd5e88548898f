// Commits and records, several in flight on several connections, each with a text that is nowhere else and a correlation id of its own.

import { Apis } from '../../../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../../../src/protocol/errors.js'
import { decodeResponse, encodeRequest } from '../../../src/protocol/frame.js'
import { buildBatch } from '../../../src/protocol/records/batch.js'
import { RawClient } from '../../helpers/raw-client.js'
import type { Acknowledged } from './order.js'

export interface Traffic {
  readonly commits: readonly Acknowledged[]
  readonly records: readonly Acknowledged[]
}

const CONNECTIONS = 3
const IN_FLIGHT = 4
const COMMITS_EACH = 60
const RECORDS_EACH = 60
const COMMIT_VERSION = 8
const PRODUCE_VERSION = 8
/** Of one connection, so that those of another are others. */
const IDS_EACH = 10_000

/** `topic` is there. */
export async function send(port: number, topic: string): Promise<Traffic> {
  const commits: Acknowledged[] = []
  const records: Acknowledged[] = []
  const connection = async (
    first: number,
    count: number,
    one: typeof commit,
    acknowledged: Acknowledged[],
  ) => {
    const client = await RawClient.connect(port)
    let correlationId = first
    const loop = async () => {
      while (correlationId < first + count) acknowledged.push(await one(client, topic, correlationId++))
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, loop))
    client.close()
  }
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, i) => {
      const first = (2 * i + 1) * IDS_EACH
      await Promise.all([
        connection(first, COMMITS_EACH, commit, commits),
        connection(first + IDS_EACH, RECORDS_EACH, produce, records),
      ])
    }),
  )
  return { commits, records }
}

async function commit(client: RawClient, topic: string, correlationId: number): Promise<Acknowledged> {
  const marker = `commit-${correlationId}-`
  const partition = { partitionIndex: 0, committedOffset: 1n, committedMetadata: marker }
  const body = { groupId: `group-${correlationId}`, topics: [{ name: topic, partitions: [partition] }] }
  const request = encodeRequest(Apis.OffsetCommit, COMMIT_VERSION, correlationId, 'crash', body)
  const answer = decodeResponse(Apis.OffsetCommit, COMMIT_VERSION, await client.sendBytes(request))
  check('OffsetCommit', answer.body.topics[0]?.partitions[0]?.errorCode)
  return { correlationId, marker }
}

async function produce(client: RawClient, topic: string, correlationId: number): Promise<Acknowledged> {
  const marker = `record-${correlationId}-`
  const bytes = buildBatch({ records: [{ timestampMs: BigInt(Date.now()), value: Buffer.from(marker) }] })
  const topicData = [{ name: topic, partitionData: [{ index: 0, records: bytes }] }]
  const body = { acks: -1, timeoutMs: 30_000, topicData }
  const request = encodeRequest(Apis.Produce, PRODUCE_VERSION, correlationId, 'crash', body)
  const answer = decodeResponse(Apis.Produce, PRODUCE_VERSION, await client.sendBytes(request))
  check('Produce', answer.body.responses[0]?.partitionResponses[0]?.errorCode)
  return { correlationId, marker }
}

function check(api: string, errorCode = ErrorCodes.UNKNOWN_SERVER_ERROR as number): void {
  if (errorCode !== ErrorCodes.NONE) throw new Error(`${api} was answered ${errorName(errorCode)}`)
}
