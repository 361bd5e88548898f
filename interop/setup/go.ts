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

const NO_POLL_LIMIT = 'it has no max.poll.interval: heartbeats go on while the loop stands still'
const NO_STATIC = 'it has no group.instance.id'

export const GO: readonly Client[] = [
  {
    name: 'franz-go',
    language: 'go',
    title: 'franz-go 1.22.2, kadm 1.19.0',
    prepare: () => program('franz-go'),
    lacks: { slow: NO_POLL_LIMIT },
  },
  {
    name: 'sarama',
    language: 'go',
    title: 'sarama 1.61.1',
    prepare: () => program('sarama'),
    lacks: { slow: NO_POLL_LIMIT },
    tellsCommits: false,
  },
  {
    name: 'sarama-V0_10_2',
    language: 'go',
    title: 'the same, configured for Kafka 0.10.2',
    prepare: () => program('sarama'),
    settings: { version: '0.10.2.0' },
    lacks: { slow: NO_POLL_LIMIT, static: NO_STATIC },
    tellsCommits: false,
  },
  {
    name: 'kafka-go',
    language: 'go',
    title: 'segmentio/kafka-go 0.4.51',
    prepare: () => program('kafka-go'),
    lacks: { slow: NO_POLL_LIMIT, pause: 'it has no pause', static: NO_STATIC },
  },
]
