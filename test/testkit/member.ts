// A member made of frames that does only what a test tells it: joins, syncs, heartbeats, commits.

import type { Cohort } from '../../src/index.js'
import { Apis } from '../../src/protocol/apis.js'
import { writeAssignment, writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import { ErrorCodes } from '../../src/protocol/errors.js'
import type { JoinGroupResponse } from '../../src/protocol/messages/join-group.js'
import { RawClient } from '../helpers/raw-client.js'

interface MemberOptions {
  readonly topic?: string
  readonly sessionTimeoutMs?: number
  readonly groupInstanceId?: string | null
}

export class RawMember {
  readonly client: RawClient
  readonly groupId: string
  memberId = ''
  generationId = -1
  private readonly options: Required<MemberOptions>

  private constructor(client: RawClient, groupId: string, options: MemberOptions) {
    this.client = client
    this.groupId = groupId
    this.options = { topic: 'orders', sessionTimeoutMs: 30_000, groupInstanceId: null, ...options }
  }

  /** To the group's coordinator. */
  static async connect(cohort: Cohort, groupId: string, options: MemberOptions = {}): Promise<RawMember> {
    const port = cohort.ports[cohort.group(groupId).coordinator() - 1] ?? cohort.port
    return new RawMember(await RawClient.connect(port), groupId, options)
  }

  /** A member that is alone in a Stable group and owns partition 0. */
  static async alone(cohort: Cohort, groupId: string, options: MemberOptions = {}): Promise<RawMember> {
    const member = await RawMember.connect(cohort, groupId, options)
    await member.join()
    await member.sync([0])
    return member
  }

  async join(): Promise<JoinGroupResponse> {
    const { topic, sessionTimeoutMs, groupInstanceId } = this.options
    const body = {
      groupId: this.groupId,
      sessionTimeoutMs,
      rebalanceTimeoutMs: 60_000,
      memberId: this.memberId,
      groupInstanceId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: writeSubscription({ topics: [topic] }) }],
    }
    const answer = await this.client.send(Apis.JoinGroup, 9, body)
    this.memberId = answer.memberId
    if (answer.errorCode === ErrorCodes.MEMBER_ID_REQUIRED) return this.join()
    this.generationId = answer.generationId
    return answer
  }

  /** As leader: itself gets these partitions of the topic. */
  async sync(partitions: readonly number[] = []) {
    const { memberId } = this
    const assignment = writeAssignment({
      assignedPartitions: [{ topic: this.options.topic, partitions: [...partitions] }],
    })
    return this.syncWith(partitions.length === 0 ? [] : [{ memberId, assignment }])
  }

  async syncWith(assignments: { memberId: string; assignment: Buffer }[]) {
    const { memberId, groupId, generationId } = this
    return this.client.send(Apis.SyncGroup, 5, {
      groupId,
      generationId,
      memberId,
      groupInstanceId: this.options.groupInstanceId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments,
    })
  }

  async heartbeat(): Promise<number> {
    const { memberId, groupId, generationId } = this
    const { groupInstanceId } = this.options
    const answer = await this.client.send(Apis.Heartbeat, 4, {
      groupId,
      generationId,
      memberId,
      groupInstanceId,
    })
    return answer.errorCode
  }

  async commit(offset: number, partition = 0): Promise<number> {
    const { memberId, groupId, generationId } = this
    const partitions = [{ partitionIndex: partition, committedOffset: BigInt(offset), committedMetadata: '' }]
    const answer = await this.client.send(Apis.OffsetCommit, 9, {
      groupId,
      generationIdOrMemberEpoch: generationId,
      memberId,
      topics: [{ name: this.options.topic, partitions }],
    })
    return answer.topics[0]?.partitions[0]?.errorCode as number
  }
}
