// What a model client is put into: its process, the network, and the books in which its doings are written down.

import type { GroupJournal } from '../journal.js'
import type { Ledger } from '../ledger.js'
import type { Network } from '../network.js'
import type { SimulatedProcess } from '../proc.js'
import type { Random } from '../random.js'

export interface ClientSurroundings {
  readonly proc: SimulatedProcess
  readonly network: Network
  readonly random: Random
  /** Of its group. */
  readonly journal: GroupJournal
  readonly ledger: Ledger
  /** Whom it may ask for the rest of the cluster. */
  readonly bootstrap: readonly number[]
}
