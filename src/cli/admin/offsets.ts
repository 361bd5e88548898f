// `cohort offsets reset|set|delete GROUP`: what a group has committed, changed from outside. Each prints its plan, old and new,
// and does nothing without --execute. While a group has members its offsets are theirs.

import type { Cluster } from '../../client/cluster.js'
import type { AdminError } from '../../client/errors.js'
import { type KnownGroup, lookUpGroup } from '../../client/groups.js'
import { byPlace, commitOffsets, deleteOffsets, type PartitionOutcome } from '../../client/offsets.js'
import { PlanError, type Planned, planDelete, planReset, planSet, type Scope } from '../../client/plan.js'
import { terminalText } from '../../observe/terminal-text.js'
import { adminCommand, type CommonFlags, failed, type Io, perform, UsageError } from './command.js'
import { existingGroup } from './describe.js'
import { json } from './json.js'
import { offsetOf, type ScopeFlag, scopeOption, targetOf } from './offset-words.js'
import { type Column, table } from './table.js'

interface PlanFlags extends CommonFlags {
  readonly execute: boolean
}
interface ScopeFlags extends PlanFlags {
  readonly topic?: ScopeFlag
  readonly allTopics?: boolean
}

const VERBS = { reset, set, delete: remove }
const USAGE = `Usage: cohort offsets reset|set|delete <group> [options]

Changes what a group has committed, while it has no members. Prints the plan; --execute carries it out.

  reset   to the earliest, the latest, an offset, a time, or so many further or back
  set     to offsets that are told one by one
  delete  forgets what is committed in a topic

cohort offsets reset --help shows the options of one.
`

const COLUMNS: readonly Column<Planned>[] = [
  { head: 'TOPIC', of: ({ topic }) => topic },
  { head: 'PARTITION', of: ({ partition }) => partition, right: true },
  { head: 'OLD', of: ({ from }) => from, right: true },
  { head: 'NEW', of: ({ to }) => to, right: true },
]
const NOTE: Column<Planned> = { head: 'NOTE', of: ({ note }) => note ?? ' ' }

export async function offsets(argv: readonly string[], io: Io): Promise<number> {
  const [verb = '', ...rest] = argv
  if (Object.hasOwn(VERBS, verb)) return VERBS[verb as keyof typeof VERBS](rest, io)
  if (verb === '--help' || verb === '-h') {
    io.write(USAGE)
    return 0
  }
  const told = verb === '' ? 'reset, set or delete is needed' : `there is no '${terminalText(verb)}'`
  io.error(`cohort offsets: ${told}; --help shows what there is\n`)
  return 2
}

function reset(argv: readonly string[], io: Io): Promise<number> {
  const command = adminCommand('offsets reset', 'Plans new offsets for a group without members.')
    .argument('<group>')
    .addOption(scopeOption())
    .option('--all-topics', 'every partition that the group has committed')
    .requiredOption(
      '--to <where>',
      'earliest, latest, an offset, a time (2026-11-21T08:00, UTC unless it says otherwise), +N or -N from what is committed',
      targetOf,
    )
    .option('--execute', 'do it', false)
  return perform<ScopeFlags & { to: ReturnType<typeof targetOf> }>(
    command,
    argv,
    io,
    async (cluster, flags, [groupId = '']) => {
      const scope = scopeOf(flags)
      await withoutMembers(cluster, groupId, 'reset')
      const plan = await planReset(cluster, groupId, scope, flags.to)
      return carryOut(io, command.name(), groupId, plan, flags, () => commit(cluster, groupId, plan))
    },
  )
}

function set(argv: readonly string[], io: Io): Promise<number> {
  const command = adminCommand('offsets set', 'Plans exactly these offsets for a group without members.')
    .argument('<group>')
    .argument('<topic:partition=offset...>')
    .option('--execute', 'do it', false)
  return perform<PlanFlags>(command, argv, io, async (cluster, flags, [groupId = '', ...words]) => {
    const wanted = words.map(offsetOf)
    const repeated = wanted.find((each, i) => wanted.findIndex((other) => byPlace(each, other) === 0) < i)
    if (repeated !== undefined)
      throw new UsageError(`${repeated.topic}:${repeated.partition} is told more than once`)
    await withoutMembers(cluster, groupId, 'set')
    const plan = await planSet(cluster, groupId, wanted)
    return carryOut(io, command.name(), groupId, plan, flags, () => commit(cluster, groupId, plan))
  })
}

