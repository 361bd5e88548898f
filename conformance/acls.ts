// What cases send to deny something and to allow it again (KIP-140).

export const Resource = { topic: 2, group: 3 } as const
export const Operation = { all: 2, read: 3, delete: 6, describe: 8 } as const
export const Permission = { deny: 2, allow: 3 } as const
export const LITERAL = 3
const ANY = 1

/** A filter of everything. */
export const ANY_ACL = {
  resourceTypeFilter: ANY,
  resourceNameFilter: null,
  patternTypeFilter: ANY,
  principalFilter: null,
  hostFilter: null,
  operation: ANY,
  permissionType: ANY,
} as const
