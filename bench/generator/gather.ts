// The scenario of one group: all its members join, then one more, then they leave.

import { Gathering } from './gathering.js'
import type { Gathered } from './jobs.js'
import { leave } from './member.js'
import { openAll, type Where } from './wire.js'

let opened = 0

export async function gather(where: Where, members: number): Promise<Gathered> {
  const wires = await openAll(where, members + 1)
  const gathering = new Gathering(`bench-gathering-${process.pid}-${opened++}`)
  const allMs = await gathering.join(wires.slice(0, members))
  const oneMoreMs = await gathering.join(wires.slice(members))
  const [first] = wires
  if (first !== undefined) await leave(first, gathering.members)
  for (const wire of wires) wire.close()
  return { allMs, oneMoreMs }
}
