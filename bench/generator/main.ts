// The load generator, a process of its own: opens what the benchmark tells it to, runs load, closes. A wrong answer ends it with exit
// code 1 and a line that says whose answer it was, and what was wrong.

import { commits } from './commits.js'
import { gather } from './gather.js'
import { heartbeats } from './heartbeats.js'
import type { Gathered, Load, Opening, Outcome, Session } from './jobs.js'
import type { Where } from './wire.js'

export type Order =
  | { readonly do: 'open'; readonly opening: Opening }
  | { readonly do: 'run'; readonly session: number; readonly load: Load }
  | { readonly do: 'close'; readonly session: number }
  | { readonly do: 'gather'; readonly where: Where; readonly members: number }
  /** Starts a broker of the built library in this process. */
  | { readonly do: 'host'; readonly library: string; readonly topic: string; readonly partitions: number }

/** A session's number, or the port of a broker, where it is a number. */
export type Done = Outcome | Gathered | number | null

const sessions = new Map<number, Session>()
let opened = 0

async function carryOut(order: Order): Promise<Done> {
  if (order.do === 'open') {
    sessions.set(++opened, await open(order.opening))
    return opened
  }
  if (order.do === 'gather') return gather(order.where, order.members)
  if (order.do === 'host') return host(order)
  const session = sessions.get(order.session)
  if (session === undefined) throw new Error(`session ${order.session} is not open`)
  if (order.do === 'run') return session.run(order.load)
  sessions.delete(order.session)
  await session.close()
  return null
}

function open(opening: Opening): Promise<Session> {
  return opening.kind === 'heartbeats' ? heartbeats(opening) : commits(opening)
}

async function host({ library, topic, partitions }: Order & { do: 'host' }): Promise<number> {
  const { startCohort } = require(library) as typeof import('../../src/index.js')
  const { port } = await startCohort({ topics: { [topic]: partitions } })
  return port
}

function fail(error: Error): never {
  console.error(error.message)
  process.exit(1)
}

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
process.on('disconnect', () => process.exit(0))
process.on('message', (order: Order) => {
  void carryOut(order).then((done) => process.send?.(done))
})
