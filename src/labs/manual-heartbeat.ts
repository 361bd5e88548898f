// Heartbeats sent by hand within a batch, as with ruby-kafka's each_batch: when to send them, and what to do when one says that
// the group is rebalancing.

import type { Lab, Variant } from './kit/lab.js'
import { type BatchOptions, GROUP, ordersWorld, startRuby, TOPIC } from './kit/scene.js'
import {
  column,
  count,
  EXPELLED,
  HEARTBEATS,
  LONGEST_JOIN,
  largest,
  REBALANCES,
  TWICE,
  time,
} from './kit/words.js'

const JOIN_MS = 12_000
const BATCH = 1000
const RECORD_MS = 80

type Heartbeats = Required<Pick<BatchOptions, 'heartbeats' | 'onRebalance'>>

function variant(name: string, { heartbeats, onRebalance }: Heartbeats, joins: boolean): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, 4)
      const options = {
        heartbeats,
        onRebalance,
        recordMs: () => RECORD_MS,
        settings: { maxPollRecords: BATCH },
      }
      for (const who of ['c1', 'c2']) startRuby(world, who, options)
      for (let partition = 0; partition < 4; partition++) world.producer.append(TOPIC, partition, 2 * BATCH)
      if (joins) world.at(JOIN_MS, () => startRuby(world, 'c3', options))
      world.runUntil(420_000)
      return { world, groupId: GROUP, fromMs: 10_000 }
    },
  }
}

const NEVER = 'never within a batch'
const ALWAYS = 'after every record'
const DUE = 'when the interval has passed'
const FINISH = 'c3 joins: batch goes on'
const ABANDON = 'c3 joins: batch abandoned'
const COMMIT = 'c3 joins: commit, then rejoin'

export const manualHeartbeat: Lab = {
  id: 'manual-heartbeat',
  question:
    'We send heartbeats by hand inside a batch (ruby-kafka). How often, and what about RebalanceInProgress?',
  setting:
    `Two consumers with each_batch: batches of ${BATCH} records, ${(BATCH * RECORD_MS) / 1000} s of work each; heartbeat_interval 10 s, ` +
    'session_timeout 30 s, rebalance_timeout 60 s, offsets are committed after a batch. In the last three variants heartbeats are ' +
    'sent when due, c3 joins after 12 s, and the heartbeat in the middle of a batch raises RebalanceInProgress.',
  variants: [
    variant(NEVER, { heartbeats: 'never', onRebalance: 'abandon' }, false),
    variant(ALWAYS, { heartbeats: 'always', onRebalance: 'commit' }, false),
    variant(DUE, { heartbeats: 'if-due', onRebalance: 'commit' }, false),
    variant(FINISH, { heartbeats: 'if-due', onRebalance: 'finish' }, true),
    variant(ABANDON, { heartbeats: 'if-due', onRebalance: 'abandon' }, true),
    variant(COMMIT, { heartbeats: 'if-due', onRebalance: 'commit' }, true),
  ],
  columns: [
    HEARTBEATS,
    EXPELLED,
    REBALANCES,
    LONGEST_JOIN,
    TWICE,
    column('records done', ({ figures }) => figures.once),
  ],
  draw: [
    { variant: NEVER, heartbeats: true, toMs: 240_000 },
    { variant: COMMIT, heartbeats: true, toMs: 240_000 },
  ],
  look: 'heartbeats and removals in the first three rows, records twice and the join phase in the last three.',
  findings(runs) {
    const [never, always, due, finish, abandon, commit] = [NEVER, ALWAYS, DUE, FINISH, ABANDON, COMMIT].map(
      (name) => runs(name).figures,
    )
    if (!never || !always || !due || !finish || !abandon || !commit) return []
    return [
      {
        holds: never.expelled > 0 && due.expelled === 0 && always.heartbeats > 20 * due.heartbeats,
        text: `Without heartbeats in the batch members were removed ${count(never.expelled, 'time')}. One when the interval has passed is enough: ${due.heartbeats} in all, against ${always.heartbeats} after every record, each of which is a wait for the network.`,
      },
      {
        holds: abandon.twice > commit.twice && commit.twice === 0,
        text: `RebalanceInProgress means: come back soon. Leaving the batch as it is repeats what was done of it (${count(abandon.twice, 'record')}); committing that first, which the coordinator accepts during the join phase, repeats ${commit.twice}.`,
      },
      {
        holds: largest(finish.joinPhasesMs) > largest(commit.joinPhasesMs) && finish.expelled > 0,
        text: `Going on with the batch keeps all others waiting for ${time(largest(finish.joinPhasesMs))}, until the rebalance timeout, and then costs the membership: ${count(finish.twice, 'record')} done twice. Until then the error comes back after every record: ${finish.heartbeats} heartbeats.`,
      },
    ]
  },
  advice: [
    'In each_batch call trigger_heartbeat after every record: it sends one only when heartbeat_interval has passed.',
    'On RebalanceInProgress within a batch: mark what is done as processed, commit, and let the error leave the block, so that the client rejoins. Do not swallow it.',
    'rebalance_timeout above the time between two heartbeats plus one record; smaller batches if that is long.',
  ],
}
