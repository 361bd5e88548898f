// A partition of __consumer_offsets: its machine, and the node that leads it and answers for its groups. It moves as in Kafka: it
// is given up where it is, who waits is sent to look for its coordinator anew, and the new leader loads it from the store.

import type { GroupRecord, ShardEvent } from '../coordinator/types.js'
import { NO_LEADER } from '../metadata/leaders.js'
import type { Host } from './runtime.js'

export class Shard {
  readonly index: number
  readonly host: Host<ShardEvent, GroupRecord>
  private leaderId: number
  /** Of a shard that nobody leads: lets it be loaded. */
  private load: (() => void) | null = null

  constructor(index: number, leader: number, host: Host<ShardEvent, GroupRecord>) {
    this.index = index
    this.leaderId = leader
    this.host = host
  }

  get leader(): number {
    return this.leaderId
  }

  /** From within the process, whoever leads it. */
  submit(event: ShardEvent): void {
    this.host.submit(event)
  }

  /** Led by `leader` from now on, which loads it when what is returned is called. */
  moveTo(leader: number): () => void {
    this.leaderId = leader // who is refused may ask at once where it is
    const load = this.host.unload()
    this.load?.()
    this.load = leader === NO_LEADER ? load : null
    return leader === NO_LEADER ? () => {} : load
  }

  /** Resolves when `leader` has loaded it, not before `ready`. */
  async move(leader: number, ready: Promise<void>): Promise<void> {
    await ready.finally(this.moveTo(leader))
    await this.host.loaded()
  }
}
