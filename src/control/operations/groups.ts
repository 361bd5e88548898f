// Groups: as they are, what is to be waited for, what is to be provoked.

import type { GroupSnapshot } from '../../coordinator/inspect.js'
import { ConfigError } from '../../server/config/errors.js'
import { choice, duration, int64, optional, record, text, whole } from '../../testkit/fields.js'
import type { Group, WaitOptions } from '../../testkit/group.js'
import { assignedIn } from '../../testkit/lag.js'
import type { Offsets } from '../../testkit/offsets.js'
import { NotFound } from '../brokers.js'
import { operation } from '../operation.js'

const timeout = optional(duration)

/** Without the bytes and timers of the coordinator: what is assigned in words. */
async function groupJson(group: Group): Promise<object> {
  const snapshot = await group.snapshot()
  if (snapshot === null) throw new NotFound(await group.describe())
  const { joinTimer: _, syncTimer: __, members, ...rest } = snapshot
  return { ...rest, members: members.map(memberJson), text: await group.describe() }
}

function memberJson(member: GroupSnapshot['members'][number]): object {
  const { sessionTimer: _, metadata: __, assignment, ...rest } = member
  return { ...rest, assigned: assignedIn(assignment) }
}

type Name = 'members' | 'generation' | 'topic' | 'partition' | 'offset'

/** What it may be waited for with what; a number of members need not be told, the others must. */
const WAITS = {
  stable: ['members'],
  empty: [],
  generation: ['generation'],
  assigned: ['topic', 'partition'],
  committed: ['topic', 'partition', 'offset'],
  caughtUp: [],
} as const satisfies Record<string, readonly Name[]>

interface Wanted extends WaitOptions {
  readonly until: keyof typeof WAITS
  readonly members?: number
  readonly generation?: number
  readonly topic?: string
  readonly partition?: number
  readonly offset?: bigint
}

async function wait(group: Group, { until, timeout, ...wanted }: Wanted): Promise<void> {
  const allowed: readonly string[] = WAITS[until]
  for (const name of Object.keys(wanted)) {
    if (!allowed.includes(name))
      throw new ConfigError(
        `until '${until}' takes ${allowed.join(', ') || 'nothing but a timeout'}, not ${name}`,
      )
  }
  const need = <K extends Name>(name: K): NonNullable<Wanted[K]> => {
    const value = wanted[name]
    if (value !== undefined) return value as NonNullable<Wanted[K]>
    throw new ConfigError(`until '${until}' needs ${name}`)
  }
  const limit = timeout === undefined ? {} : { timeout }
  switch (until) {
    case 'stable':
      await group.stable(wanted.members === undefined ? limit : { ...limit, members: wanted.members })
      return
    case 'empty':
      return group.empty(limit)
    case 'generation': {
      const least = need('generation')
      await group.generation((now) => now >= least, limit)
      return
    }
    case 'assigned':
      await group.assigned(need('topic'), need('partition'), limit)
      return
    case 'committed':
      await group.committed(need('topic'), need('partition'), need('offset'), limit)
      return
    case 'caughtUp':
      return group.caughtUp(limit)
  }
}

export const groupOperations = [
  operation({
    name: 'groups',
    method: 'GET',
    path: '/groups',
    summary: 'All groups, with state, generation and number of members.',
    fields: {},
    run: async ({ cohort }) => {
      const groups = await cohort.groupSnapshots()
      return groups.map(({ groupId, state, generation, members }) => ({
        ...{ groupId, state, generation, members: members.length },
      }))
    },
  }),
  operation({
    name: 'group',
    method: 'GET',
    path: '/groups/{group}',
    summary: 'A group as it is: state, members, who is awaited, which timers run (also as text).',
    fields: {},
    run: ({ cohort }, { group }) => groupJson(cohort.group(group)),
  }),
  operation({
    name: 'wait',
    method: 'POST',
    path: '/groups/{group}/wait',
    summary: 'Waits until the group is as told; else the error says what was seen instead.',
    fields: {
      until: choice('stable', 'empty', 'generation', 'assigned', 'committed', 'caughtUp'),
      members: optional(whole(0)),
      generation: optional(whole(0)),
      topic: optional(text),
      partition: optional(whole(0)),
      offset: optional(int64(0n)),
      timeout,
    },
    run: async ({ cohort }, { group: id, ...wanted }) => {
      const group = cohort.group(id)
      await wait(group, wanted)
      return wanted.until === 'empty' ? {} : groupJson(group)
    },
  }),
  operation({
    name: 'explain',
    method: 'GET',
    path: '/groups/{group}/explanation',
    summary: 'Why the group rebalanced the last time: as text, Markdown and facts.',
    fields: {},
    run: ({ cohort }, { group }) => {
      const explained = cohort.group(group).explain()
      return { text: String(explained), markdown: explained.toMarkdown(), facts: explained.facts }
    },
  }),
  operation({
    name: 'offsets',
    method: 'GET',
    path: '/groups/{group}/offsets',
    summary: 'What the group has committed: topic -> partition -> offset.',
    fields: {},
    run: async ({ cohort }, { group }) => {
      const { topics } = await cohort.group(group).offsets()
      return Object.fromEntries(
        topics.map(({ name, partitions }) => [
          name,
          Object.fromEntries(
            partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]),
          ),
        ]),
      )
    },
  }),
  operation({
    name: 'commit',
    method: 'PUT',
    path: '/groups/{group}/offsets',
    summary: 'Commits for a group without members: topic -> partition -> offset.',
    fields: { offsets: record('an object of topic -> partition -> offset, as {"orders": {"0": 5}}') },
    run: ({ cohort }, { group, offsets }) => cohort.commit(group, offsets as Offsets), // which checks them
  }),
  operation({
    name: 'lag',
    method: 'GET',
    path: '/groups/{group}/lag',
    summary: 'Per partition that the group owns or has committed to: committed, end, lag.',
    fields: {},
    run: ({ cohort }, { group }) => cohort.group(group).lag(),
  }),
  operation({
    name: 'rebalance',
    method: 'POST',
    path: '/groups/{group}/rebalance',
    summary: 'Makes the members rejoin.',
    fields: { reason: optional(text) },
    run: ({ cohort }, { group, reason }) => cohort.group(group).rebalance(reason),
  }),
  operation({
    name: 'expire',
    method: 'POST',
    path: '/groups/{group}/expire',
    summary: "A member's session runs out now; named by member id, client id or instance id.",
    fields: { member: text },
    run: ({ cohort }, { group, member }) => cohort.group(group).expire(member),
  }),
  operation({
    name: 'kick',
    method: 'POST',
    path: '/groups/{group}/kick',
    summary: 'Removes a member, as an administrator does.',
    fields: { member: text, reason: optional(text) },
    run: ({ cohort }, { group, member, reason }) => cohort.group(group).kick(member, reason),
  }),
  operation({
    name: 'fence',
    method: 'POST',
    path: '/groups/{group}/fence',
    summary: 'Another process joins under a group.instance.id: its member is told FENCED_INSTANCE_ID.',
    fields: { instanceId: text },
    run: ({ cohort }, { group, instanceId }) => cohort.group(group).fence(instanceId),
  }),
  operation({
    name: 'loading',
    method: 'POST',
    path: '/groups/{group}/loading',
    summary:
      "The group's coordinator loads for so long: COORDINATOR_LOAD_IN_PROGRESS. Answers when it has begun.",
    fields: { duration },
    run: ({ cohort }, { group, duration }) => {
      cohort
        .group(group)
        .loading(duration)
        .catch(() => {}) // it ends with the broker
    },
  }),
]
