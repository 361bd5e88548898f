// Partitions that two members own at once: given twice in one generation, or given away before who had them gave them up
// (KIP-429). Only assignors that promise otherwise are held to it.

import type { RecordedExchange } from '../observe/exchanges.js'
import { readSubscription } from '../protocol/embedded/consumer-protocol.js'
import { ErrorCodes } from '../protocol/errors.js'
import { assignedIn } from './lag.js'

/** As Java, librdkafka and kafkajs name theirs. */
const EXCLUSIVE = ['range', 'roundrobin', 'sticky', 'cooperative-sticky', 'RoundRobinAssigner']
const COOPERATIVE = ['cooperative-sticky']

interface Bytes {
  readonly memberId: string
  readonly metadata: Buffer
  readonly assignment: Buffer
}

/** What the leader was told when it joined. */
interface Generation {
  readonly assignor: string
  readonly members: readonly Bytes[]
}

/** One line each. `exchanges` oldest first. */
export function ownedTwice(exchanges: readonly RecordedExchange[]): string[] {
  const led = new Map<string, Generation>()
  const problems: string[] = []
  for (const { api, group, body, response } of exchanges) {
    if (group === null || !response || response.errorCode !== ErrorCodes.NONE) continue
    if (api === 'JoinGroup') {
      const { members, protocolName, generationId } = response as Record<string, unknown>
      if ((members as readonly Bytes[]).length > 0)
        led.set(`${group} ${generationId}`, {
          assignor: String(protocolName),
          members: members as readonly Bytes[],
        })
    }
    if (api !== 'SyncGroup') continue
    const { assignments, generationId } = body as { assignments: readonly Bytes[]; generationId: number }
    const generation = led.get(`${group} ${generationId}`)
    if (assignments.length === 0 || !generation || !EXCLUSIVE.includes(generation.assignor)) continue
    const where = `group '${group}', generation ${generationId}, assignor '${generation.assignor}'`
    for (const problem of conflicts(generation, assignments)) problems.push(`${where}: ${problem}`)
  }
  return problems
}

function conflicts({ assignor, members }: Generation, assignments: readonly Bytes[]): string[] {
  const problems: string[] = []
  const owners = new Map<string, string>()
  for (const { memberId, assignment } of assignments) {
    for (const { topic, partition } of assignedIn(assignment)) {
      const name = `${topic}-${partition}`
      const owner = owners.get(name)
      if (owner !== undefined) problems.push(`${name} is given to '${owner}' and to '${memberId}'`)
      owners.set(name, memberId)
    }
  }
  if (!COOPERATIVE.includes(assignor)) return problems
  for (const [name, holder] of heldIn(members)) {
    const owner = owners.get(name)
    if (owner !== undefined && owner !== holder)
      problems.push(`${name} is given to '${owner}' while '${holder}' still owns it`)
  }
  return problems
}

/** What members said that they own when they joined; of two that claim the same, the one of the newer generation. */
function heldIn(members: readonly Bytes[]): Map<string, string> {
  const holders = new Map<string, { memberId: string; generationId: number }>()
  for (const { memberId, metadata } of members) {
    const { ownedPartitions, generationId } = subscriptionIn(metadata)
    for (const { topic, partitions } of ownedPartitions) {
      for (const partition of partitions) {
        const name = `${topic}-${partition}`
        if ((holders.get(name)?.generationId ?? -2) < generationId)
          holders.set(name, { memberId, generationId })
      }
    }
  }
  return new Map([...holders].map(([name, { memberId }]) => [name, memberId]))
}

function subscriptionIn(
  metadata: Buffer,
): Pick<ReturnType<typeof readSubscription>, 'ownedPartitions' | 'generationId'> {
  try {
    return readSubscription(metadata)
  } catch {
    return { ownedPartitions: [], generationId: -1 }
  }
}
