// Fetch: how much comes, and how long it is waited for (KIP-74).

import { ErrorCodes as E } from '../../src/protocol/errors.js'
import { type Case, expectMatch } from '../case.js'
import { madeTopic } from '../needs.js'
import { baseOffsets, batch, OwnTopic } from '../own-topic.js'
import type { Scene } from '../scene.js'

const needs = [madeTopic]
const DELAYED = 'DelayedFetch.tryComplete'
/** Longer than any case takes. */
const LONG_MS = 15_000
const LARGE = 'x'.repeat(1000)

/** With so many batches of about 1070 bytes in each partition. */
async function filled(scene: Scene, partitions: number, batches: number): Promise<OwnTopic> {
  const topic = await OwnTopic.make(scene, { partitions })
  for (let partition = 0; partition < partitions; partition++)
    for (let i = 0; i < batches; i++) await topic.append(batch([LARGE]), partition)
  return topic
}

/** How many batches came of each partition, in the order of asking. */
async function counts(topic: OwnTopic, partitions: readonly object[], more: object): Promise<number[]> {
  const { responses } = await topic.fetchAll(partitions, more)
  const told = responses.flatMap(({ partitions: each }) => each)
  return partitions.map((asked) => {
    const partitionIndex = (asked as { partition?: number }).partition ?? 0
    return baseOffsets(told.find((each) => each.partitionIndex === partitionIndex)).length
  })
}

const parkedFetch = (topic: OwnTopic, more: object, partitions: readonly object[] = [{}]) =>
  topic.fetchAll(partitions, { maxWaitMs: LONG_MS, minBytes: 1, ...more })

