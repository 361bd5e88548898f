// A member made of frames that does only what a scenario tells it, under the name and with the settings that the scenario
// gives it.

import { type Api, Apis } from '../../src/protocol/apis.js'
import { writeAssignment, writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import type { JoinGroupResponse } from '../../src/protocol/messages/join-group.js'
import type { Draft, Infer } from '../../src/protocol/schema.js'
import { RawClient } from '../helpers/raw-client.js'

export interface ActorOptions {
  readonly clientId?: string
  readonly topics?: readonly string[]
  readonly assignors?: readonly string[]
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
  readonly instanceId?: string | null
  /** Name and version of its library, told by ApiVersions (KIP-511). */
  readonly software?: readonly [string, string] | null
}

export class Actor {
  readonly groupId: string
  readonly options: Required<ActorOptions>
  memberId = ''
  generationId = -1
  protocolName = ''
  leads = false
  private readonly client: RawClient
  private correlationId = 0

  private constructor(client: RawClient, groupId: string, options: ActorOptions) {
    this.client = client
    this.groupId = groupId
    this.options = {
      clientId: 'app',
      topics: ['orders'],
      assignors: ['range'],
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 60_000,
      instanceId: null,
      software: null,
      ...options,
    }
  }

  static async connect(port: number, groupId: string, options: ActorOptions = {}): Promise<Actor> {
    const actor = new Actor(await RawClient.connect(port), groupId, options)
    const { software } = actor.options
    if (software !== null)
      await actor.send(Apis.ApiVersions, 3, {
        clientSoftwareName: software[0],
        clientSoftwareVersion: software[1],
      })
    return actor
  }

  async send<A extends Api>(
    api: A,
    version: number,
    body: Draft<Infer<A['request']>>,
  ): Promise<Infer<A['response']>> {
    const { clientId } = this.options
    const frame = encodeRequest(api, version, ++this.correlationId, clientId, body)
    return decodeResponse(api, version, await this.client.sendBytes(frame)).body
  }

  close(): Promise<void> {
    this.client.close()
    return this.client.closed
  }

  /** The answer to the last of its requests: a new dynamic member sends two (KIP-394). */
  async join(reason: string | null = null): Promise<JoinGroupResponse> {
    const answer = await this.joinOnce(reason)
    return answer.errorCode === ErrorCodes.MEMBER_ID_REQUIRED ? this.join(reason) : answer
  }

  async joinOnce(reason: string | null = null): Promise<JoinGroupResponse> {
    const { sessionTimeoutMs, rebalanceTimeoutMs, instanceId, assignors, topics } = this.options
    const metadata = writeSubscription({ topics: [...topics] })
    const answer = await this.send(Apis.JoinGroup, 9, {
      groupId: this.groupId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      memberId: this.memberId,
      groupInstanceId: instanceId,
      protocolType: 'consumer',
      protocols: assignors.map((name) => ({ name, metadata })),
      reason,
    })
    if (answer.memberId !== '') this.memberId = answer.memberId
    if (answer.errorCode !== ErrorCodes.NONE) return answer
    this.generationId = answer.generationId
    this.protocolName = answer.protocolName ?? ''
    this.leads = answer.leader === this.memberId
    return answer
  }

  /** With a plan, as leader: member id -> topic -> partitions. */
  async sync(plan: ReadonlyMap<string, Readonly<Record<string, readonly number[]>>> = new Map()) {
    const assignments = [...plan].map(([memberId, topics]) => ({
      memberId,
      assignment: writeAssignment({
        assignedPartitions: Object.entries(topics).map(([topic, partitions]) => ({
          topic,
          partitions: [...partitions],
        })),
      }),
    }))
    const { groupId, memberId, generationId, protocolName } = this
    return this.send(Apis.SyncGroup, 5, {
      ...{ groupId, memberId, generationId, protocolName, protocolType: 'consumer', assignments },
      groupInstanceId: this.options.instanceId,
    })
  }

  async heartbeat(): Promise<number> {
    const { groupId, memberId, generationId } = this
    const groupInstanceId = this.options.instanceId
    const answer = await this.send(Apis.Heartbeat, 4, { groupId, memberId, generationId, groupInstanceId })
    return answer.errorCode
  }

  async leave(reason: string | null = null): Promise<void> {
    const { groupId, memberId } = this
    const members = [{ memberId, groupInstanceId: this.options.instanceId, reason }]
    await this.send(Apis.LeaveGroup, 5, { groupId, members })
    this.memberId = ''
  }

  async commit(offset: number | bigint, partition = 0, topic = 'orders'): Promise<number> {
    const { groupId, memberId, generationId } = this
    const partitions = [{ partitionIndex: partition, committedOffset: BigInt(offset), committedMetadata: '' }]
    const answer = await this.send(Apis.OffsetCommit, 9, {
      ...{ groupId, memberId, generationIdOrMemberEpoch: generationId },
      groupInstanceId: this.options.instanceId,
      topics: [{ name: topic, partitions }],
    })
    return answer.topics[0]?.partitions[0]?.errorCode as number
  }

  /** Whatever is there now. */
  async fetch(partition = 0, topic = 'orders'): Promise<void> {
    const partitions = [{ partition, fetchOffset: 0n, partitionMaxBytes: 1000 }]
    await this.send(Apis.Fetch, 11, {
      ...{ maxWaitMs: 0, minBytes: 0, maxBytes: 1000 },
      topics: [{ topic, partitions }],
    })
  }
}
