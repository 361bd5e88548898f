// npm run differential -- --brokers host:port --oracle host:port [--runs N] [--seed S] [--only I] [--parallel P]
// Plays random sequences of group requests on both brokers and compares what they answer and show. Each broker must have
// offsets.topic.num.partitions=1, group.initial.rebalance.delay.ms=0 and group.min.session.timeout.ms=1. Prints each difference with
// the line that plays it again. Exit code 0: none, 1: some, 2: wrong usage, 3: a broker cannot be reached.

import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { Apis } from '../../src/protocol/apis.js'
import { type Address, Client } from '../client.js'
import { discover } from '../target.js'
import { type Command, expand, sequence } from './commands.js'
import { compare, type Side, type Verdict } from './compare.js'

const SHOWN = 5
const TOPICS = { foo: 3, bar: 1 }

interface Options {
  readonly brokers: Address
  readonly oracle: Address
  readonly runs: number
  readonly seed: number
  readonly only: number | null
  readonly parallel: number
}

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      brokers: { type: 'string' },
      oracle: { type: 'string' },
      runs: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      parallel: { type: 'string', default: '24' },
    },
  })
  const [brokers, oracle] = [address(values.brokers), address(values.oracle)]
  if (brokers === null || oracle === null) return null
  const { runs, seed, only, parallel } = values
  return {
    brokers,
    oracle,
    runs: Number(runs),
    seed: Number(seed),
    only: only === undefined ? null : Number(only),
    parallel: Number(parallel),
  }
}

function address(text: string | undefined): Address | null {
  const [, host, port] = /^(.+):(\d+)$/.exec(text ?? '') ?? []
  return host === undefined ? null : { host, port: Number(port) }
}

async function side(name: string, where: Address): Promise<Side> {
  await discover(where) // waits until it coordinates
  const client = await Client.open(where)
  const wanted = Object.entries(TOPICS).map(([topic, numPartitions]) => {
    return { name: topic, numPartitions, replicationFactor: 1 }
  })
  await client.send(Apis.CreateTopics, 7, { topics: wanted, timeoutMs: 10_000 })
  const topics: Record<string, string> = {}
  while (Object.keys(topics).length < wanted.length) {
    const asked = wanted.map((topic) => ({ name: topic.name }))
    const told = await client.send(Apis.Metadata, 12, { topics: asked, allowAutoTopicCreation: false })
    for (const { name, topicId, errorCode } of told.topics)
      if (errorCode === 0 && name !== null) topics[name] = topicId
  }
  client.close()
  return { name, address: where, topics }
}

async function main(): Promise<number> {
  const options = readOptions()
  if (options === null) {
    console.error(
      'usage: npm run differential -- --brokers host:port --oracle host:port [--runs N] [--seed S] [--only I]',
    )
    return 2
  }
  let sides: [Side, Side]
  try {
    sides = await Promise.all([side('ours', options.brokers), side('oracle', options.oracle)])
  } catch (error) {
    console.error(`a broker cannot be reached: ${error instanceof Error ? error.message : error}`)
    return 3
  }
  const begun = performance.now()
  const sequences = fc.sample(sequence, { seed: options.seed, numRuns: options.runs })
  const todo = [...sequences.entries()].filter(([i]) => options.only === null || i === options.only)
  const verdicts: { i: number; commands: Command[]; verdict: Verdict }[] = []
  const worker = async () => {
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
      const [i, commands] = next
      const group = `differential-${process.pid}-${options.seed}-${i}`
      verdicts.push({ i, commands, verdict: await compare(sides, group, commands) })
    }
  }
  await Promise.all(Array.from({ length: options.parallel }, worker))
  // What differed while the machine was busy must differ again when it is not.
  for (const entry of verdicts) {
    if (entry.verdict.kind !== 'different') continue
    entry.verdict = await compare(sides, `differential-${process.pid}-again-${entry.i}`, entry.commands)
  }
  return report(options, verdicts, performance.now() - begun)
}

function report(
  { seed, runs }: Options,
  verdicts: readonly { i: number; commands: Command[]; verdict: Verdict }[],
  elapsedMs: number,
): number {
  const counts = { same: 0, open: 0, different: 0 }
  let steps = 0
  for (const { verdict } of verdicts) {
    counts[verdict.kind]++
    if (verdict.kind !== 'different') steps += verdict.steps
  }
  const shortest = verdicts
    .filter(({ verdict }) => verdict.kind === 'different')
    .sort((x, y) => stepOf(x) - stepOf(y))
  for (const { i, commands, verdict } of shortest.slice(0, SHOWN)) {
    if (verdict.kind !== 'different') continue
    console.log(`\nsequence ${i}, step ${verdict.step}: ${JSON.stringify(expand(commands)[verdict.step])}`)
    console.log(verdict.text)
    console.log(`again: npm run differential -- ... --runs ${runs} --seed ${seed} --only ${i}`)
  }
  const { same, open, different } = counts
  console.log(
    `\nseed ${seed}: ${verdicts.length} sequences, ${steps} steps, ${(elapsedMs / 1000).toFixed(1)} s: ${same} the same, ${open} the same until Kafka leaves a choice open, ${different} different`,
  )
  return different > 0 ? 1 : 0
}

const stepOf = ({ verdict }: { verdict: Verdict }) => (verdict.kind === 'different' ? verdict.step : 0)

process.exitCode = await main()
