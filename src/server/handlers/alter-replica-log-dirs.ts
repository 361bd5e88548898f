// AlterReplicaLogDirs (key 34, KIP-113): there is one directory, where everything is already
// (Kafka: ReplicaManager.alterReplicaLogDirs).

import { ErrorCodes } from '../../protocol/errors.js'
import type {
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsResponse,
} from '../../protocol/messages/alter-replica-log-dirs.js'
import type { Broker } from '../broker.js'
import type { Exchange } from '../exchange.js'
import { logDirOf } from './data.js'

type Result = AlterReplicaLogDirsResponse['results'][number]

export function alterReplicaLogDirs(
  broker: Broker,
  exchange: Exchange,
  { dirs }: AlterReplicaLogDirsRequest,
): void {
  const { topicsByName } = broker.image
  const here = logDirOf(broker)
  const results = new Map<string, Result['partitions']>()
  for (const { path, topics } of dirs) {
    for (const { name, partitions } of topics) {
      const answered = partitions.map((partitionIndex) => {
        const isThere = topicsByName.get(name)?.partitions[partitionIndex] !== undefined
        const known = isThere ? ErrorCodes.NONE : ErrorCodes.UNKNOWN_TOPIC_OR_PARTITION
        return { partitionIndex, errorCode: path === here ? known : ErrorCodes.LOG_DIR_NOT_FOUND }
      })
      results.set(name, [...(results.get(name) ?? []), ...answered])
    }
  }
  const response: AlterReplicaLogDirsResponse = {
    throttleTimeMs: 0,
    results: Array.from(results, ([topicName, partitions]) => ({ topicName, partitions })),
  }
  broker.tell(exchange, response)
}
