// kcat as a client program: each member is a kcat that prints what it reads as JSON. It commits by itself, every 100 ms and
// when it ends.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { answer, fail, listen, mode, records, say, settings } from './program.mjs'

const { topic, group } = settings
const KCAT = process.env.INTEROP_KCAT ?? 'kcat'
const FORMAT = '{"partition":%p,"offset":%o,"value":"%s"}\\n'
/** Who wants its loop to stand still does not read what it prints: two records of this fill the pipe. */
const PAD = ' '.repeat(120_000)

const properties = (all) => Object.entries(all).flatMap(([key, value]) => ['-X', `${key}=${value}`])

function kcat(...words) {
  const always = ['-b', settings.bootstrap, ...properties({ 'client.id': settings.client })]
  const child = spawn(KCAT, [...always, ...words])
  child.once('error', fail)
  return child
}

/** What it printed. */
function toItsEnd(child, input = '') {
  return new Promise((resolve, reject) => {
    const text = { out: '', err: '' }
    child.stdout.on('data', (data) => {
      text.out += data
    })
    child.stderr.on('data', (data) => {
      text.err += data
    })
    child.once('close', (code) =>
      code === 0 ? resolve(text.out) : reject(new Error(`exit code ${code}: ${text.err}`)),
    )
    child.stdin.end(input)
  })
}

function produce() {
  const idempotence = properties(settings.idempotent === undefined ? {} : { 'enable.idempotence': true })
  const codec = settings.codec === undefined ? [] : ['-z', settings.codec]
  listen({
    send: async (from, count, partitions) => {
      const lines = new Map()
      for (const each of records(from, count, partitions))
        lines.set(each.partition, [...(lines.get(each.partition) ?? []), each])
      for (const [partition, all] of lines) {
        const input = all.map(({ key, value }) => `${key}:${value}\n`).join('')
        await toItsEnd(
          kcat(...idempotence, ...codec, '-P', '-t', topic, '-p', String(partition), '-K', ':'),
          input,
        )
      }
      say('produced', { count: Number(count) })
    },
  })
}

function consume() {
  const all = properties({
    'auto.offset.reset': 'earliest',
    'auto.commit.interval.ms': 100,
    'session.timeout.ms': settings.session,
    'heartbeat.interval.ms': settings.heartbeat,
    'topic.metadata.refresh.interval.ms': settings.metadata,
    'fetch.wait.max.ms': 100,
    ...(settings.poll && { 'max.poll.interval.ms': settings.poll }),
    ...(settings.instance && { 'group.instance.id': settings.instance }),
  })
  const child = kcat(...all, '-u', '-f', settings.poll ? `${PAD}${FORMAT}` : FORMAT, '-G', group, topic)
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => say('consumed', JSON.parse(line)))
  const allHeard = new Promise((resolve) => lines.once('close', resolve))
  let own = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    const [, what, list] = /rebalanced .*: (assigned|revoked): ?(.*)$/.exec(line) ?? []
    if (what === undefined) return say('note', { message: line })
    const partitions = Array.from(list.matchAll(/\[(\d+)\]/g), ([, partition]) => Number(partition))
    own = what === 'assigned' ? partitions : []
    say(what, { partitions })
  })
  child.once('close', async () => {
    await allHeard
    if (own.length > 0) say('revoked', { partitions: own })
    say('left')
    process.exit()
  })
  listen({
    stall: () => lines.pause(),
    go: () => lines.resume(),
    pause: () => {
      lines.pause()
      say('paused')
    },
    resume: () => {
      lines.resume()
      say('resumed')
    },
    stop: () => child.kill('SIGTERM'),
  })
}

function admin() {
  const metadata = async () => JSON.parse(await toItsEnd(kcat('-L', '-J'))).topics
  const offset = async (name, partition, time) => {
    const printed = await toItsEnd(kcat('-Q', '-t', `${name}:${partition}:${time}`))
    return Number(/offset (\d+)/.exec(printed)?.[1])
  }
  answer({
    nodes: async () => JSON.parse(await toItsEnd(kcat('-L', '-J'))).brokers.length,
    endOffset: (name, partition) => offset(name, partition, -1),
    startOffset: (name, partition) => offset(name, partition, -2),
    listTopics: async () => (await metadata()).map((each) => each.topic),
    partitions: async (name) => (await metadata()).find((each) => each.topic === name)?.partitions.length,
  })
}

const modes = { produce, consume, admin }
modes[mode]()
