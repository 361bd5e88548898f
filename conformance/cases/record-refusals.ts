// Produce: records that are refused one by one, with which none of their batch is kept (KIP-467).

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { LOG_APPEND_TIME_FLAG } from '../../src/protocol/records/header.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { batch, batchAt, NOW, OwnTopic } from '../own-topic.js'

const needs = [madeTopic]
const VALIDATOR = 'LogValidator'
const HOUR_MS = 3_600_000n
const TIMES: readonly (readonly [string, Record<string, string>, bigint])[] = [
  ['before/1', { 'message.timestamp.before.max.ms': String(HOUR_MS) }, NOW - 2n * HOUR_MS],
  ['after/1', { 'message.timestamp.after.max.ms': String(HOUR_MS) }, NOW + 2n * HOUR_MS],
]

const times = TIMES.map(
  ([name, configs, time]): Case => ({
    id: `data/produce/KIP-937/${name}`,
    title: `${Object.keys(configs)[0]}: a record beyond it is told by itself, and none of its batch is kept`,
    level: 'MUST',
    source: 'KIP-937, KIP-467',
    needs,
    uses: { Produce: 8 },
    async run(scene) {
      const topic = await OwnTopic.make(scene, { configs })
      expectMatch('answer', await topic.produce(batchAt(NOW, time)), {
        errorCode: E.INVALID_TIMESTAMP,
        baseOffset: -1n,
        recordErrors: [{ batchIndex: 1 }],
        errorMessage: 'One or more records have been rejected due to invalid timestamp',
      })
      expectMatch('its end', await topic.end(), 0n)
      expectMatch('within', (await topic.produce(batchAt(NOW))).errorCode, E.NONE)
    },
  }),
)

export const recordRefusalCases: readonly Case[] = [
  ...times,
  {
    id: 'data/produce/KIP-467/1',
    title: 'v8: a compacted topic tells which records have no key, and keeps none',
    level: 'MUST',
    source: 'KIP-467',
    needs,
    uses: { Produce: 8 },
    async run(scene) {
      const topic = await OwnTopic.make(scene, { configs: { 'cleanup.policy': 'compact' } })
      const answer = await topic.produce(batch(['a', 'b']))
      expectMatch('error', [answer.errorCode, answer.baseOffset], [E.INVALID_RECORD, -1n])
      expectMatch('records', answer.recordErrors, [
        { batchIndex: 0, batchIndexErrorMessage: /^Compacted topic cannot accept message without key/ },
        { batchIndex: 1 },
      ])
      expectMatch('message', answer.errorMessage, /^One or more records have been rejected/)
      expectMatch('its end', await topic.end(), 0n)
      expectMatch('with a key', (await topic.produce(batch(['a'], { key: 'k' }))).errorCode, E.NONE)
    },
  },
  {
    id: 'data/produce/KIP-467/2',
    title: 'v7: a compacted topic refuses records without a key',
    level: 'MUST',
    source: VALIDATOR,
    needs,
    uses: { Produce: 7 },
    async run(scene) {
      const topic = await OwnTopic.make(scene, { configs: { 'cleanup.policy': 'compact' } })
      const { errorCode } = await topic.produce(batch(['a']), { version: 7 })
      expectMatch('error', errorCode, E.INVALID_RECORD)
    },
  },
  {
    id: 'data/produce/append-time/2',
    title: 'a producer may not say that its times are append times where they are',
    level: 'SHOULD',
    source: VALIDATOR,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene, { configs: { 'message.timestamp.type': 'LogAppendTime' } })
      const { errorCode } = await topic.produce(batch(['a'], { attributes: LOG_APPEND_TIME_FLAG }))
      expectMatch('error', errorCode, E.INVALID_TIMESTAMP)
    },
  },
]
