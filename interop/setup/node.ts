// Clients in Node: kafkajs is a package of this project; the others come from npm, one with the Node that it wants.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MissingTool, run } from '../../conformance/targets/processes.js'
import { type Client, Unavailable } from '../client.js'
import type { Command } from '../runner/program.js'
import { folder, PROGRAMS } from './home.js'

const program = (name: string) => join(PROGRAMS, 'node', `${name}.mjs`)
const INSTALL = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact']
const NPM = 'npm must be on the path'

const NO_STATIC = 'it has no group.instance.id'

export const KAFKAJS: Client = {
  name: 'kafkajs',
  language: 'node',
  title: 'kafkajs 2.2.4',
  prepare: () => ({ command: process.execPath, args: [program('kafkajs')] }),
  lacks: { static: NO_STATIC },
  slowLoop: 'expires',
  notes: { slow: 'its heartbeats stop with its loop: the broker ends its session' },
  codecs: ['gzip'],
}

function install(path: string, packages: readonly string[]): void {
  writeFileSync(join(path, 'package.json'), '{ "private": true }\n') // else npm looks for one further up
  run('npm', [...INSTALL, '--prefix', path, ...packages], NPM)
}

/** It wants Node 22.22 or 24.6 and later: the npm package of Node is the program alone. */
function platformatic(): Command {
  const node = `node-${process.platform}-${process.arch}`
  const path = folder('platformatic-2.12.1', (into) =>
    install(into, ['@platformatic/kafka@2.12.1', `${node}@24.21.0`]),
  )
  return {
    command: join(path, 'node_modules', node, 'bin', 'node'),
    args: ['--no-warnings', program('platformatic')],
    env: { INTEROP_PACKAGES: path },
  }
}

const CONFLUENT = '@confluentinc/kafka-javascript'

/** Its binary is not in the npm package: it is built from the sources that are, which takes some minutes. Their make lets
 * compilers run while it still configures; what fails for that is there when it is run again. */
function confluent(): Command {
  const path = folder('confluent-kafka-javascript-1.10.1', (into) => {
    install(into, [`${CONFLUENT}@1.10.1`])
    const own = join(into, 'node_modules', CONFLUENT)
    const build = 'npm exec --no -- node-pre-gyp install --build-from-source'
    try {
      run(
        'sh',
        ['-c', `cd '${own}' && export CKJS_LINKING=dynamic MAKEFLAGS=-j2 && { ${build} || ${build}; }`],
        'a shell must be on the path',
      )
    } catch (error) {
      if (error instanceof MissingTool) throw error
      const [lastLine] = (error as Error).message.trim().split('\n').slice(-1)
      throw new Unavailable(
        `its binary could not be built: that takes make, g++, Python and the headers of Node and OpenSSL (${lastLine})`,
      )
    }
  })
  return { command: process.execPath, args: [program('confluent')], env: { INTEROP_PACKAGES: path } }
}

export const NODE: readonly Client[] = [
  KAFKAJS,
  {
    name: 'platformatic',
    language: 'node',
    title: '@platformatic/kafka 2.12.1, on Node 24',
    prepare: platformatic,
    lacks: {},
    growsByJoin: true,
    slowLoop: 'stays',
    notes: {
      grow: 'its members do not look for new partitions: they have them when one more joins',
      slow: 'it has no max.poll.interval: it stays a member while its stream is not read',
    },
    rereads: true,
  },
  {
    name: 'confluent-javascript',
    language: 'node',
    title: `${CONFLUENT} 1.10.1 (librdkafka)`,
    prepare: confluent,
    lacks: {},
    codecs: ['gzip', 'snappy', 'lz4'],
    notes: { codecs: 'zstd is left out: what is built has it only where the headers of libzstd are' },
  },
]
