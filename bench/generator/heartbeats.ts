// Heartbeats of members that are each alone in their group, over any number of connections.

import { Apis } from '../../src/protocol/apis.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import { Circle } from './circle.js'
import type { Opening, Session } from './jobs.js'
import { Latencies } from './latencies.js'
import { CLIENT, expectNone, joinAlone, leave, type Member } from './member.js'
import { traffic } from './traffic.js'
import { Wire } from './wire.js'

const HEARTBEAT_VERSION = 4
/** At least so many times what is in flight: a circle closes where it is not seen. */
const TURNS = 2

let opened = 0

export async function heartbeats(opening: Opening & { kind: 'heartbeats' }): Promise<Session> {
  const { where, connections, groups, maxInFlight } = opening
  const latencies = new Latencies()
  const session = opened++
  const beaters = await Promise.all(
    Array.from({ length: connections }, async (_, i) => {
      const wire = await Wire.open(where)
      const members: Member[] = []
      for (let g = i; g < groups; g += connections) {
        members.push(await joinAlone(wire, `bench-${process.pid}-${session}-${String(g).padStart(6, '0')}`))
      }
      const length = Math.max(members.length, TURNS * maxInFlight)
      const requests = Array.from({ length }, (_, k) => {
        const body = { ...(members[k % members.length] as Member), groupInstanceId: null }
        return encodeRequest(Apis.Heartbeat, HEARTBEAT_VERSION, k, CLIENT, body)
      })
      const answer = Buffer.from(await wire.ask(requests[0] as Buffer))
      expectNone(wire, 'Heartbeat', decodeResponse(Apis.Heartbeat, HEARTBEAT_VERSION, answer).body.errorCode)
      return { wire, members, circle: new Circle(wire, { requests, answer, maxInFlight, latencies }) }
    }),
  )
  const circles = beaters.map(({ circle }) => circle)
  return {
    run: (load) => traffic(circles, latencies, load),
    async close() {
      await Promise.all(
        beaters.map(async ({ wire, members }) => {
          for (const member of members) await leave(wire, member)
          wire.close()
        }),
      )
    },
  }
}
