// npm run bench:micro: the parts that every request goes through, alone: codecs, splitting into frames, the checks of a batch, CRC-32C,
// timers, assignors. Figures are of this process and this machine: they tell what a change did, not what a server does.

import { bench, group, run } from 'mitata'
import { topicSettings } from '../src/log/topic-settings.js'
import { validateBatch } from '../src/log/validate-batch.js'
import { validateRecords } from '../src/log/validate-records.js'
import { TimerKey } from '../src/machine/timer-key.js'
import type { Topic } from '../src/metadata/image.js'
import { DEFAULT_SETTINGS } from '../src/metadata/settings.js'
import { Apis } from '../src/protocol/apis.js'
import { codec } from '../src/protocol/compile.js'
import { decodeRequest, encodeRequest, writeResponse } from '../src/protocol/frame.js'
import { FRAME_PREFIX_BYTES } from '../src/protocol/layouts.js'
import { readBatchHeader } from '../src/protocol/records/batch.js'
import { NO_COMPRESSION } from '../src/protocol/records/compression.js'
import { crc32c } from '../src/protocol/records/crc32c.js'
import { Reader, Writer } from '../src/protocol/wire.js'
import { VirtualClock } from '../src/server/clock.js'
import { FrameSplitter } from '../src/server/frames.js'
import { Timers } from '../src/server/timers.js'
import { ASSIGNORS } from '../src/simulation/assignors/assignors.js'
import { makeBatches } from './throughput/traffic.js'

const NOW_MS = 1_800_000_000_000
const [batch] = makeBatches(NOW_MS) as [Buffer]
const member = { groupId: 'readers', memberId: 'm'.repeat(40), groupInstanceId: null }

group('a Heartbeat', () => {
  const heartbeat = encodeRequest(Apis.Heartbeat, 4, 1, 'bench', { ...member, generationId: 1 })
  const frame = heartbeat.subarray(FRAME_PREFIX_BYTES)
  bench('read', () => decodeRequest(frame))
  const answers = new Writer()
  bench('answered', () => {
    writeResponse(answers, Apis.Heartbeat, 4, 1, { throttleTimeMs: 0, errorCode: 0 })
    return answers.take()
  })
})

group('an OffsetCommit of ten partitions', () => {
  const partitions = Array.from({ length: 10 }, (_, partitionIndex) => ({
    ...{ partitionIndex, committedOffset: 5n, committedLeaderEpoch: -1, committedMetadata: '' },
  }))
  const body = { ...member, generationIdOrMemberEpoch: 1, topics: [{ name: 'orders', partitions }] }
  const frame = encodeRequest(Apis.OffsetCommit, 8, 1, 'bench', body).subarray(FRAME_PREFIX_BYTES)
  bench('read', () => decodeRequest(frame))
  const answered = partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: 0 }))
  const answers = new Writer()
  bench('answered', () => {
    writeResponse(answers, Apis.OffsetCommit, 8, 1, { topics: [{ name: 'orders', partitions: answered }] })
    return answers.take()
  })
})

group('a Fetch that is answered with ten batches of 100 KB', () => {
  const partition = {
    partitionIndex: 0,
    highWatermark: 1000n,
    records: Array.from({ length: 10 }, () => batch),
  }
  const body = { responses: [{ topic: 'orders', partitions: [partition] }] }
  const answers = new Writer()
  bench('written, in pieces', () => {
    writeResponse(answers, Apis.Fetch, 11, 1, body)
    return answers.takePieces()
  })
  writeResponse(answers, Apis.Fetch, 11, 1, body)
  const frame = answers.take().subarray(FRAME_PREFIX_BYTES + 4)
  bench('read, as a client does', () => codec(Apis.Fetch.response, 11).read(new Reader(frame)))
})

group('splitting 64 KiB into frames', () => {
  for (const bytes of [60, 1000, 100_000]) {
    const frame = Buffer.alloc(FRAME_PREFIX_BYTES + bytes)
    frame.writeInt32BE(bytes)
    const stream = Buffer.concat(Array.from({ length: Math.ceil(65_536 / frame.length) + 1 }, () => frame))
    const chunk = stream.subarray(0, 65_536)
    bench(`of ${bytes} bytes`, () => {
      const frames = new FrameSplitter(1_000_000)
      frames.push(chunk)
      let count = 0
      while (frames.next() !== null) count++
      return count
    })
  }
})

group('a batch of 100 records of 1 KB', () => {
  const topic: Topic = {
    name: 'orders',
    id: 'x'.repeat(22),
    internal: false,
    partitions: [],
    configs: new Map(),
  }
  const settings = topicSettings(topic, DEFAULT_SETTINGS)
  const header = readBatchHeader(batch)
  const expected = { nowMs: NOW_MS, settings, compression: NO_COMPRESSION, where: 'orders-0' }
  bench('its header read', () => readBatchHeader(batch))
  bench('checked as a whole', () => validateBatch(batch, 9, settings))
  bench('its records checked', () => validateRecords(batch, header, expected))
})

group('CRC-32C', () => {
  for (const bytes of [100, 1000, 10_000, 100_000, 1_000_000]) {
    const noise = Buffer.alloc(bytes, batch.subarray(100, 1000))
    bench(`of ${bytes} bytes`, () => crc32c(noise))
  }
})

group('one of 10,000 timers', () => {
  const timers = new Timers(new VirtualClock())
  const keys = Array.from({ length: 10_000 }, () => new TimerKey())
  const fire = () => {}
  let now = 0
  for (const key of keys) timers.arm(key, 30_000, fire)
  bench('put off', () => timers.arm(keys[++now % keys.length] as TimerKey, 30_000 + now, fire))
  bench('disarmed and armed', () => {
    const key = keys[++now % keys.length] as TimerKey
    timers.disarm(key)
    timers.arm(key, 30_000 + now, fire)
  })
})

group('100 members and 1,000 partitions, assigned by', () => {
  const subscribers = Array.from({ length: 100 }, (_, i) => ({
    ...{
      memberId: `member-${i}`,
      groupInstanceId: null,
      topics: ['orders'],
      owned: new Map(),
      generation: -1,
    },
  }))
  for (const [name, { assign }] of Object.entries(ASSIGNORS)) {
    bench(name, () => assign(subscribers, new Map([['orders', 1000]])))
  }
})

await run()
