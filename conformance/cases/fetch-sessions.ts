// Fetch sessions (KIP-227): a client names its partitions once, and is then told only of those that have news.

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { type Changes, Session } from '../fetch-session.js'
import { madeTopic } from '../needs.js'
import { batch, OwnTopic } from '../own-topic.js'
import type { Scene } from '../scene.js'

const needs = [madeTopic]
const uses = { Fetch: 12 }
const KIP = 'KIP-227'
const CONTEXT = 'FetchManager.newContext'
const FINAL = -1

/** With a session on the first two of three partitions, at their ends. */
async function opened(scene: Scene, version = 12): Promise<Session> {
  const session = new Session(await OwnTopic.make(scene, { partitions: 3 }), version)
  expectMatch('all are told', Object.keys(await session.fetch({ 0: 0, 1: 0 })), ['0', '1'])
  expectMatch('an id', session.id > 0, true)
  return session
}

const told = async (session: Session, changes: Changes = {}) => Object.keys(await session.fetch(changes))

const lifecycles = [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18].map(
  (version): Case => ({
    id: `data/fetch-session/versions/v${version}`,
    title: `v${version}: a session is opened, tells what is new, and is closed`,
    level: 'MUST',
    source: KIP,
    needs,
    uses: { Fetch: version },
    async run(scene) {
      const session = await opened(scene, version)
      const { id } = session
      expectMatch('nothing is new', await told(session), [])
      await session.topic.append(batch(['a']), 1)
      expectMatch('news', await told(session), ['1'])
      const closing = await session.ask({}, { sessionEpoch: FINAL })
      expectMatch('closed', closing, { errorCode: E.NONE, sessionId: 0, responses: [] })
      expectMatch('afterwards', await session.ask(), {
        errorCode: E.FETCH_SESSION_ID_NOT_FOUND,
        sessionId: 0,
      })
      expectMatch('the same id all the time', session.id, id)
    },
  }),
)

