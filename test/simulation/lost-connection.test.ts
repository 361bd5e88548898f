// A connection that is lost while the log is loaded: what it has parked in a coordinator is nobody's business but the
// coordinator's (npm run simulate, seed 34: it was answered as if the log had been asked, and later again).

import { expect, it } from 'vitest'
import { joinGroupRequest } from '../../src/simulation/client/group-requests.js'
import { JAVA_DEFAULTS } from '../../src/simulation/client/settings.js'
import type { Watch } from '../../src/simulation/watch.js'
import { World } from '../../src/simulation/world.js'

it('a parked JoinGroup outlives its connection, whatever the log does', () => {
  const answers: string[] = []
  const watch: Watch = {
    made: (_, machine) => machine,
    asked: () => {},
    answered: (ticket, response) =>
      answers.push(`${ticket.clientId} ${(response as { errorCode: number }).errorCode}`),
    defect: (where, error) => answers.push(`${where} ${error}`),
    fatal: () => {},
  }
  const settings = { groupInitialRebalanceDelayMs: 3000 }
  const world = new World({ seed: 1, topics: { orders: 1 }, settings, watch })
  const { proc } = world.start('member', 'orders', () => ({ stop: () => {} }))
  const connection = world.network.connect(proc, 'member', world.cluster.coordinatorOf('orders'))
  const told = { topics: ['orders'], owned: [], generation: -1, last: [], lastGeneration: -1 }
  connection.send('JoinGroup', 3, joinGroupRequest(JAVA_DEFAULTS, '', null, told), () => {})
  world.runUntil(1000)
  const loaded = world.cluster.log.unload('for a test')
  world.network.reset({})
  loaded()
  expect(answers).toEqual([])
  world.runUntil(5000)
  expect(answers).toEqual(['member 0'])
})