function remove(argv: readonly string[], io: Io): Promise<number> {
  const command = adminCommand(
    'offsets delete',
    'Forgets what a group has committed in a topic that it does not consume.',
  )
    .argument('<group>')
    .addOption(scopeOption())
    .option('--execute', 'do it', false)
  return perform<ScopeFlags>(command, argv, io, async (cluster, flags, [groupId = '']) => {
    const { topic: scope } = flags
    if (scope === undefined) throw new UsageError('--topic is needed')
    refuseSubscribed(await existingGroup(cluster, groupId), [...scope.keys()])
    const plan = await planDelete(cluster, groupId, scope)
    return carryOut(io, command.name(), groupId, plan, flags, () => deleteOffsets(cluster, groupId, plan))
  })
}

function scopeOf({ topic, allTopics = false }: ScopeFlags): Scope {
  if (topic !== undefined && allTopics) throw new UsageError('--topic and --all-topics do not go together')
  if (topic === undefined && !allTopics) throw new UsageError('--topic or --all-topics is needed')
  return topic ?? 'committed'
}

/** A group that does not exist yet may be given offsets: they make it. Rejects with PlanError. */
async function withoutMembers(cluster: Cluster, groupId: string, verb: string): Promise<void> {
  const { state, type, described } = await lookUpGroup(cluster, groupId)
  if (type === null || state === 'Empty' || state === 'Dead') return
  const who = described.members.map(({ clientId }) => `'${clientId}'`)
  const members = who.length === 0 ? 'members' : `members (clients ${[...new Set(who)].sort().join(', ')})`
  const isStatic = described.members.some(({ instanceId }) => instanceId !== null)
  const ghosts = isStatic
    ? '; a static member is left, also when it was stopped, until its session runs out'
    : ''
  throw new PlanError(
    `group '${groupId}' is ${state} and has ${members}: its offsets can be ${verb} only when none is left, so stop them first${ghosts}`,
  )
}

/** What the coordinator would say at the end, said before the plan. */
function refuseSubscribed({ described }: KnownGroup, topics: readonly string[]): void {
  for (const { subscribed, clientId } of described.members) {
    const topic = subscribed?.kind === 'consumer' && topics.find((each) => subscribed.topics.includes(each))
    if (topic)
      throw new PlanError(
        `group '${described.groupId}' is consuming topic '${topic}' (client '${clientId}'): stop its members first`,
      )
  }
}

function commit(cluster: Cluster, groupId: string, plan: readonly Planned[]) {
  const wanted = plan.flatMap(({ topic, partition, to }) =>
    to === null ? [] : [{ topic, partition, offset: to }],
  )
  return commitOffsets(cluster, groupId, wanted)
}

/** Prints the plan, and with --execute does it; the exit code. */
async function carryOut(
  io: Io,
  name: string,
  groupId: string,
  plan: readonly Planned[],
  { execute, json: isJson }: PlanFlags,
  act: () => Promise<readonly PartitionOutcome[]>,
): Promise<number> {
  const outcomes = execute ? await act() : []
  const failures = outcomes.flatMap(({ error }) => (error === null ? [] : [error]))
  if (isJson) {
    const partitions = plan.map((each, i) => ({ ...each, error: outcomes[i]?.error?.message ?? null }))
    io.write(json({ groupId, executed: execute, partitions }))
  } else {
    const hasNotes = plan.some(({ note }) => note !== null)
    io.write(table(hasNotes ? [...COLUMNS, NOTE] : COLUMNS, plan))
    if (!execute) io.write('\nNothing was changed: this is the plan, --execute carries it out.\n')
    else if (failures.length === 0) io.write('\nDone.\n')
  }
  const told = new Map(failures.map((error: AdminError) => [error.message, error]))
  for (const error of told.values()) failed(io, name, error)
  return failures.length > 0 ? 1 : 0
}
