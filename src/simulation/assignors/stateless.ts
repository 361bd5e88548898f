// The two assignors that look only at who is there: range (per topic, neighbours to one member) and roundrobin (over all
// topics, in turn). A member that comes back under another id may change everybody's share.

import { type Assign, allPartitions, emptyAssignment, inOrder } from './types.js'

/** Java: RangeAssignor, without racks. */
export const range: Assign = (subscribers, partitionCounts) => {
  const assignment = emptyAssignment(subscribers)
  const members = inOrder(subscribers)
  for (const topic of [...new Set(subscribers.flatMap(({ topics }) => topics))].sort()) {
    const interested = members.filter(({ topics }) => topics.includes(topic))
    const count = partitionCounts.get(topic) ?? 0
    const share = Math.floor(count / interested.length)
    const extra = count % interested.length
    let partition = 0
    for (const [i, { memberId }] of interested.entries()) {
      const size = share + (i < extra ? 1 : 0)
      for (let k = 0; k < size; k++) assignment.get(memberId)?.push({ topic, partition: partition++ })
    }
  }
  return assignment
}

/** Java: RoundRobinAssignor; the assigner of kafkajs and ruby-kafka gives the same to equal subscriptions. */
export const roundRobin: Assign = (subscribers, partitionCounts) => {
  const assignment = emptyAssignment(subscribers)
  const members = inOrder(subscribers)
  let turn = 0
  for (const partition of allPartitions(subscribers, partitionCounts)) {
    for (let tried = 0; tried < members.length; tried++) {
      const member = members[turn++ % members.length]
      if (member === undefined || !member.topics.includes(partition.topic)) continue
      assignment.get(member.memberId)?.push(partition)
      break
    }
  }
  return assignment
}
