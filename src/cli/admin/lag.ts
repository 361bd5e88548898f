// `cohort lag GROUP`: how far it is behind, partition by partition; once, or every second until Ctrl+C; as a gate for CI.

import { InvalidArgumentError } from 'commander'
import type { Cluster } from '../../client/cluster.js'
import { AdminError } from '../../client/errors.js'
import type { KnownGroup } from '../../client/groups.js'
import { lagOf, type PartitionLag, totalLag } from '../../client/lag.js'
import { terminalText } from '../../observe/terminal-text.js'
import { repeat } from '../repeat.js'
import { adminCommand, type CommonFlags, failed, type Io, perform } from './command.js'
import { existingGroup, isRebalancing } from './describe.js'
import { json } from './json.js'
import { type Column, table } from './table.js'

interface Flags extends CommonFlags {
  readonly watch: boolean
  readonly maxLag?: bigint
}

interface Reading {
  readonly group: KnownGroup
  readonly partitions: readonly PartitionLag[]
  readonly total: bigint
}

const COLUMNS: readonly Column<PartitionLag>[] = [
  { head: 'TOPIC', of: ({ topic }) => topic },
  { head: 'PARTITION', of: ({ partition }) => partition, right: true },
  { head: 'COMMITTED', of: ({ committed }) => committed, right: true },
  { head: 'END', of: ({ end }) => end, right: true },
  { head: 'LAG', of: ({ lag }) => lag, right: true },
  { head: 'OWNER', of: ({ owner }) => owner?.memberId ?? null },
]
const EVERY_MS = 1000
/** To the top left, and what is below away. */
const REDRAW = '\x1b[H\x1b[J'

export function lag(argv: readonly string[], io: Io): Promise<number> {
  const command = adminCommand('lag', 'Shows how many records of each partition a group has not committed.')
    .argument('<group>')
    .option('--watch', 'again every second, until Ctrl+C', false)
    .option('--max-lag <records>', 'exit code 1 when it is more in all, or not known', records)
  return perform<Flags>(command, argv, io, async (cluster, flags, [groupId = '']) => {
    if (!flags.watch) return show(await read(cluster, groupId), flags, io, false)
    let code = 0
    await repeat(EVERY_MS, io.signal, async () => {
      try {
        code = show(await read(cluster, groupId), flags, io, true)
      } catch (error) {
        if (!(error instanceof AdminError)) throw error
        code = failed(io, command.name(), error)
      }
    })
    return code
  })
}

async function read(cluster: Cluster, groupId: string): Promise<Reading> {
  const group = await existingGroup(cluster, groupId)
  const partitions = await lagOf(cluster, groupId, group.described)
  return { group, partitions, total: totalLag(partitions) }
}

/** The exit code that it stands for. */
function show(reading: Reading, flags: Flags, io: Io, isWatched: boolean): 0 | 1 {
  const { partitions, total } = reading
  if (flags.json) io.write(json(asJson(reading), isWatched ? 0 : 2))
  else io.write(`${isWatched && io.isTTY ? REDRAW : ''}${asText(reading)}${isWatched ? '\n' : ''}`)
  if (flags.maxLag === undefined) return 0
  const unknown = partitions.find((each) => each.lag === null)
  if (unknown === undefined && total <= flags.maxLag) return 0
  const why = unknown === undefined ? `is ${total}` : `of ${unknown.topic}-${unknown.partition} is not known`
  return failed(io, 'cohort lag', new Error(`the lag ${why}, and --max-lag is ${flags.maxLag}`))
}

function asText({ group, partitions, total }: Reading): string {
  const { state, described } = group
  const head = `${terminalText(described.groupId)} is ${state}, `
  if (partitions.length === 0) return `${head}has committed nothing and owns no partition.\n`
  const behind = `${total} ${total === 1n ? 'record' : 'records'} behind in all.\n\n`
  const notes = notesOn(group, partitions).map((line) => `${terminalText(line)}\n`)
  return `${head}${behind}${table(COLUMNS, partitions)}${notes.length > 0 ? '\n' : ''}${notes.join('')}`
}

function notesOn({ state, type }: KnownGroup, partitions: readonly PartitionLag[]): string[] {
  const notes: string[] = []
  if (isRebalancing(state)) notes.push('It is rebalancing: owners are those from before.')
  if (type !== 'classic' && state !== 'Empty')
    notes.push(`Owners in a group of type ${type} are not told by DescribeGroups.`)
  const uncommitted = partitions.filter(({ committed }) => committed === null).length
  if (uncommitted > 0)
    notes.push(`Nothing is committed for ${uncommitted} of them: they count from the beginning of the log.`)
  for (const { topic, partition, lag: behind } of partitions)
    if (behind !== null && behind < 0n)
      notes.push(`${topic}-${partition} ends before what is committed: the topic was probably made anew.`)
  for (const { error } of partitions) if (error !== null) notes.push(error.message)
  return notes
}

function asJson({ group, partitions, total }: Reading) {
  const { described, state } = group
  return {
    groupId: described.groupId,
    state,
    atMs: Date.now(),
    totalLag: total,
    partitions: partitions.map(({ owner, error, ...each }) => ({
      ...each,
      owner: owner?.memberId ?? null,
      clientId: owner?.clientId ?? null,
      error: error?.message ?? null,
    })),
  }
}

function records(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 0 on.')
  return BigInt(text)
}
