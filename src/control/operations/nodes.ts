// The nodes of a broker's cluster: who leads what, moving that, stopping one and bringing it back.

import { duration, optional, whole } from '../../testkit/fields.js'
import { operation } from '../operation.js'

const to = optional(whole(1))

export const nodeOperations = [
  operation({
    name: 'nodes',
    method: 'GET',
    path: '/nodes',
    summary: 'The nodes of the cluster: id, address, whether it runs.',
    fields: {},
    run: ({ cohort }) => cohort.nodes(),
  }),
  operation({
    name: 'move-coordinator',
    method: 'POST',
    path: '/groups/{group}/move-coordinator',
    summary:
      "The group's coordinator moves to another node, the next one unless told, and loads there for so long; answers when it has.",
    fields: { to, loading: optional(duration) },
    run: async ({ cohort }, { group, ...options }) => ({
      nodeId: await cohort.group(group).moveCoordinator(options),
    }),
  }),
  operation({
    name: 'move-leader',
    method: 'POST',
    path: '/topics/{topic}/move-leader',
    summary: 'Another node leads a partition, the next one unless told.',
    fields: { partition: whole(0), to },
    run: ({ cohort }, { topic, partition, to }) => ({ nodeId: cohort.moveLeader(topic, partition, to) }),
  }),
  operation({
    name: 'stop-node',
    method: 'POST',
    path: '/nodes/{node}/stop',
    summary: 'Shuts a node down: the others lead what it led.',
    fields: {},
    run: ({ cohort }, { node }) => cohort.stopBroker(Number(node)),
  }),
  operation({
    name: 'start-node',
    method: 'POST',
    path: '/nodes/{node}/start',
    summary: 'A node that was stopped is back, at the port that it had.',
    fields: {},
    run: ({ cohort }, { node }) => cohort.startBroker(Number(node)),
  }),
]
