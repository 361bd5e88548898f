// The deadlines of a shard that are no member's: of a join or sync phase, of an id that was given out, of the check for what has
// expired. They are made when they are armed. A member is the key of its own session.

import { TimerKey } from '../machine/timer-key.js'
import type { GroupTimer } from './group-event.js'

export class Deadline extends TimerKey implements GroupTimer {
  readonly kind: GroupTimer['kind']
  readonly groupId: string
  readonly memberId: string

  constructor(kind: GroupTimer['kind'], groupId = '', memberId = '') {
    super()
    this.kind = kind
    this.groupId = groupId
    this.memberId = memberId
  }
}
