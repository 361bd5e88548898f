// One sequence played on one broker: sends what its steps mean there, and tells what was answered in names that do not depend
// on the broker.

import { Apis } from '../../src/protocol/apis.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import { type Address, Client } from '../client.js'
import { type Cast, newCast, otherGroup } from './cast.js'
import type { Step } from './commands.js'
import { type Damage, spoil } from './damage.js'
import { normalise } from './normalise.js'
import { type Outgoing, requestOf } from './requests.js'

const CLIENT_ID = 'client'
const barrierGroup = (group: string) => `${group}-barrier`

export interface Exchange {
  readonly what: string
  readonly isDamaged: boolean
  readonly supersedes: readonly number[]
  /** An answer, the name of what came instead, or nothing yet. */
  answer: unknown
  /** Parked when its actor sent a newer one or was made to leave: Apache never answers it, we do (docs/skipped.md). */
  isSuperseded: boolean
}

export class Play {
  readonly exchanges: Exchange[] = []
  private readonly address: Address
  private readonly cast: Cast
  private readonly idle: Client[] = []
  private readonly clients: Client[] = []

  constructor(address: Address, group: string, topics: Readonly<Record<string, string>>) {
    this.address = address
    this.cast = newCast(group, topics)
  }

  private async client(): Promise<Client> {
    const free = this.idle.findIndex((client) => !client.isBusy)
    if (free >= 0) return this.idle.splice(free, 1)[0] as Client
    const client = await Client.open(this.address)
    this.clients.push(client)
    return client
  }

  /** Sends and goes on: a parked answer comes later, or never. */
  async step(step: Exclude<Step, { do: 'pause' }>): Promise<void> {
    const client = await this.client()
    const damage = step.do === 'damaged' ? step.damage : null
    const outgoing = requestOf(this.cast, step.do === 'damaged' ? step.request : step)
    const exchange = this.begin(outgoing, damage)
    answerTo(client, outgoing, damage).then(
      (response) => {
        exchange.answer = outgoing.take(response)
        this.idle.push(client)
      },
      (error: Error) => {
        exchange.answer = error.name
      },
    )
  }

  private begin({ what, api, version, supersedes }: Outgoing, damage: Damage | null): Exchange {
    for (const older of this.exchanges) {
      const isMine = supersedes.some((actor) => older.supersedes.includes(actor))
      if (isMine && older.answer === undefined) older.isSuperseded = true
    }
    const damaged = damage === null ? '' : ` damaged: ${JSON.stringify(damage)}`
    const exchange: Exchange = {
      what: `${what} (${api.name} v${version})${damaged}`,
      isDamaged: damage !== null,
      supersedes,
      answer: undefined,
      isSuperseded: false,
    }
    this.exchanges.push(exchange)
    return exchange
  }

  /** When it is answered, all that was sent before has been decided: the broker has one queue for all its groups. */
  async barrier(): Promise<void> {
    for (let i = 0; i < 2; i++) {
      const client = await this.client()
      const partitions = [{ partitionIndex: 0, committedOffset: 0n, committedMetadata: '' }]
      const topics = [{ name: 'foo', partitions }]
      await client.send(Apis.OffsetCommit, 8, { groupId: barrierGroup(this.cast.group), topics })
      this.idle.push(client)
    }
  }

  /** An answer in names, once all ids in it may be known: another answer of the same moment may tell them. */
  named(answer: unknown): unknown {
    return normalise(this.cast.names, answer)
  }

  /** What can be seen of the group between steps. */
  async look(): Promise<unknown> {
    const client = await this.client()
    const { group, names } = this.cast
    const described = await client.send(Apis.DescribeGroups, 6, { groups: [group] })
    const offsets = await client.send(Apis.OffsetFetch, 8, { groups: [{ groupId: group, topics: null }] })
    this.idle.push(client)
    return normalise(names, { described: described.groups, offsets: offsets.groups })
  }

  close(): void {
    for (const client of this.clients) client.close()
  }

  /** Leaves nothing behind on a broker that is not ours. */
  async cleanUp(): Promise<void> {
    const client = await Client.open(this.address)
    const groupId = this.cast.group
    const { groups } = await client.send(Apis.DescribeGroups, 5, { groups: [groupId] })
    const members = (groups[0]?.members ?? []).map(({ memberId }) => ({ memberId }))
    if (members.length > 0) await client.send(Apis.LeaveGroup, 3, { groupId, members })
    const groupsNames = [groupId, barrierGroup(groupId), otherGroup(groupId)]
    await client.send(Apis.DeleteGroups, 1, { groupsNames })
    client.close()
  }
}

/** Rejects with ConnectionClosed, or with what makes the answer unreadable. */
async function answerTo(client: Client, outgoing: Outgoing, damage: Damage | null): Promise<object> {
  const { api, version, body } = outgoing
  if (damage === null) return client.send(api, version, body, CLIENT_ID)
  const request = encodeRequest(api, version, 1, CLIENT_ID, body)
  const answer = await client.sendBytes(spoil(request, api, version, damage))
  return decodeResponse(api, version, answer).body
}
