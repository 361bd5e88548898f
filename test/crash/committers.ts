// Raw committers: each has a group of its own and several commits in flight on one connection, with rising offsets. Some are members of
// their group and go on in the same generation after every restart. What a restart may show is in their books.

import { Apis } from '../../src/protocol/apis.js'
import { writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import { RawClient } from '../helpers/raw-client.js'
import { acknowledged, type Ledger, newBook, type OffsetBook, refused, shown, takenBack } from './ledger.js'

export interface CommitterOptions {
  readonly group: string
  readonly topic: string
  readonly partitions: number
  readonly inFlight: number
  readonly isMember: boolean
  /** From 0 up to 1. */
  readonly random: () => number
  readonly ledger: Ledger
}

const COMMIT_VERSION = 8
const FETCH_VERSION = 8
const JOIN_VERSION = 5
const SESSION_TIMEOUT_MS = 60_000
/** Before the next attempt after a refusal. */
const BACK_OFF_MS = 20

export class Committer {
  readonly options: CommitterOptions
  private readonly books: OffsetBook[]
  private membership = { memberId: '', generationId: -1 }
  private next = 1n

  constructor(options: CommitterOptions) {
    this.options = options
    this.books = Array.from({ length: options.partitions }, newBook)
  }

  /** Commits until the connection is lost, or `isOver`. */
  async work(port: number, isOver: () => boolean): Promise<void> {
    const client = await RawClient.connect(port).catch(() => null)
    if (client === null) return
    try {
      await this.join(client)
      const { inFlight } = this.options
      const one = async () => {
        while (!client.isClosed && !isOver()) await this.commit(client)
      }
      await Promise.all(Array.from({ length: inFlight }, one))
    } catch (error) {
      if (!client.isClosed) throw error
    } finally {
      client.close()
    }
  }

  /** Once; afterwards the membership must have outlived every restart. */
  private async join(client: RawClient): Promise<void> {
    const { group: groupId, topic, isMember } = this.options
    if (!isMember || this.membership.memberId !== '') return
    const protocols = [{ name: 'range', metadata: writeSubscription({ topics: [topic] }) }]
    const timeouts = { sessionTimeoutMs: SESSION_TIMEOUT_MS, rebalanceTimeoutMs: SESSION_TIMEOUT_MS }
    const ask = (memberId: string) =>
      client.send(Apis.JoinGroup, JOIN_VERSION, {
        ...{ groupId, memberId, ...timeouts, protocolType: 'consumer', protocols },
      })
    let joined = await ask('')
    while (joined.errorCode !== ErrorCodes.NONE) {
      if (joined.errorCode !== ErrorCodes.MEMBER_ID_REQUIRED) await backOff()
      joined = await ask(joined.memberId)
    }
    const { memberId, generationId } = joined
    const assignments = [{ memberId, assignment: Buffer.from('all') }]
    const synced = await client.send(Apis.SyncGroup, 3, { groupId, memberId, generationId, assignments })
    if (synced.errorCode === ErrorCodes.NONE) this.membership = { memberId, generationId }
  }

  private async commit(client: RawClient): Promise<void> {
    const { group: groupId, topic: name, partitions, random, ledger } = this.options
    const offset = this.next++
    const first = Math.floor(random() * partitions)
    const chosen = random() < 0.3 ? [first, (first + 1) % partitions] : [first]
    for (const partition of chosen) this.books[partition]?.open.push(offset)
    const { memberId, generationId } = this.membership
    const asked = chosen.map((partitionIndex) => {
      return { partitionIndex, committedOffset: offset, committedMetadata: metadataOf(offset) }
    })
    const { topics } = await client.send(Apis.OffsetCommit, COMMIT_VERSION, {
      ...{ groupId, memberId, generationIdOrMemberEpoch: generationId },
      topics: [{ name, partitions: asked }],
    })
    for (const { partitionIndex, errorCode } of topics.flatMap(({ partitions }) => partitions)) {
      const book = this.books[partitionIndex] as OffsetBook
      if (errorCode === ErrorCodes.NONE) {
        acknowledged(book, offset)
        ledger.commitsAcknowledged++
      } else {
        takenBack(book, offset)
        await this.refused(errorCode)
      }
    }
  }

  private async refused(errorCode: number): Promise<void> {
    const { ledger, group } = this.options
    refused(ledger, errorName(errorCode))
    if (!RETRIABLE.includes(errorCode))
      ledger.violations.push(`${group}: a commit was answered ${errorName(errorCode)}`)
    await backOff()
  }

  /** While nothing is in flight: every partition shows the last that was acknowledged, or one that was sent behind it. */
  async check(client: RawClient): Promise<void> {
    const { group: groupId, topic, ledger } = this.options
    const body = { groups: [{ groupId, topics: null }], requireStable: false }
    let [group] = (await client.send(Apis.OffsetFetch, FETCH_VERSION, body)).groups
    while (group?.errorCode === ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS) {
      await backOff()
      group = (await client.send(Apis.OffsetFetch, FETCH_VERSION, body)).groups[0]
    }
    const found = new Map(
      (group?.topics ?? [])
        .filter(({ name }) => name === topic)
        .flatMap(({ partitions }) => partitions.map((each) => [each.partitionIndex, each] as const)),
    )
    for (const [partition, book] of this.books.entries()) {
      const { committedOffset = -1n, metadata = null } = found.get(partition) ?? {}
      const wrong = shown(book, committedOffset)
      if (wrong !== null) ledger.violations.push(`${groupId}, partition ${partition}: ${wrong}`)
      if (committedOffset >= 0n && metadata !== metadataOf(committedOffset))
        ledger.violations.push(`${groupId}, partition ${partition}: ${committedOffset} with '${metadata}'`)
    }
    await this.checkMembership(client)
  }

  private async checkMembership(client: RawClient): Promise<void> {
    const { memberId, generationId } = this.membership
    if (memberId === '') return
    const { group: groupId, ledger } = this.options
    const { errorCode } = await client.send(Apis.Heartbeat, 3, { groupId, memberId, generationId })
    if (errorCode !== ErrorCodes.NONE)
      ledger.violations.push(`${groupId}: its member's heartbeat was answered ${errorName(errorCode)}`)
  }
}

/** What clients take for "try again": the Java client's retriable exceptions of OffsetCommit. */
export const RETRIABLE: readonly number[] = [
  ErrorCodes.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCodes.COORDINATOR_NOT_AVAILABLE,
  ErrorCodes.NOT_COORDINATOR,
]

const metadataOf = (offset: bigint) => `commit ${offset}`
const backOff = () => new Promise((resolve) => setTimeout(resolve, BACK_OFF_MS))
