// Faults, and connections that are cut.

import { type FaultOptions, faultShape } from '../../testkit/fault-options.js'
import type { Fault } from '../../testkit/faults.js'
import { choice, duration, either, list, optional, text, whole } from '../../testkit/fields.js'
import { NotFound, type Target } from '../brokers.js'
import { operation } from '../operation.js'

function faultOf({ faults, id }: Target, fault: string): Fault {
  const found = faults.get(fault)
  if (found !== undefined) return found
  throw new NotFound(
    `broker '${id}' has no fault '${fault}', only ${[...faults.keys()].join(', ') || 'none'}`,
  )
}

const faultJson = (id: string, fault: Fault) => ({
  id,
  text: String(fault),
  hits: fault.hits.length,
  isSet: fault.isSet,
})

export const faultOperations = [
  operation({
    name: 'fault',
    method: 'POST',
    path: '/faults',
    summary: 'Puts a fault in the way of requests; one of error, delay, drop, disconnect, malformed.',
    status: 201,
    fields: faultShape,
    run: (target, options) => {
      const fault = target.cohort.fault(options as unknown as FaultOptions) // which checks them
      const id = `f${target.faults.size + 1}`
      target.faults.set(id, fault)
      return faultJson(id, fault)
    },
  }),
  operation({
    name: 'faults',
    method: 'GET',
    path: '/faults',
    summary: 'The faults that were set, with how many requests each has met.',
    fields: {},
    run: ({ faults }) => Array.from(faults, ([id, fault]) => faultJson(id, fault)),
  }),
  operation({
    name: 'wait-fault',
    method: 'POST',
    path: '/faults/{fault}/wait',
    summary: 'Waits until a fault has met so many requests (1 unless given).',
    fields: { times: optional(whole(1)), timeout: optional(duration) },
    run: async (target, { fault: id, times, ...options }) => {
      const fault = faultOf(target, id)
      await fault.hit(times, options)
      return faultJson(id, fault)
    },
  }),
  operation({
    name: 'remove-fault',
    method: 'DELETE',
    path: '/faults/{fault}',
    summary: 'It meets nothing any more.',
    fields: {},
    run: (target, { fault: id }) => {
      const fault = faultOf(target, id)
      fault.remove()
      return faultJson(id, fault)
    },
  }),
  operation({
    name: 'clients',
    method: 'GET',
    path: '/clients',
    summary: 'The clients that are connected: client id, software, host, since when.',
    fields: {},
    run: ({ cohort }) => cohort.connectedClients(),
  }),
  operation({
    name: 'disconnect',
    method: 'POST',
    path: '/disconnect',
    summary: 'Cuts connections: of one client id, or all.',
    fields: { client: optional(text) },
    run: ({ cohort }, { client }) => ({ cut: cohort.disconnect(client) }),
  }),
]

export const clockOperations = [
  operation({
    name: 'clock',
    method: 'GET',
    path: '/clock',
    summary: "The coordinator's time, ms since the epoch, and whether it is moved by hand.",
    fields: {},
    run: ({ cohort }) => cohort.time(),
  }),
  operation({
    name: 'advance',
    method: 'POST',
    path: '/clock/advance',
    summary: 'Moves virtual time on; connected members are kept alive but for those who are silent.',
    fields: {
      duration,
      silent: optional(either(choice('all'), list(text))),
    },
    run: async ({ cohort }, { duration, ...options }) => {
      await cohort.clock.advance(duration, options)
      return cohort.time()
    },
  }),
]
