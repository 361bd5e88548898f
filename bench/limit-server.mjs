// The limit that Node's sockets set: what every coordinator in Node must do for a Heartbeat, and nothing else. Splits frames, parses
// Heartbeat v4, looks group and member up, checks the generation, moves the deadline, writes once per data event. JoinGroup and
// SyncGroup (v3) are answered as far as the load generator needs it; nothing is checked that a broken client could send.
// Argument: the port.

import { createServer, Socket } from 'node:net'

const [HEARTBEAT, JOIN_GROUP, SYNC_GROUP, LEAVE_GROUP] = [12, 11, 14, 13]
const [NONE, ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID] = [0, 22, 25]
const HEARTBEAT_ANSWER_BYTES = 16
const SESSION_MS = 300_000

const groups = new Map()
const shared = Buffer.allocUnsafeSlow(64 * 1024)
const EMPTY = Buffer.alloc(0)
let members = 0

/** Where the request has its members; strings of flexible versions have their length and one more in one byte here. */
function heartbeat(bytes, start, nowMs) {
  let at = start + 14 + bytes.readInt16BE(start + 12) + 1
  const groupEnd = at + bytes[at]
  const group = groups.get(bytes.latin1Slice(at + 1, groupEnd))
  const generation = bytes.readInt32BE(groupEnd)
  at = groupEnd + 4
  const member = group?.members.get(bytes.latin1Slice(at + 1, at + bytes[at]))
  if (member === undefined) return UNKNOWN_MEMBER_ID
  if (generation !== group.generation) return ILLEGAL_GENERATION
  member.deadlineMs = nowMs + SESSION_MS
  return NONE
}

const string = (text) => {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
}
const int32 = (value) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** All but heartbeats: the answer behind its correlation id. */
function other(apiKey, bytes, start) {
  const at = start + 14 + bytes.readInt16BE(start + 12)
  if (apiKey === JOIN_GROUP) {
    const groupId = bytes.latin1Slice(at + 2, at + 2 + bytes.readInt16BE(at))
    const memberId = `bench-00000000-0000-0000-0000-${String(members++).padStart(12, '0')}`
    groups.set(groupId, { generation: 1, members: new Map([[memberId, { deadlineMs: 0 }]]) })
    const ids = [string('range'), string(memberId), string(memberId)]
    return Buffer.concat([int32(0), Buffer.alloc(2), int32(1), ...ids, int32(0)])
  }
  if (apiKey === SYNC_GROUP) {
    const size = start + 4 + bytes.readInt32BE(start)
    return Buffer.concat([int32(0), Buffer.alloc(2), bytes.subarray(assignmentAt(bytes, at), size)])
  }
  if (apiKey === LEAVE_GROUP) {
    groups.delete(bytes.latin1Slice(at + 2, at + 2 + bytes.readInt16BE(at)))
    return Buffer.alloc(10) // nobody is named
  }
  return Buffer.alloc(6) // ApiVersions v0: no error, no APIs
}

/** Group, generation, member, no instance id, one assignment: its member, and what is assigned. */
function assignmentAt(bytes, at) {
  const memberAt = at + 2 + bytes.readInt16BE(at) + 4
  const assignedAt = memberAt + 2 + bytes.readInt16BE(memberAt) + 2 + 4
  return assignedAt + 2 + bytes.readInt16BE(assignedAt)
}

/** Answers the whole frames of `bytes`; returns how many bytes those were. */
function answerAll(socket, bytes) {
  const nowMs = performance.now()
  let beats = null
  let length = 0
  let at = 0
  while (bytes.length - at >= 4) {
    const size = bytes.readInt32BE(at)
    if (at + 4 + size > bytes.length) break
    const apiKey = bytes.readInt16BE(at + 4)
    if (apiKey === HEARTBEAT) {
      beats ??= Buffer.allocUnsafe(HEARTBEAT_ANSWER_BYTES * Math.ceil((bytes.length - at) / (size + 4)))
      if (length + HEARTBEAT_ANSWER_BYTES > beats.length)
        beats = Buffer.concat([beats, Buffer.alloc(beats.length)])
      beats.writeInt32BE(HEARTBEAT_ANSWER_BYTES - 4, length)
      beats.writeInt32BE(bytes.readInt32BE(at + 8), length + 4)
      beats.writeInt32BE(0, length + 8) // no tags, no throttle...
      beats.writeInt32BE(heartbeat(bytes, at, nowMs) << 8, length + 12) // ...time, error code, no tags
      length += HEARTBEAT_ANSWER_BYTES
    } else {
      const answer = other(apiKey, bytes, at)
      socket.write(Buffer.concat([int32(4 + answer.length), bytes.subarray(at + 8, at + 12), answer]))
    }
    at += 4 + size
  }
  if (length > 0) socket.write(length === beats.length ? beats : beats.subarray(0, length))
  return at
}

const server = createServer({ noDelay: true }, (accepted) => {
  let rest = EMPTY
  const callback = (count, buffer) => {
    const lent = buffer.subarray(0, count)
    const bytes = rest.length === 0 ? lent : Buffer.concat([rest, lent])
    const used = answerAll(socket, bytes)
    rest = used === bytes.length ? EMPTY : Buffer.from(bytes.subarray(used))
    return true
  }
  // All connections read into one buffer, as in src/server/intake.ts: the faster way.
  const handle = accepted._handle
  accepted._handle = null
  accepted.destroy()
  const socket = new Socket({ handle, onread: { buffer: shared, callback } })
  socket.on('error', () => {})
})

server.listen(Number(process.argv[2]), '127.0.0.1')
