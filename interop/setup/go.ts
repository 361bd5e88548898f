// Clients in Go: one program with all of them, built with Go's own cache.

import { join } from 'node:path'
import { run } from '../../conformance/targets/processes.js'
import type { Client } from '../client.js'
import type { Command } from '../runner/program.js'
import { digest } from './digest.js'
import { folder, PROGRAMS } from './home.js'

const SOURCES = join(PROGRAMS, 'go')
const GO_1_26 = 'Go 1.26 or later must be on the path'

function program(name: string): Command {
  const built = folder(`go-${digest(SOURCES)}`, (path) => {
    run('go', ['build', '-C', SOURCES, '-mod=readonly', '-o', join(path, 'client'), '.'], GO_1_26)
  })
  return { command: join(built, 'client'), args: [name] }
}

/** None of them has max.poll.interval. */
const HOLDS_UP =
  'it has no max.poll.interval: it stays a member while its loop stands still, until a rebalance that it holds up for longer than its timeout'

export const GO: readonly Client[] = [
  {
    name: 'franz-go',
    language: 'go',
    title: 'franz-go 1.22.2, kadm 1.19.0',
    prepare: () => program('franz-go'),
    lacks: {},
    slowLoop: 'holds up',
    notes: { slow: HOLDS_UP },
  },
  {
    name: 'sarama',
    language: 'go',
    title: 'sarama 1.61.1',
    prepare: () => program('sarama'),
    lacks: {},
    slowLoop: 'holds up',
    notes: { slow: HOLDS_UP },
    tellsCommits: false,
  },
  {
    name: 'sarama-V0_10_2',
    language: 'go',
    title: 'the same, configured for Kafka 0.10.2',
    prepare: () => program('sarama'),
    settings: { version: '0.10.2.0' },
    lacks: { static: 'Kafka 0.10.2 has no group.instance.id' },
    slowLoop: 'holds up',
    notes: { slow: HOLDS_UP },
    codecs: ['gzip', 'snappy', 'lz4'],
    tellsCommits: false,
  },
  {
    name: 'kafka-go',
    language: 'go',
    title: 'segmentio/kafka-go 0.4.51',
    prepare: () => program('kafka-go'),
    lacks: { static: 'it has no group.instance.id' },
    slowLoop: 'holds up',
    notes: {
      slow: 'as the other Go clients; its session ends, as its heartbeats stop when a rebalance begins',
      pause: 'it has no pause: a program does not ask its readers meanwhile',
    },
  },
]
