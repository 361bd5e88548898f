// Looking back, waiting for rest, fixtures, the beginning anew, and the verdict in the end.

import type { ApiName } from '../../protocol/api-names.js'
import { Apis } from '../../protocol/apis.js'
import { choice, duration, flag, optional, text } from '../../testkit/fields.js'
import { verdictOf } from '../brokers.js'
import { operation } from '../operation.js'

export const historyOperations = [
  operation({
    name: 'requests',
    method: 'GET',
    path: '/requests',
    summary: 'What clients asked and were answered, oldest first.',
    fields: {
      api: optional(choice(...(Object.keys(Apis) as ApiName[]))),
      group: optional(text),
      client: optional(text),
      member: optional(text),
    },
    run: ({ cohort }, { api, ...filter }) => cohort.requests(api, filter),
  }),
  operation({
    name: 'events',
    method: 'GET',
    path: '/events',
    summary: 'What the coordinator told of itself, with causes, oldest first.',
    fields: { group: optional(text) },
    run: ({ cohort }, { group }) => cohort.events(group),
  }),
  operation({
    name: 'quiesce',
    method: 'POST',
    path: '/quiesce',
    summary: 'Waits until nothing is under way.',
    fields: { timeout: optional(duration) },
    run: ({ cohort }, options) => cohort.quiesce(options),
  }),
  operation({
    name: 'load',
    method: 'POST',
    path: '/fixtures',
    summary: 'Adds topics, records, offsets and groups from JSON lines.',
    takesLines: true,
    fields: {},
    run: ({ cohort }, { lines }) => cohort.load(lines, 'fixtures'),
  }),
  operation({
    name: 'dump',
    method: 'GET',
    path: '/fixtures',
    summary: 'All topics, records, offsets and groups, as JSON lines that can be loaded.',
    givesLines: true,
    fields: {},
    run: ({ cohort }) => cohort.dump(),
  }),
  operation({
    name: 'reset',
    method: 'POST',
    path: '/reset',
    summary: 'Back to the beginning: groups, offsets, records, later topics and faults are gone.',
    fields: {},
    run: ({ cohort, faults }) => {
      faults.clear()
      return cohort.reset()
    },
  }),
  operation({
    name: 'verify',
    method: 'POST',
    path: '/verify',
    summary:
      'Problems: faults never met, lacking APIs, broken promises; with strict, clients left connected too.',
    fields: { strict: optional(flag) },
    run: ({ cohort }, { strict = false }) => verdictOf(cohort, strict),
  }),
]
