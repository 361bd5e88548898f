// A client outside of any group that fetches from anywhere, and waits for more than there is: what it is shown must still be there
// afterwards, whatever ended the wait.

import { ZERO_UUID } from '../../src/protocol/wire.js'
import { FETCH_VERSION, LIST_OFFSETS_VERSION, type RequestOf } from '../../src/simulation/exchanges.js'
import type { SimulatedProcess } from '../../src/simulation/proc.js'
import type { Random } from '../../src/simulation/random.js'
import { type Task, wait } from '../../src/simulation/task.js'
import type { World } from '../../src/simulation/world.js'

const PAUSE_MS = 400
const MAX_WAIT_MS = 3000
const MAX_MIN_BYTES = 2000
const LATEST = -1n

export class RawFetcher {
  private readonly proc: SimulatedProcess
  private readonly world: World
  private readonly topic: string
  private readonly random: Random
  private isStopping = false

  constructor(proc: SimulatedProcess, world: World, topic: string, random: Random) {
    this.proc = proc
    this.world = world
    this.topic = topic
    this.random = random
    proc.spawn(this.run())
  }

  stop(): void {
    this.isStopping = true
  }

  private *run(): Task {
    const { random, world, proc } = this
    while (!this.isStopping) {
      yield* proc.sleep(random.exponential(PAUSE_MS))
      const { partitions } = world.cluster.topic(this.topic)
      const { index, leader } = partitions[random.below(partitions.length)] ?? { index: 0, leader: 1 }
      const connection = world.network.connect(proc, 'fetcher', leader)
      yield* wait<void>((resume) => {
        const done = () => {
          connection.close()
          resume()
        }
        if (random.chance(0.3)) connection.send('ListOffsets', LIST_OFFSETS_VERSION, this.ends(index), done)
        else connection.send('Fetch', FETCH_VERSION, this.fetch(index), done)
        if (random.chance(0.1)) world.queue.after(random.exponential(1000), () => connection.close())
      })
    }
  }

  private ends(partitionIndex: number): RequestOf<'ListOffsets'> {
    const partitions = [{ partitionIndex, currentLeaderEpoch: -1, timestamp: LATEST, maxNumOffsets: 1 }]
    const topics = [{ name: this.topic, partitions }]
    return { replicaId: -1, isolationLevel: 0, topics, timeoutMs: 0 }
  }

  private fetch(partition: number): RequestOf<'Fetch'> {
    const { random } = this
    const asked = {
      ...{ partition, currentLeaderEpoch: -1, lastFetchedEpoch: -1, logStartOffset: -1n, highWatermark: -1n },
      ...{ fetchOffset: BigInt(random.below(40)), partitionMaxBytes: 100_000, replicaDirectoryId: ZERO_UUID },
    }
    return {
      ...{ clusterId: null, replicaId: -1, replicaState: { replicaId: -1, replicaEpoch: -1n }, rackId: '' },
      ...{ maxWaitMs: random.below(MAX_WAIT_MS), minBytes: random.below(MAX_MIN_BYTES), maxBytes: 1_000_000 },
      ...{ isolationLevel: 0, sessionId: 0, sessionEpoch: -1, forgottenTopicsData: [] },
      topics: [{ topic: this.topic, topicId: ZERO_UUID, partitions: [asked] }],
    }
  }
}
