// A member of a classic group as plain data (Kafka: ClassicGroupMember). It is the key of its own session timer: there may be many
// members, each heartbeat arms one, and so finds it where it has been looking anyway.

import type { Ticket } from '../../machine/decision.js'
import { TimerKey } from '../../machine/timer-key.js'
import type { GroupTimer } from '../types.js'

export interface Protocol {
  readonly name: string
  readonly metadata: Buffer
}

export const NO_BYTES: Buffer = Buffer.alloc(0)

/** What a member is made with. */
export interface MemberValues {
  readonly groupId: string
  readonly id: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocols: readonly Protocol[]
  readonly assignment: Buffer
}

export class Member extends TimerKey implements MemberValues, GroupTimer {
  sessionTimeoutMs: number // beside the timer's numbers: heartbeats ask for it
  rebalanceTimeoutMs: number
  readonly groupId: string
  readonly id: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  /** In order of preference. */
  protocols: readonly Protocol[]
  assignment: Buffer
  /** A JoinGroup that waits for the join phase to end. */
  parkedJoin: Ticket | null = null
  /** A SyncGroup that waits for the leader's. */
  parkedSync: Ticket | null = null
  /** Added and not yet part of a generation: its session timer is the new-member join timeout. */
  isNew = false

  constructor(values: MemberValues) {
    super()
    this.sessionTimeoutMs = values.sessionTimeoutMs
    this.rebalanceTimeoutMs = values.rebalanceTimeoutMs
    this.groupId = values.groupId
    this.id = values.id
    this.instanceId = values.instanceId
    this.clientId = values.clientId
    this.clientHost = values.clientHost
    this.protocols = values.protocols
    this.assignment = values.assignment
  }

  get kind(): 'session' {
    return 'session'
  }

  get memberId(): string {
    return this.id
  }
}
