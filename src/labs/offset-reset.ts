// auto.offset.reset: where a group begins that has no committed offset, which is more often than once.

import { setOffsets } from '../simulation/admin.js'
import type { Lab, Variant } from './kit/lab.js'
import { GROUP, ordersWorld, startConsumers, TOPIC } from './kit/scene.js'
import { column, count, extra } from './kit/words.js'

const DAY_MS = 86_400_000
const PARTITIONS = 3

interface Case {
  readonly name: string
  readonly reset: 'earliest' | 'latest' | 'none'
  /** How long the group is away after its first hour; null: it is new, and comes an hour after the first records. */
  readonly awayDays: number | null
  readonly retentionDays?: number
}

function variant({ name, reset, awayDays, retentionDays = 7 }: Case): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, PARTITIONS, {
        settings: { offsetsRetentionMs: retentionDays * DAY_MS },
      })
      const options = (autoOffsetReset: Case['reset']) => {
        const settings = { autoOffsetReset, fetchMaxWaitMs: 30_000 }
        return { recordMs: () => 2, settings, pollTimeoutMs: 30_000 }
      }
      // 'none' is of no use to a group that is new
      const first = options(reset === 'none' ? 'earliest' : reset)
      const append = (count: number) => {
        for (let partition = 0; partition < PARTITIONS; partition++)
          world.producer.append(TOPIC, partition, count)
      }
      const firstMs = awayDays === null ? 3_600_000 : 0
      world.at(firstMs + 10, () => {
        const clients = startConsumers(world, 2, first)
        if (awayDays !== null) world.at(firstMs + 3_600_000, () => clients.map((client) => client.stop()))
      })
      world.at(60_000, () => append(100))
      // while nobody is there
      const backMs = firstMs + 3_600_000 + (awayDays ?? 0) * DAY_MS
      if (awayDays !== null) {
        world.at(backMs - 3_600_000, () => append(100))
        world.at(backMs, () => startConsumers(world, 2, options(reset)))
      }
      world.at(backMs + 600_000, () => append(100))
      world.runUntil(backMs + 1_200_000)
      const ledger = world.ledger(GROUP)
      const gaveUp = world.journal(GROUP).marks.filter(({ kind }) => kind === 'fatal').length
      return {
        world,
        groupId: GROUP,
        fromMs: 0,
        extra: { skipped: world.producer.total(TOPIC) - ledger.once, gaveUp },
      }
    },
  }
}

/** An administrator sets the committed offsets back to 0, while the group runs or between two runs. */
function setBack(name: string, whileRunning: boolean): Variant {
  return {
    name,
    play(seed) {
      const world = ordersWorld(seed, PARTITIONS)
      const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition)
      const start = () =>
        startConsumers(world, 2, { recordMs: () => 2, settings: { fetchMaxWaitMs: 30_000 } })
      const clients = start()
      world.at(60_000, () => partitions.map((partition) => world.producer.append(TOPIC, partition, 100)))
      let refused = 0
      if (!whileRunning) world.at(580_000, () => clients.map((client) => client.stop()))
      world.at(600_000, () => {
        const offsets = partitions.map((partition) => ({ topic: TOPIC, partition, offset: 0 }))
        refused = setOffsets(world.cluster, GROUP, offsets).filter((errorCode) => errorCode !== 0).length
      })
      world.at(620_000, () => (whileRunning ? clients.map((client) => client.stop()) : undefined))
      world.at(660_000, start)
      world.runUntil(900_000)
      const skipped = world.producer.total(TOPIC) - world.ledger(GROUP).once
      return { world, groupId: GROUP, fromMs: 0, extra: { skipped, gaveUp: 0, refused } }
    },
  }
}

const NEW_LATEST = 'new group, latest'
const NEW_EARLIEST = 'new group, earliest'
const SHORT = 'away 3 days, latest'
const LONG_LATEST = 'away 8 days, latest'
const LONG_EARLIEST = 'away 8 days, earliest'
const LONG_NONE = 'away 8 days, none'
const KEPT = 'away 8 days, offsets kept 30 days'
const RUNNING = 'offsets set to 0 while it runs'
const STOPPED = 'offsets set to 0 while it is stopped'

