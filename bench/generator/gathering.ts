// Many members, each on a connection of its own, become one group as clients do it: JoinGroup with MEMBER_ID_REQUIRED (KIP-394), SyncGroup,
// the leader hands in what everybody gets, and who hears REBALANCE_IN_PROGRESS joins again at once. While the group is not
// complete, who has its assignment asks by Heartbeat, one after another. Versions without tagged fields, so that answers have their
// fields at fixed places: reading them is to cost little beside what is measured.

import { Apis } from '../../src/protocol/apis.js'
import { writeAssignment, writeSubscription } from '../../src/protocol/embedded/consumer-protocol.js'
import { ErrorCodes, errorName } from '../../src/protocol/errors.js'
import { decodeResponse, encodeRequest } from '../../src/protocol/frame.js'
import { FrameSplitter } from '../../src/server/frames.js'
import { CLIENT, type Member, SESSION_TIMEOUT_MS } from './member.js'
import type { Wire } from './wire.js'

const JOIN_VERSION = 5
const SYNC_VERSION = 3
const BEAT_VERSION = 3
const MAX_ANSWER_BYTES = 100 * 1024 * 1024
const STABLE_WITHIN_MS = 60_000
const TOPIC = 'bench'
const SUBSCRIPTION = writeSubscription({ topics: [TOPIC] })

/** In answers without their size: behind correlation id and throttle time. */
const ERROR_AT = 8
const GENERATION_AT = 10
const PROTOCOL_AT = 14
const ASSIGNMENT_AT = 10

/** Every member gets another partition. */
const assignmentOf = (index: number) =>
  writeAssignment({ assignedPartitions: [{ topic: TOPIC, partitions: [index] }] })

type State = 'nothing' | 'joining' | 'syncing' | 'beating'

export class Gathering {
  readonly groupId: string
  private readonly guests: Guest[] = []
  /** How many have the assignment of a generation. */
  private readonly settled = new Map<number, number>()
  private onComplete: () => void = () => {}
  isComplete = true
  /** Members of the generation before, which do not know yet that another begins. */
  private resting: readonly Guest[] = []
  private onQuiet: () => void = () => {}

  constructor(groupId: string) {
    this.groupId = groupId
  }

  /** They join all at the same time. Resolves to the milliseconds until all of the group have their assignment of one generation. */
  async join(wires: readonly Wire[]): Promise<number> {
    const guests = wires.map((wire) => new Guest(wire, this))
    this.isComplete = false
    this.resting = [...this.guests]
    this.guests.push(...guests)
    const complete = new Promise<void>((resolve) => {
      this.onComplete = resolve
    })
    const late = setTimeout(() => {
      throw new Error(`${wires[0]?.where.name}: ${this.groupId} is not stable after ${STABLE_WITHIN_MS} ms`)
    }, STABLE_WITHIN_MS)
    const begunAt = performance.now()
    for (const guest of guests) guest.join()
    await complete
    const elapsedMs = performance.now() - begunAt
    clearTimeout(late)
    await this.quiet()
    this.check()
    return elapsedMs
  }

  get members(): Member[] {
    return this.guests.map(({ memberId, generationId }) => ({
      groupId: this.groupId,
      memberId,
      generationId,
    }))
  }

  /** One has a member id, and with its JoinGroup a new generation begins: who is settled gets to know by its Heartbeat. */
  begins(): void {
    for (const guest of this.resting) guest.ask()
    this.resting = []
  }

  settles(generationId: number): void {
    const count = (this.settled.get(generationId) ?? 0) + 1
    this.settled.set(generationId, count)
    if (count < this.guests.length) return
    this.isComplete = true
    this.onComplete()
  }

  /** Answers of heartbeats may still be under way. */
  private quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.onQuiet = resolve
      this.mayBeQuiet()
    })
  }

  mayBeQuiet(): void {
    if (this.isComplete && this.guests.every(({ state }) => state === 'nothing')) this.onQuiet()
  }

  /** Of one generation, and everybody with another assignment. */
  private check(): void {
    const { guests } = this
    const [first] = guests
    const assignments = new Set(guests.map(({ assignment }) => assignment.toString('hex')))
    const expected = guests.map((_, i) => assignmentOf(i).toString('hex'))
    if (assignments.size !== guests.length || !expected.every((each) => assignments.has(each))) {
      throw new Error(
        `${first?.wire.where.name}: members of ${this.groupId} have not the assignments that the leader handed in`,
      )
    }
    if (guests.some(({ generationId }) => generationId !== first?.generationId)) {
      throw new Error(`${first?.wire.where.name}: members of ${this.groupId} are in several generations`)
    }
  }
}

class Guest {
  readonly wire: Wire
  private readonly gathering: Gathering
  private readonly frames = new FrameSplitter(MAX_ANSWER_BYTES)
  private readonly firstJoin: Buffer
  memberId = ''
  generationId = -1
  assignment: Buffer = Buffer.alloc(0)
  state: State = 'nothing'
  private correlationId = 0

