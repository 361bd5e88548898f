// Heartbeats of members of any number of groups, over any number of connections.

import { Apis } from '../../src/protocol/apis.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import { Circle } from './circle.js'
import { Gathering } from './gathering.js'
import type { Opening, Session } from './jobs.js'
import { Latencies } from './latencies.js'
import { CLIENT, expectNone, joinAlone, leave, type Member } from './member.js'
import { traffic } from './traffic.js'
import { openAll, type Wire } from './wire.js'

const HEARTBEAT_VERSION = 4
/** At least so many times what is in flight: a circle closes where it is not seen. */
const TURNS = 2

let opened = 0

export async function heartbeats(opening: Opening & { kind: 'heartbeats' }): Promise<Session> {
  const { where, connections, groups, members, maxInFlight } = opening
  const wires = await openAll(where, connections)
  const prefix = `bench-${process.pid}-${opened++}`
  const ids = Array.from({ length: groups }, (_, i) => `${prefix}-${String(i).padStart(6, '0')}`)
  const onWires = members === 1 ? await alone(wires, ids) : await together(wires, ids, members)
  const latencies = new Latencies()
  const circles = await Promise.all(
    wires.map(async (wire, i) => {
      const own = onWires[i] as Member[]
      const requests = Array.from({ length: Math.max(own.length, TURNS * maxInFlight) }, (_, k) => {
        const body = { ...(own[k % own.length] as Member), groupInstanceId: null }
        return encodeRequest(Apis.Heartbeat, HEARTBEAT_VERSION, k, CLIENT, body)
      })
      const answer = Buffer.from(await wire.ask(requests[0] as Buffer))
      expectNone(wire, 'Heartbeat', decodeResponse(Apis.Heartbeat, HEARTBEAT_VERSION, answer).body.errorCode)
      return new Circle(wire, { requests, answer, maxInFlight, latencies })
    }),
  )
  return {
    run: (load) => traffic(circles, latencies, load),
    async close() {
      await Promise.all(
        wires.map(async (wire, i) => {
          await leave(wire, onWires[i] as Member[])
          wire.close()
        }),
      )
    },
  }
}

/** The members that each connection has. */
type OnWires = Member[][]

/** Groups of one, one after another on each connection. */
function alone(wires: readonly Wire[], ids: readonly string[]): Promise<OnWires> {
  return Promise.all(
    wires.map(async (wire, i) => {
      const own: Member[] = []
      for (let g = i; g < ids.length; g += wires.length) own.push(await joinAlone(wire, ids[g] as string))
      return own
    }),
  )
}

/** A connection has one request in flight, so groups gather at the same time only where they share none. */
async function together(wires: readonly Wire[], ids: readonly string[], members: number): Promise<OnWires> {
  const onWires: OnWires = wires.map(() => [])
  const atOnce = Math.floor(wires.length / members)
  if (atOnce === 0) throw new Error('a group has no more members than there are connections')
  for (let first = 0; first < ids.length; first += atOnce) {
    const gathered = ids.slice(first, first + atOnce).map(async (groupId, i) => {
      const gathering = new Gathering(groupId)
      await gathering.join(wires.slice(i * members, (i + 1) * members))
      for (const [k, member] of gathering.members.entries()) onWires[i * members + k]?.push(member)
    })
    await Promise.all(gathered)
  }
  return onWires
}
