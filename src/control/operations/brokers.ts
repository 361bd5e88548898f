// Brokers for single tests: started, listed, stopped.

import { flag, optional } from '../../testkit/fields.js'
import { brokerShape } from '../brokers.js'
import { processOperation } from '../operation.js'

export const brokerOperations = [
  processOperation({
    name: 'brokers',
    method: 'GET',
    path: '/brokers',
    summary: 'The brokers that are running, with their bootstrap servers.',
    fields: {},
    run: (brokers) => brokers.list(),
  }),
  processOperation({
    name: 'start-broker',
    method: 'POST',
    path: '/brokers',
    summary: 'Starts a broker, for one test; answers its id and bootstrap servers.',
    status: 201,
    fields: brokerShape,
    run: (brokers, options) => brokers.add(options),
  }),
  processOperation({
    name: 'stop-broker',
    method: 'DELETE',
    path: '/brokers/{broker}',
    summary: 'Stops a broker; answers who was still connected, and its problems as verify has them.',
    fields: { strict: optional(flag) },
    run: (brokers, { broker, strict = false }) => brokers.remove(broker, strict),
  }),
]
