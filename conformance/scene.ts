// What most cases begin with: members and groups in a state, and waiting for what must or must not come.

import { ErrorCodes as E } from '../src/protocol/errors.js'
import type { JoinGroupResponse } from '../src/protocol/messages/join-group.js'
import type { Draft } from '../src/protocol/schema.js'
import { expectMatch, Mismatch, Skipped } from './case.js'
import { Client } from './client.js'
import type { RequestOf } from './connections.js'
import { type Membership, Requests } from './requests.js'
import { deleteGroup, NOT_YET } from './target.js'
import { createTopic } from './topic.js'

export { type Membership, protocols, subscription } from './requests.js'

/** How long an answer that must not come is waited for, behind a request that was answered. */
const PARKED_MS = 60
/** How long a broker may take for what it does in its own time. */
const UNTIL_MS = 15_000
const POLL_MS = 50

export class Scene extends Requests {
  /** What DescribeGroups shows of a group is what all replicas have: several brokers need a moment. */
  async expectState(groupState: string): Promise<void> {
    if (this.target.isCluster)
      await this.until(
        `the group is ${groupState}`,
        async () => (await this.describe()).groupState === groupState,
      )
    expectMatch('state of the group', (await this.describe()).groupState, groupState)
  }

  private hasOwnTopic = false

  /** An id of a member that has not joined yet. */
  async pending(body: Draft<RequestOf<'JoinGroup'>> = {}): Promise<string> {
    if (!this.target.limits.hasIdFirst) throw new Skipped('members are not given an id first (KIP-394)')
    const { errorCode, memberId } = await this.join(body)
    expectMatch('a new dynamic member is given an id', errorCode, E.MEMBER_ID_REQUIRED)
    return memberId
  }

  /** A member with an id whose JoinGroup is under way. */
  async newcomer(
    body: Draft<RequestOf<'JoinGroup'>> = {},
  ): Promise<{ id: string; joined: Promise<JoinGroupResponse> }> {
    const id = await this.pending(body)
    const joined = this.join({ ...body, memberId: id })
    joined.catch(() => {})
    return { id, joined }
  }

  /** One member in a Stable group, its leader. */
  async alone(body: Draft<RequestOf<'JoinGroup'>> = {}): Promise<Membership> {
    const isTakenAtOnce = body.groupInstanceId || !this.target.limits.hasIdFirst
    const joined = await (isTakenAtOnce ? this.join(body) : (await this.newcomer(body)).joined)
    expectMatch('the first member joins', joined.errorCode, E.NONE)
    const member = { memberId: joined.memberId, generationId: joined.generationId }
    const names = {
      protocolName: joined.protocolName,
      protocolType: joined.protocolType,
      groupInstanceId: body.groupInstanceId ?? null,
    }
    const { errorCode } = await this.sync(member, { [member.memberId]: 'alone' }, names)
    expectMatch('the leader syncs', errorCode, E.NONE)
    return member
  }

  /** Leader and follower in a Stable group; each is assigned 'leader' or 'follower'. */
  async pair(
    body: Draft<RequestOf<'JoinGroup'>> = {},
  ): Promise<{ leader: Membership; follower: Membership }> {
    const { leader, follower } = await this.syncing(body)
    const waiting = this.sync(follower)
    await this.sync(leader, { [leader.memberId]: 'leader', [follower.memberId]: 'follower' })
    expectMatch('the follower is assigned', await waiting, {
      errorCode: E.NONE,
      assignment: Buffer.from('follower'),
    })
    return { leader, follower }
  }

  /** Leader and follower in the sync phase. */
  async syncing(
    body: Draft<RequestOf<'JoinGroup'>> = {},
  ): Promise<{ leader: Membership; follower: Membership }> {
    const first = await this.alone(body)
    const second = await this.newcomer(body)
    await this.parked(second.joined)
    const rejoined = await this.join({ ...body, memberId: first.memberId })
    const other = await second.joined
    expectMatch('both are in one generation', other.generationId, rejoined.generationId)
    const { generationId } = rejoined
    return {
      leader: { memberId: first.memberId, generationId },
      follower: { memberId: second.id, generationId },
    }
  }

  /** Fails if it is answered although it must wait. */
  async parked(request: Promise<unknown>): Promise<void> {
    let answer: { value: unknown } | null = null
    request.then(
      (value) => {
        answer = { value }
      },
      (error: unknown) => {
        answer = { value: String(error) }
      },
    )
    await this.heartbeat({ memberId: 'nobody', generationId: 0 })
    await this.pause(PARKED_MS)
    if (answer !== null)
      throw new Mismatch('the request is parked', 'no answer yet', (answer as { value: unknown }).value)
  }

  /** A topic of the case, deleted at its end. Asking again makes it again. */
  async ownTopic(): Promise<string> {
    const name = `${this.group}-topic`
    const client = await Client.open(this.target.address, this.recording)
    try {
      await createTopic(client, this.target.versions, name)
    } finally {
      client.close()
    }
    this.hasOwnTopic = true
    return name
  }

  async deleteTopic(name: string): Promise<void> {
    const body = { topicNames: [name], topics: [{ name }], timeoutMs: UNTIL_MS }
    await this.send('DeleteTopics', this.usual('DeleteTopics'), body)
  }

  /** Until the coordinator of the group has loaded it: after a restart, which may have made it another broker. */
  async ready(): Promise<void> {
    await this.until('the coordinator is there', async () => {
      const isReady = await this.describe().then(
        ({ errorCode }) => !NOT_YET.includes(errorCode),
        () => false,
      )
      if (!isReady) this.lookAgain()
      return isReady
    })
  }

  /** Waits for what a broker does in its own time. */
  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + this.ms(UNTIL_MS)
    while (!(await isSo())) {
      if (performance.now() > deadline) throw new Mismatch(what, `within ${this.ms(UNTIL_MS)} ms`, 'not yet')
      await this.pause(POLL_MS)
    }
  }

  /** Leaves nothing behind. */
  async cleanUp(): Promise<void> {
    if (this.hasOwnTopic && !this.conditions.keep) await this.deleteTopic(`${this.group}-topic`)
    this.connections.close()
    if (this.conditions.keep) return
    const client = await Client.open(await this.connections.coordinatorOf(this.group))
    try {
      for (const group of [this.group, ...this.others]) await deleteGroup(client, this.target.versions, group)
    } finally {
      client.close()
    }
  }
}
