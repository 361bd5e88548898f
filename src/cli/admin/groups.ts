// `cohort groups`: every group of the cluster with its state.

import { InvalidArgumentError } from 'commander'
import type { BrokerNode } from '../../client/cluster.js'
import { AdminError, addressText } from '../../client/errors.js'
import { type DescribedGroup, describeGroups, type ListedGroup, listGroups } from '../../client/groups.js'
import { adminCommand, type CommonFlags, failed, type Io, perform } from './command.js'
import { json } from './json.js'
import { type Column, table } from './table.js'

interface Flags extends CommonFlags {
  readonly state: readonly string[]
  readonly type: readonly string[]
}

interface Row extends Omit<ListedGroup, 'coordinator'> {
  /** null: not told of groups of this type. */
  readonly members: number | null
  readonly coordinator: BrokerNode
}

/** Of all types; classic groups know the first five. */
const STATES = [
  'PreparingRebalance',
  'CompletingRebalance',
  'Stable',
  'Empty',
  'Dead',
  'Assigning',
  'Reconciling',
  'NotReady',
]
const TYPES = ['classic', 'consumer', 'share', 'streams']

const COLUMNS: readonly Column<Row>[] = [
  { head: 'GROUP', of: ({ groupId }) => groupId },
  { head: 'STATE', of: ({ state }) => state },
  { head: 'TYPE', of: ({ type }) => type },
  { head: 'PROTOCOL', of: ({ protocolType }) => protocolType },
  { head: 'MEMBERS', of: ({ members }) => members, right: true },
  { head: 'COORDINATOR', of: ({ coordinator }) => `${coordinator.nodeId} ${addressText(coordinator)}` },
]

export function groups(argv: readonly string[], io: Io): Promise<number> {
  const command = adminCommand('groups', 'Lists the groups of a cluster, of all its brokers.')
    .option('--state <state,...>', `only these: ${STATES.join(', ')}`, oneOf(STATES), [])
    .option('--type <type,...>', `only these: ${TYPES.join(', ')}`, oneOf(TYPES), [])
  return perform<Flags>(command, argv, io, async (cluster, flags) => {
    const { groups: listed, failures } = await listGroups(cluster, { states: flags.state, types: flags.type })
    const classic = listed.filter(({ type }) => type === 'classic').map(({ groupId }) => groupId)
    const described = await describeGroups(cluster, classic)
    const rows = listed
      .map((group) => rowOf(group, described.get(group.groupId)))
      .filter((row) => isChosen(row, flags))
    if (flags.json) io.write(json(rows.map(asJson)))
    else io.write(rows.length === 0 ? 'There is no such group.\n' : table(COLUMNS, rows))
    for (const failure of failures) failed(io, command.name(), failure)
    for (const [group, failure] of described)
      if (failure instanceof AdminError)
        failed(io, command.name(), new Error(`group '${group}' is listed, but ${failure.message}`))
    return failures.length > 0 || [...described.values()].some((each) => each instanceof AdminError) ? 1 : 0
  })
}

/** Brokers before ListGroups v4 do not list states, nor filter by them. */
function rowOf(listed: ListedGroup, described: DescribedGroup | AdminError | undefined): Row {
  const { groupId, type, protocolType, coordinator } = listed
  const known = described instanceof AdminError ? undefined : described
  return {
    ...{ groupId, type, protocolType, coordinator },
    state: listed.state ?? known?.state ?? null,
    members: known?.members.length ?? null,
  }
}

function isChosen(row: Row, { state, type }: Flags): boolean {
  if (state.length > 0 && row.state !== null && !state.includes(row.state)) return false
  return type.length === 0 || type.includes(row.type)
}

function asJson({ groupId, state, type, protocolType, members, coordinator }: Row) {
  return { groupId, state, type, protocolType, members, coordinator }
}

/** Kafka's spelling of each, whatever case it was typed in. */
function oneOf(names: readonly string[]) {
  return (text: string, before: readonly string[] = []): readonly string[] => {
    const chosen = text.split(',').map((each) => {
      const found = names.find((name) => name.toLowerCase() === each.trim().toLowerCase())
      if (found === undefined)
        throw new InvalidArgumentError(`There is no '${each}'; there are ${names.join(', ')}.`)
      return found
    })
    return [...before, ...chosen]
  }
}
