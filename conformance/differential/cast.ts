// Who plays in a sequence on one broker: what each member was told so far, and so who it says it is.

import { ErrorCodes } from '../../src/protocol/errors.js'
import type { JoinGroupResponse } from '../../src/protocol/messages/join-group.js'
import { ACTORS, FIRST_STATIC, type Flaw } from './commands.js'
import type { Names } from './normalise.js'

interface Actor {
  memberId: string
  generation: number
  /** How many JoinGroups it has sent: an actor is what its newest one made of it. */
  joins: number
  readonly instanceId: string | null
}

export interface Cast {
  readonly group: string
  /** Topic name -> id, of the topics there are on this broker. */
  readonly topics: Readonly<Record<string, string>>
  readonly actors: readonly Actor[]
  readonly names: Names
}

export function newCast(group: string, topics: Readonly<Record<string, string>>): Cast {
  const actors = Array.from({ length: ACTORS }, (_, i) => {
    return { memberId: '', generation: -1, joins: 0, instanceId: i >= FIRST_STATIC ? `instance-${i}` : null }
  })
  return { group, topics, actors, names: { ids: new Map(), topicIds: Object.values(topics) } }
}

/** Where commits with a wrong group go: unlike all other requests they may have '', which would be one for all sequences. */
export const otherGroup = (group: string) => `${group}-other`

export function identityOf({ group, actors }: Cast, actor: number, flaw: Flaw) {
  const { memberId, generation, instanceId } = actors[actor] as Actor
  return {
    groupId: flaw === 'group' ? '' : group,
    memberId: flaw === 'member' ? 'nobody' : flaw === 'no member' ? '' : memberId,
    generationId: generation + (flaw === 'generation' ? 1 : flaw === 'older generation' ? -1 : 0),
    groupInstanceId: flaw === 'instance' ? 'instance-of-nobody' : instanceId,
  }
}

/** What takes the answer to the JoinGroup that this actor sends now. */
export function joining(
  { actors, names }: Cast,
  actor: number,
): (response: JoinGroupResponse) => JoinGroupResponse {
  const who = actors[actor] as Actor
  const join = ++who.joins
  return (response) => {
    const { memberId, generationId, errorCode } = response
    const isIn = errorCode === ErrorCodes.NONE
    if (!isIn && errorCode !== ErrorCodes.MEMBER_ID_REQUIRED) return response
    if (!names.ids.has(memberId)) names.ids.set(memberId, `<member ${actor}.${join}>`)
    if (who.joins === join) who.memberId = memberId
    if (who.joins === join && isIn) who.generation = generationId
    return response
  }
}
