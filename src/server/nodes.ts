// Nodes that stop and come back while the cluster goes on. What a node led, others lead from then on; what has no other replica is led by
// nobody until it is back. Nothing moves back by itself.

import { electLeaders, NO_LEADER, withoutLostNodes } from '../metadata/leaders.js'
import { topicRecords } from '../metadata/records.js'
import type { Broker } from './broker.js'
import type { Cluster } from './cluster.js'

/** What is kept may be led by nodes that there are no more. At the start, when all nodes run. */
export function settle(cluster: Cluster): void {
  const settled = withoutLostNodes(cluster.image)
  if (settled.length > 0) cluster.change(topicRecords(settled))
  elect(cluster)
}

/** Leaders for what has none that lives. */
function elect(cluster: Cluster): void {
  const elected = electLeaders(cluster.image)
  if (elected.length > 0) cluster.change(topicRecords(elected))
  const living = cluster.image.brokers.map(({ nodeId }) => nodeId)
  const led = cluster.shards.filter(({ leader }) => !living.includes(leader))
  for (const [i, shard] of led.entries()) {
    const leader = living[i % living.length] ?? NO_LEADER
    if (leader !== shard.leader) shard.moveTo(leader)()
  }
}

/** Hands over what it leads, as in a controlled shutdown, and closes its connections. Resolves when all are closed. */
export async function stopNode(cluster: Cluster, broker: Broker): Promise<void> {
  const listening = broker.server.close()
  broker.isRunning = false
  cluster.nodesChanged()
  elect(cluster)
  cluster.log.submit({ type: 'nodeStopped', nodeId: broker.nodeId })
  cluster.options.log('info', `node ${broker.nodeId} is stopped: others lead what it led, where they can`)
  await broker.close()
  await listening
}

/** It listens where it did. Rejects with the system's error when it cannot. */
export async function startNode(cluster: Cluster, broker: Broker): Promise<void> {
  await broker.server.open()
  broker.isRunning = true
  cluster.nodesChanged()
  elect(cluster)
  cluster.options.log('info', `node ${broker.nodeId} runs again`)
}
