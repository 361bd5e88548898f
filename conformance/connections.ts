// The connections of one case: each request goes to the coordinator of the group that it names, on a connection on which
// nothing is parked.

import type { ApiName } from '../src/protocol/api-names.js'
import { type Api, Apis } from '../src/protocol/apis.js'
import { ErrorCodes, errorName } from '../src/protocol/errors.js'
import type { Draft, Infer } from '../src/protocol/schema.js'
import { Skipped } from './case.js'
import { type Address, Client } from './client.js'
import { Recording } from './exchange.js'
import { findCoordinator, type Target } from './target.js'
import { advertises } from './versions.js'

export type RequestOf<A extends ApiName> = Infer<(typeof Apis)[A]['request']>
export type ResponseOf<A extends ApiName> = Infer<(typeof Apis)[A]['response']>

/** Asked of any broker; all others of the coordinator of a group. */
const OF_ANY_BROKER: readonly string[] = [
  'FindCoordinator',
  'ApiVersions',
  'Metadata',
  'CreateTopics',
  'DeleteTopics',
  'DescribeConfigs',
  'DescribeAcls',
  'CreateAcls',
  'DeleteAcls',
  ...['Produce', 'Fetch', 'ListOffsets', 'OffsetForLeaderEpoch', 'DeleteRecords', 'DescribeLogDirs'],
  ...['CreatePartitions', 'AlterConfigs', 'IncrementalAlterConfigs', 'DescribeCluster'],
  ...['DescribeTopicPartitions', 'InitProducerId', 'ListConfigResources'],
  ...['ElectLeaders', 'AlterPartitionReassignments', 'ListPartitionReassignments', 'DescribeProducers'],
  ...['DescribeQuorum', 'AlterReplicaLogDirs', 'DescribeClientQuotas', 'AlterClientQuotas'],
  ...['DescribeUserScramCredentials', 'ListTransactions'],
]
const FOUND_WITHIN_MS = 15_000
const ASK_EVERY_MS = 50

export class Connections {
  readonly recording = new Recording()
  private readonly target: Target
  /** Where a request goes that names no group, like ListGroups. */
  private readonly group: string
  private readonly open: Client[] = []
  private readonly idle: Client[] = []
  private isOver = false
  private readonly coordinators = new Map<string, Address>()

  constructor(target: Target, group: string) {
    this.target = target
    this.group = group
  }

  /** Throws Skipped when the broker does not advertise the version. */
  async send<A extends ApiName>(
    api: A,
    version: number,
    body: Draft<RequestOf<A>>,
    clientId: string | null,
  ): Promise<ResponseOf<A>> {
    if (!advertises(this.target.versions, api, version))
      throw new Skipped(`${api} v${version} is not advertised`)
    const address = OF_ANY_BROKER.includes(api)
      ? this.target.address
      : await this.coordinatorOf(groupIn(body) ?? this.group)
    const client = this.take(address) ?? (await this.connect(address))
    const response = await client.send(Apis[api] as Api, version, body as Draft<object>, clientId)
    this.idle.push(client)
    return response as ResponseOf<A>
  }

  private take({ host, port }: Address): Client | undefined {
    const i = this.idle.findIndex(({ address, isOpen }) => {
      return isOpen && address.host === host && address.port === port
    })
    return i < 0 ? undefined : this.idle.splice(i, 1)[0]
  }

  /** A connection of one's own, to the coordinator of the case's group unless told otherwise. */
  async connect(address?: Address): Promise<Client> {
    const client = await Client.open(address ?? (await this.coordinatorOf(this.group)), this.recording)
    this.open.push(client)
    if (this.isOver) client.close() // a case that was cut goes on without anybody
    return client
  }

  async coordinatorOf(group: string): Promise<Address> {
    if (!this.target.isCluster) return this.target.address
    const known = this.coordinators.get(group)
    if (known !== undefined) return known
    const found = await this.find(group)
    this.coordinators.set(group, found)
    return found
  }

  private async find(group: string): Promise<Address> {
    const client = await Client.open(this.target.address)
    const deadline = performance.now() + FOUND_WITHIN_MS
    try {
      for (;;) {
        const { host, port, errorCode } = await findCoordinator(client, this.target.versions, group)
        if (errorCode === ErrorCodes.NONE) return { host, port }
        if (performance.now() > deadline)
          throw new Error(`the coordinator of ${group} is not found: ${errorName(errorCode)}`)
        await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
      }
    } finally {
      client.close()
    }
  }

  /** Another group that has the same coordinator. */
  async groupBeside(name: string): Promise<string> {
    const { host, port } = await this.coordinatorOf(this.group)
    for (let i = 0; ; i++) {
      const group = `${this.group}-${name}${i || ''}`
      const other = await this.coordinatorOf(group)
      if (other.host === host && other.port === port) return group
    }
  }

  /** Coordinators may be others now: after a restart. */
  forget(): void {
    this.coordinators.clear()
    this.idle.length = 0
  }

  close(): void {
    this.isOver = true
    for (const client of this.open) client.close()
  }
}

/** The group that a request names, the first of several. */
function groupIn(body: object): string | undefined {
  const { groupId, groups, groupsNames } = body as {
    groupId?: string
    groups?: readonly (string | { groupId?: string })[]
    groupsNames?: readonly string[]
  }
  const [first] = groups ?? groupsNames ?? []
  return groupId ?? (typeof first === 'object' ? first.groupId : first)
}
