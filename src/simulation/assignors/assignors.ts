// The table of assignors: by the name that JoinGroup carries. An assignor is run by the leader of a generation over what
// all members sent, and says who gets what.

import { range, roundRobin } from './stateless.js'
import { cooperativeSticky, sticky, stickyUserData } from './sticky.js'
import type { Assign, Owned } from './types.js'

export type AssignorName = 'range' | 'roundrobin' | 'sticky' | 'cooperative-sticky'

/** Java: ConsumerPartitionAssignor.RebalanceProtocol. */
export type RebalanceProtocol = 'EAGER' | 'COOPERATIVE'

interface Assignor {
  readonly assign: Assign
  readonly protocols: readonly RebalanceProtocol[]
  /** What a member tells of itself besides its topics, from what it had at last. */
  userData(last: Owned, generation: number): Buffer | null
}

const nothing = () => null

export const ASSIGNORS: Readonly<Record<AssignorName, Assignor>> = {
  range: { assign: range, protocols: ['EAGER'], userData: nothing },
  roundrobin: { assign: roundRobin, protocols: ['EAGER'], userData: nothing },
  sticky: { assign: sticky, protocols: ['EAGER'], userData: stickyUserData },
  // its owned partitions and generation are in the subscription itself
  'cooperative-sticky': {
    assign: cooperativeSticky,
    protocols: ['COOPERATIVE', 'EAGER'],
    userData: nothing,
  },
}

/** A client revokes by the best way that all its assignors know: one eager assignor in the list makes it eager. */
export function rebalanceProtocolOf(names: readonly AssignorName[]): RebalanceProtocol {
  return names.every((name) => ASSIGNORS[name].protocols.includes('COOPERATIVE')) ? 'COOPERATIVE' : 'EAGER'
}