  constructor(wire: Wire, gathering: Gathering) {
    this.wire = wire
    this.gathering = gathering
    this.firstJoin = this.joinRequest()
    wire.take = (lent) => {
      this.frames.push(lent)
      for (let frame = this.frames.next(); frame !== null; frame = this.frames.next()) this.took(frame)
      this.frames.keep()
    }
  }

  private joinRequest(): Buffer {
    return encodeRequest(Apis.JoinGroup, JOIN_VERSION, this.correlationId, CLIENT, {
      ...{ groupId: this.gathering.groupId, memberId: this.memberId, protocolType: 'consumer' },
      ...{ sessionTimeoutMs: SESSION_TIMEOUT_MS, rebalanceTimeoutMs: SESSION_TIMEOUT_MS },
      protocols: [{ name: 'range', metadata: SUBSCRIPTION }],
    })
  }

  join(): void {
    this.send('joining', this.memberId === '' ? this.firstJoin : this.joinRequest())
  }

  /** Unless it waits for something else. */
  ask(): void {
    if (this.state !== 'nothing' || this.generationId < 0) return
    const { memberId, generationId, correlationId } = this
    const body = { groupId: this.gathering.groupId, memberId, generationId }
    this.send('beating', encodeRequest(Apis.Heartbeat, BEAT_VERSION, correlationId, CLIENT, body))
  }

  private send(state: State, request: Buffer): void {
    this.state = state
    this.wire.socket.write(request)
  }

  private took(frame: Buffer): void {
    if (frame.readInt32BE() !== this.correlationId) {
      throw new Error(
        `${this.wire.where.name}: answer ${frame.readInt32BE()}, where ${this.correlationId} was due`,
      )
    }
    this.correlationId++
    const { state } = this
    this.state = 'nothing'
    const errorCode = frame.readInt16BE(ERROR_AT)
    if (state === 'joining') this.joined(errorCode, frame)
    else if (state === 'syncing') this.synced(errorCode, frame)
    else this.beaten(errorCode)
    if (this.gathering.isComplete) this.gathering.mayBeQuiet()
  }

  private joined(errorCode: number, frame: Buffer): void {
    if (errorCode !== ErrorCodes.NONE && errorCode !== ErrorCodes.MEMBER_ID_REQUIRED)
      throw this.refused('JoinGroup', errorCode)
    const leaderAt = PROTOCOL_AT + 2 + frame.readInt16BE(PROTOCOL_AT)
    const memberAt = leaderAt + 2 + frame.readInt16BE(leaderAt)
    this.memberId ||= frame.toString('latin1', memberAt + 2, memberAt + 2 + frame.readInt16BE(memberAt))
    if (errorCode === ErrorCodes.MEMBER_ID_REQUIRED) {
      this.join()
      return this.gathering.begins()
    }
    this.generationId = frame.readInt32BE(GENERATION_AT)
    const isLeader =
      frame.compare(frame, memberAt, memberAt + memberBytes(frame, memberAt), leaderAt, memberAt) === 0
    this.sync(isLeader ? frame : null)
  }

  private sync(frame: Buffer | null): void {
    const { memberId, generationId, correlationId } = this
    const members = frame === null ? [] : decodeResponse(Apis.JoinGroup, JOIN_VERSION, frame).body.members
    const assignments = members.map((member, i) => ({
      memberId: member.memberId,
      assignment: assignmentOf(i),
    }))
    const body = { groupId: this.gathering.groupId, memberId, generationId, assignments }
    this.send('syncing', encodeRequest(Apis.SyncGroup, SYNC_VERSION, correlationId, CLIENT, body))
  }

  private synced(errorCode: number, frame: Buffer): void {
    if (errorCode === ErrorCodes.REBALANCE_IN_PROGRESS) return this.join()
    if (errorCode !== ErrorCodes.NONE) throw this.refused('SyncGroup', errorCode)
    this.assignment = Buffer.from(frame.subarray(ASSIGNMENT_AT + 4))
    this.gathering.settles(this.generationId)
    if (!this.gathering.isComplete) this.ask()
  }

  private beaten(errorCode: number): void {
    if (errorCode === ErrorCodes.REBALANCE_IN_PROGRESS) return this.join()
    if (errorCode !== ErrorCodes.NONE) throw this.refused('Heartbeat', errorCode)
    if (!this.gathering.isComplete) this.ask()
  }

  private refused(what: string, errorCode: number): Error {
    return new Error(
      `${this.wire.where.name}: ${what} in ${this.gathering.groupId} was answered ${errorName(errorCode)}`,
    )
  }
}

const memberBytes = (frame: Buffer, at: number) => 2 + frame.readInt16BE(at)