export const offsetReset: Lab = {
  id: 'offset-reset',
  question: 'auto.offset.reset: earliest or latest? And why did we lose messages after the holidays?',
  setting:
    'Two consumers, three partitions, days of virtual time. A new group comes an hour after the first 300 records; or a group reads for an ' +
    'hour, is stopped for days while 300 more come, and is started again. offsets.retention.minutes is 7 days. In the last two variants somebody sets ' +
    'the offsets of a group back to 0, and it is restarted.',
  variants: [
    { name: NEW_LATEST, reset: 'latest', awayDays: null },
    { name: NEW_EARLIEST, reset: 'earliest', awayDays: null },
    { name: SHORT, reset: 'latest', awayDays: 3 },
    { name: LONG_LATEST, reset: 'latest', awayDays: 8 },
    { name: LONG_EARLIEST, reset: 'earliest', awayDays: 8 },
    { name: LONG_NONE, reset: 'none', awayDays: 8 },
    { name: KEPT, reset: 'latest', awayDays: 8, retentionDays: 30 },
  ]
    .map((each) => variant(each as Case))
    .concat(setBack(RUNNING, true), setBack(STOPPED, false)),
  columns: [
    column('records', ({ figures }) => figures.produced),
    column('done', ({ figures }) => figures.once),
    extra('never done', 'skipped'),
    column('done twice', ({ figures }) => figures.twice),
    extra('consumers that gave up', 'gaveUp'),
    column('offsets refused', ({ extra: { refused } }) => refused ?? '-'),
  ],
  draw: [],
  look: 'never done, and done twice, after 3 days and after 8.',
  findings(runs) {
    const all = [NEW_LATEST, NEW_EARLIEST, SHORT, LONG_LATEST, LONG_EARLIEST, LONG_NONE, KEPT].map((name) =>
      runs(name),
    )
    const [running, stopped] = [runs(RUNNING), runs(STOPPED)]
    const [newLatest, newEarliest, short, longLatest, longEarliest, none, kept] = all
    if (!newLatest || !newEarliest || !short || !longLatest || !longEarliest || !none || !kept) return []
    const skipped = (run: typeof short) => run.extra.skipped ?? 0
    return [
      {
        holds: skipped(newLatest) === 300 && skipped(newEarliest) === 0,
        text: `It counts only where no offset is committed. For a new group latest, the default, passes over what was there before: ${count(skipped(newLatest), 'record')} never done, none with earliest.`,
      },
      {
        holds: skipped(short) === 0 && skipped(longLatest) === 300 && longEarliest.figures.twice === 300,
        text: `After 3 days away the committed offsets are there, and nothing happens. After 8 days they have expired (a group without members keeps them for 7 days): latest passes over ${count(skipped(longLatest), 'record')} that came meanwhile, earliest repeats ${longEarliest.figures.twice} that had been done.`,
      },
      {
        holds: (none.extra.gaveUp ?? 0) > 0 && skipped(kept) === 0 && kept.figures.twice === 0,
        text: `With none ${count(none.extra.gaveUp ?? 0, 'consumer')} gave up in that case, and nothing is done until a person decides. With offsets kept for 30 days all is well.`,
      },
      {
        holds:
          running.extra.refused === PARTITIONS &&
          running.figures.twice === 0 &&
          stopped.figures.twice === 300,
        text: `Offsets that are set by hand are accepted only while the group has no members: ${running.extra.refused} of ${PARTITIONS} were refused (UNKNOWN_MEMBER_ID) while it ran, ${stopped.extra.refused} while it was stopped, and then ${stopped.figures.twice} records were done again.`,
      },
    ]
  },
  advice: [
    'auto.offset.reset=earliest and idempotent work where a record must not be passed over; none where a person should decide; latest for what may be missed.',
    'To reset offsets stop all members first, and wait until the group is Empty.',
    'offsets.retention.minutes (broker) longer than the longest time that a group may be stopped.',
    'It also applies where records were deleted before they were read, and to partitions that are new (lab partition-growth).',
  ],
}
