// What operators scrape: health, Kafka's own metrics by their names, and those of each group.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Cohort, type HttpServer, serveHttp, startCohort } from '../../src/index.js'
import { GroupLabels, OTHERS } from '../../src/monitor/group-labels.js'
import { RawMember } from '../testkit/member.js'

let cohort: Cohort
let server: HttpServer

beforeEach(async () => {
  cohort = await startCohort({ topics: { orders: 3 }, clock: 'virtual' })
  server = await serveHttp(cohort, { port: 0, testKit: false })
})
afterEach(async () => {
  await server.close()
  await cohort.stop()
})

const get = async (path: string) => {
  const response = await fetch(server.url + path)
  return { status: response.status, text: await response.text() }
}

/** Series -> value, without comments. */
async function scrape(): Promise<Record<string, number>> {
  const { text } = await get('/metrics')
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    series.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  )
}
const KAFKA = 'kafka_server_group_coordinator_metrics'

it('counts groups, offsets, commits and rebalances by the names that Kafka has', async () => {
  const member = await RawMember.alone(cohort, 'g')
  await member.commit(5)
  await member.commit(6, 2)
  await cohort.commit('old', { orders: { 0: 1 } })
  expect(await scrape()).toMatchObject({
    [`${KAFKA}_group_count{protocol="classic"}`]: 2,
    [`${KAFKA}_classic_group_count{state="stable"}`]: 1,
    [`${KAFKA}_classic_group_count{state="empty"}`]: 1,
    [`${KAFKA}_classic_group_count{state="preparingrebalance"}`]: 0,
    [`${KAFKA}_offset_count`]: 3,
    [`${KAFKA}_offset_commit_count`]: 2,
    [`${KAFKA}_group_completed_rebalance_count`]: 1,
    [`${KAFKA}_offset_expiration_count`]: 0,
  })
  await cohort.clock.advance('8d')
  expect((await scrape())[`${KAFKA}_offset_expiration_count`]).toBe(1)
  member.client.close()
})

it('tells of each group its rebalances, phases, heartbeats, commits, members and lag', async () => {
  await scrape() // single heartbeats are looked at from now on
  await cohort.produce('orders', [
    { value: 'a', partition: 0 },
    { value: 'b', partition: 0 },
  ])
  const member = await RawMember.alone(cohort, 'g')
  await member.commit(1)
  await member.heartbeat()
  await cohort.clock.advance('3s')
  await member.heartbeat()
  const series = await scrape()
  expect(series).toMatchObject({
    'cohort_group_rebalances_total{group="g",cause="member-joined"}': 1,
    'cohort_group_rebalance_phase_seconds_count{group="g",phase="join"}': 1,
    'cohort_group_rebalance_phase_seconds_count{group="g",phase="sync"}': 1,
    'cohort_group_heartbeats_total{group="g",error="NONE"}': 2,
    'cohort_group_heartbeat_gap_seconds_bucket{le="2",group="g"}': 0,
    'cohort_group_heartbeat_gap_seconds_bucket{le="3",group="g"}': 1,
    'cohort_group_commits_total{group="g",error="NONE"}': 1,
    'cohort_group_members{group="g"}': 1,
    'cohort_group_member_partitions_min{group="g"}': 1,
    'cohort_group_member_partitions_max{group="g"}': 1,
    'cohort_group_lag{group="g",topic="orders"}': 1,
  })
  await cohort.clock.advance('31s', { silent: 'all' })
  await cohort.group('g').empty()
  expect(await scrape()).toMatchObject({
    'cohort_group_session_expirations_total{group="g"}': 1,
    'cohort_group_rebalances_total{group="g",cause="session-expired"}': 1,
    'cohort_group_members{group="g"}': 0,
  })
  member.client.close()
})

it('counts what happened before the first scrape', async () => {
  const member = await RawMember.alone(cohort, 'g')
  await member.commit(1)
  member.client.close()
  expect((await scrape())['cohort_group_commits_total{group="g",error="NONE"}']).toBe(1)
})

it('gives only so many groups series of their own', () => {
  const labels = new GroupLabels(2)
  expect(['a', 'b', 'c', 'a'].map((group) => labels.of(group))).toEqual(['a', 'b', OTHERS, 'a'])
})

it('is healthy, ready when its coordinators are loaded, and serves no test kit unless it is told to', async () => {
  expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' })
  expect((await get('/readyz')).status).toBe(200)
  cohort
    .group('g')
    .loading('60s')
    .catch(() => {})
  expect(await get('/readyz')).toEqual({ status: 503, text: 'coordinators are loading\n' })
  expect((await get('/v1/brokers')).status).toBe(404)
})