export const fetchLimitCases: readonly Case[] = [
  {
    id: 'data/fetch/KIP-74/1',
    title: 'the first batch comes whole, however small the limits are',
    level: 'MUST',
    source: 'KIP-74',
    needs,
    async run(scene) {
      const topic = await filled(scene, 1, 2)
      expectMatch('of a partition', await counts(topic, [{ partitionMaxBytes: 10 }], {}), [1])
      expectMatch('of all', await counts(topic, [{}], { maxBytes: 10 }), [1])
      expectMatch('of nothing', await counts(topic, [{ partitionMaxBytes: 0 }], { maxBytes: 0 }), [1])
    },
  },
  {
    id: 'data/fetch/KIP-74/2',
    title: 'the limit of a partition holds for each, that of the request for all',
    level: 'MUST',
    source: 'KIP-74',
    needs,
    async run(scene) {
      const topic = await filled(scene, 2, 3)
      const both = [{ partition: 0 }, { partition: 1 }]
      const limited = both.map((each) => ({ ...each, partitionMaxBytes: 2500 }))
      expectMatch('2500 bytes each', await counts(topic, limited, {}), [2, 2])
      expectMatch('2500 bytes for both', await counts(topic, both, { maxBytes: 2500 }), [2, 0])
      expectMatch('enough for one of the second', await counts(topic, both, { maxBytes: 4500 }), [3, 1])
    },
  },
  {
    id: 'data/fetch/KIP-74/3',
    title: 'only the first partition that has records may exceed the limit',
    level: 'MUST',
    source: 'KIP-74',
    needs,
    async run(scene) {
      const topic = await filled(scene, 3, 1)
      const asked = [{ partition: 0, fetchOffset: 1n }, { partition: 1 }, { partition: 2 }]
      expectMatch('10 bytes', await counts(topic, asked, { maxBytes: 10 }), [0, 1, 0])
      const small = asked.map((each) => ({ ...each, partitionMaxBytes: 10 }))
      expectMatch('10 bytes each', await counts(topic, small, {}), [0, 1, 0])
    },
  },
  {
    id: 'data/fetch/KIP-74/4',
    title: 'partitions are served in the order in which they are asked for',
    level: 'MUST',
    source: 'KIP-74',
    needs,
    async run(scene) {
      const topic = await filled(scene, 2, 1)
      const asked = [{ partition: 1 }, { partition: 0 }]
      expectMatch('10 bytes', await counts(topic, asked, { maxBytes: 10 }), [1, 0])
    },
  },
  {
    id: 'data/fetch/wait/1',
    title: 'without time to wait it is answered at once, whatever it wants',
    level: 'MUST',
    source: 'ReplicaManager.fetchMessages',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const begunAt = performance.now()
      const { responses } = await topic.fetchAll([{}], { maxWaitMs: 0, minBytes: 9999 })
      expectMatch('answer', responses, [{ partitions: [{ errorCode: E.NONE, highWatermark: 0n }] }])
      expectMatch('at once', performance.now() - begunAt < scene.ms(5000), true)
    },
  },
  {
    id: 'data/fetch/wait/2',
    title: 'it waits at the end, and what is produced then answers it',
    level: 'MUST',
    source: DELAYED,
    needs,
    async run(scene) {
      const topic = await filled(scene, 1, 1)
      const waiting = parkedFetch(topic, {}, [{ fetchOffset: 1n }])
      await scene.parked(waiting)
      await topic.append(batch(['a']))
      const { responses } = await waiting
      expectMatch('batches', baseOffsets(responses[0]?.partitions[0]), [1])
    },
  },
  {
    id: 'data/fetch/wait/3',
    title: 'it waits for as many bytes as it wants, over all its partitions',
    level: 'MUST',
    source: DELAYED,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene, { partitions: 2 })
      const both = [{ partition: 0 }, { partition: 1 }]
      const waiting = parkedFetch(topic, { minBytes: 1500 }, both)
      await topic.append(batch([LARGE]))
      await scene.parked(waiting)
      await topic.append(batch([LARGE]), 1)
      const { responses } = await waiting
      const told = responses.flatMap(({ partitions }) => partitions)
      expectMatch('both', told.map(baseOffsets), [[0], [0]])
    },
  },
  {
    id: 'data/fetch/wait/4',
    title: 'when its time is over it is answered with what there is',
    level: 'MUST',
    source: 'DelayedFetch.onExpiration',
    needs,
    async run(scene) {
      const topic = await filled(scene, 1, 1)
      const begunAt = performance.now()
      const { responses } = await parkedFetch(topic, { maxWaitMs: 300, minBytes: 9999 })
      expectMatch('it waited', performance.now() - begunAt >= 290, true)
      expectMatch('batches', baseOffsets(responses[0]?.partitions[0]), [0])
    },
  },
  {
    id: 'data/fetch/wait/5',
    title: 'an error of one partition is told at once',
    level: 'MUST',
    source: 'ReplicaManager.fetchMessages',
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene, { partitions: 2 })
      const begunAt = performance.now()
      const { responses } = await parkedFetch(topic, {}, [
        { partition: 0 },
        { partition: 1, fetchOffset: 9n },
      ])
      expectMatch('at once', performance.now() - begunAt < LONG_MS - 1000, true)
      const told = responses.flatMap(({ partitions }) => partitions)
      const codes = new Map(told.map((each) => [each.partitionIndex, each.errorCode]))
      expectMatch('errors', [codes.get(0), codes.get(1)], [E.NONE, E.OFFSET_OUT_OF_RANGE])
    },
  },
  {
    id: 'data/fetch/wait/6',
    title: 'what waits does not hold up what others on the partition do',
    level: 'MUST',
    source: DELAYED,
    needs,
    async run(scene) {
      const topic = await OwnTopic.make(scene)
      const waiting = parkedFetch(topic, { minBytes: 9999 })
      await scene.parked(waiting)
      await topic.append(batch(['a']))
      expectMatch('another fetch', baseOffsets(await topic.fetch(0)), [0])
      expectMatch('another that waits', (await parkedFetch(topic, {})).responses.length, 1)
      await scene.parked(waiting)
    },
  },
]