export const fetchSessionCases: readonly Case[] = [
  ...lifecycles,
  {
    id: 'data/fetch-session/KIP-227/1',
    title: 'without a session all partitions are told every time',
    level: 'MUST',
    source: CONTEXT,
    needs,
    uses,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      for (let i = 0; i < 2; i++) {
        const { sessionId, responses } = await topic.fetchAll([{}], { sessionEpoch: FINAL }, 12)
        expectMatch('answer', [sessionId, responses.length], [0, 1])
      }
    },
  },
  {
    id: 'data/fetch-session/KIP-227/2',
    title: 'records that were not fetched yet are told again until the offset moves',
    level: 'MUST',
    source: KIP,
    needs,
    uses,
    async run(scene) {
      const session = await opened(scene)
      await session.topic.append(batch(['a']), 0)
      expectMatch('first', await told(session), ['0'])
      expectMatch('again', await told(session), ['0'])
      expectMatch('with the next offset', await told(session, { 0: 1 }), [])
    },
  },
  {
    id: 'data/fetch-session/KIP-227/3',
    title: 'a partition is added by naming it, and gone by being forgotten',
    level: 'MUST',
    source: KIP,
    needs,
    uses,
    async run(scene) {
      const session = await opened(scene)
      expectMatch('the new one', await told(session, { 2: 0 }), ['2'])
      expectMatch('forgotten', await told(session, { 0: -1 }), [])
      for (const partition of [0, 1, 2]) await session.topic.append(batch(['a']), partition)
      expectMatch('news', (await told(session)).sort(), ['1', '2'])
    },
  },
  {
    id: 'data/fetch-session/KIP-227/4',
    title: 'an error is told again every time',
    level: 'SHOULD',
    source: 'FetchSession.CachedPartition.maybeUpdateResponseData',
    needs,
    uses,
    async run(scene) {
      const session = await opened(scene)
      const error = { 2: E.OFFSET_OUT_OF_RANGE }
      expectMatch('first', await session.fetch({ 2: 9 }), error)
      expectMatch('again', await session.fetch(), error)
      expectMatch('mended', await session.fetch({ 2: 0 }), { 2: E.NONE })
      expectMatch('nothing is new', await told(session), [])
    },
  },
  {
    id: 'data/fetch-session/KIP-227/5',
    title: 'a moved beginning is news',
    level: 'SHOULD',
    source: 'FetchSession.CachedPartition.maybeUpdateResponseData',
    needs,
    uses,
    async run(scene) {
      const session = await opened(scene)
      for (const value of ['a', 'b']) await session.topic.append(batch([value]))
      expectMatch('records', await told(session), ['0'])
      expectMatch('at the end', await told(session, { 0: 2 }), [])
      await session.topic.deleteRecords(1)
      expectMatch('the beginning', await told(session), ['0'])
      expectMatch('nothing more', await told(session), [])
    },
  },
  {
    id: 'data/fetch-session/KIP-227/6',
    title: 'a session with news is waited for like any fetch',
    level: 'MUST',
    source: 'DelayedFetch.tryComplete',
    needs,
    uses,
    async run(scene) {
      const session = await opened(scene)
      const waiting = session.ask({}, { maxWaitMs: 15_000, minBytes: 1 })
      await scene.parked(waiting)
      await session.topic.append(batch(['a']), 1)
      const { responses } = await waiting
      expectMatch('news', responses, [{ partitions: [{ partitionIndex: 1, errorCode: E.NONE }] }])
    },
  },
  {
    id: 'data/fetch-session/epoch/1',
    title: 'an unknown session, and a wrong epoch of one that is known, are refused',
    level: 'MUST',
    source: CONTEXT,
    needs,
    uses,
    async run(scene) {
      const session = await opened(scene)
      const unknown = await session.ask({}, { sessionId: (session.id ^ 0x5555) >>> 1 })
      expectMatch('unknown', unknown, {
        errorCode: E.FETCH_SESSION_ID_NOT_FOUND,
        sessionId: 0,
        responses: [],
      })
      for (const sessionEpoch of [session.epoch + 1, session.epoch - 1 || 9]) {
        const wrong = await session.ask({}, { sessionEpoch })
        const expected = { errorCode: E.INVALID_FETCH_SESSION_EPOCH, sessionId: 0, responses: [] }
        expectMatch(`epoch ${sessionEpoch}`, wrong, expected)
      }
      expectMatch('the right epoch', await told(session), [])
    },
  },
  {
    id: 'data/fetch-session/epoch/2',
    title: 'epoch 0 with the id of a session closes that one and opens another',
    level: 'MUST',
    source: CONTEXT,
    needs,
    uses,
    async run(scene) {
      const session = await opened(scene)
      const [old, epoch] = [session.id, session.epoch]
      session.epoch = 0
      expectMatch('all are told', await told(session, { 0: 0, 1: 0 }), ['0', '1'])
      expectMatch('another id', session.id !== old && session.id > 0, true)
      const closed = await session.ask({}, { sessionId: old, sessionEpoch: epoch })
      expectMatch('the old one', closed.errorCode, E.FETCH_SESSION_ID_NOT_FOUND)
    },
  },
  {
    id: 'data/fetch-session/epoch/3',
    title: 'when all its partitions are forgotten a session is over',
    level: 'SHOULD',
    source: CONTEXT,
    needs,
    uses,
    async run(scene) {
      const session = await opened(scene)
      const empty = await session.ask({ 0: -1, 1: -1 })
      expectMatch('answer', empty, { errorCode: E.NONE, sessionId: 0, responses: [] })
      session.epoch += 1
      expectMatch('afterwards', (await session.ask()).errorCode, E.FETCH_SESSION_ID_NOT_FOUND)
    },
  },
  {
    id: 'data/fetch-session/epoch/4',
    title: 'a session may begin without partitions',
    level: 'INFO',
    source: CONTEXT,
    needs,
    uses,
    async run(scene) {
      const session = new Session(await OwnTopic.make(scene), 12)
      expectMatch('nothing is told', await told(session), [])
      expectMatch('an id', session.id > 0, true)
      expectMatch('the first partition', await told(session, { 0: 0 }), ['0'])
    },
  },
  {
    id: 'data/fetch-session/KIP-516/1',
    title: 'a session goes by names or by ids, not by both in turn',
    level: 'MUST',
    source: 'KIP-516',
    needs,
    uses: { Fetch: 13 },
    async run(scene) {
      const byName = await opened(scene)
      const changed = await byName.ask({}, {}, 13)
      expectMatch('by id', changed, { errorCode: E.FETCH_SESSION_TOPIC_ID_ERROR, sessionId: 0 })
      expectMatch('by name', await told(byName), [])
    },
  },
]
