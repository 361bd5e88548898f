// The entries that the coordinator's events make, with what is known of the member: a removal tells when it was last heard,
// whether its connection is open, when it last fetched, and what it owned.

import type { GroupEvent } from '../coordinator/types.js'
import { entryOf, type JournalEntry } from './journal-entry.js'
import type { KnownMembers } from './journal-members.js'

type Told = Exclude<GroupEvent, { type: 'committed' }>

export function eventEntry(event: Told, atMs: number, members: KnownMembers): JournalEntry {
  const group = event.groupId
  const generation = members.generation(group)
  switch (event.type) {
    case 'state': {
      const { generation, cause, from, to } = event
      return { type: 'state', atMs, group, member: null, generation, cause, from, to } // in one piece: most that are kept are these
    }
    case 'member-joined': {
      const { memberId: member, instanceId: instance, cause } = event
      return entryOf('member-joined', atMs, { group, member, generation, cause, instance })
    }
    case 'member-pending':
      return entryOf('member-pending', atMs, { group, member: event.memberId, generation })
    case 'member-removed':
      return removal(event, atMs, members)
    case 'member-replaced': {
      const { memberId: member, instanceId: instance, oldMemberId: oldMember } = event
      return entryOf('member-replaced', atMs, { group, member, generation, instance, oldMember })
    }
    case 'offsets-removed': {
      const { count, cause } = event
      return entryOf('offsets-removed', atMs, { group, cause, count })
    }
    case 'group-removed':
      return entryOf('group-removed', atMs, { group, cause: event.cause })
  }
}

function removal(
  event: Extract<GroupEvent, { type: 'member-removed' }>,
  atMs: number,
  members: KnownMembers,
): JournalEntry {
  const { groupId: group, memberId: member, instanceId: instance, cause } = event
  const known = members.get(group, member)
  const fetchedMs = known === undefined ? null : members.fetchedMs(known)
  const connection = known?.connection ?? null
  return entryOf('member-removed', atMs, {
    ...{ group, member, instance, cause, connection },
    generation: members.generation(group),
    client: known?.client ?? null,
    connected: connection === null ? null : members.isConnected(connection),
    heardAgoMs: known === undefined ? null : members.heartbeats.heardAgoMs(known.row, atMs),
    fetchedAgoMs: fetchedMs === null ? null : atMs - fetchedMs,
    sessionTimeoutMs: known?.sessionTimeoutMs ?? null,
    partitions: known?.partitions ?? [],
  })
}
