// Clients in Python, each in an environment of its own.

import { join } from 'node:path'
import { run } from '../../conformance/targets/processes.js'
import type { Client } from '../client.js'
import type { Command } from '../runner/program.js'
import { folder, PROGRAMS } from './home.js'

const PYTHON_3 = 'Python 3.9 or later with its venv module must be on the path'
const PIP = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input']

function python(program: string, requirement: string): Command {
  const environment = folder(requirement.replace('==', '-').replace(/[[\],]+/g, '-'), (path) => {
    run('python3', ['-m', 'venv', path], PYTHON_3)
    run(join(path, 'bin', 'python'), [...PIP, requirement], PYTHON_3)
  })
  return {
    command: join(environment, 'bin', 'python'),
    args: ['-u', join(PROGRAMS, 'python', program)],
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  }
}

export const PYTHON: readonly Client[] = [
  {
    name: 'confluent-kafka-python',
    language: 'python',
    title: 'confluent-kafka 2.16.1 for Python (librdkafka)',
    prepare: () => python('with_confluent.py', 'confluent-kafka==2.16.1'),
    lacks: {},
  },
  {
    name: 'confluent-kafka-cooperative',
    language: 'python',
    title: 'the same, cooperative-sticky',
    prepare: () => python('with_confluent.py', 'confluent-kafka==2.16.1'),
    settings: { assignor: 'cooperative-sticky' },
    lacks: {},
  },
  {
    name: 'kafka-python',
    language: 'python',
    title: 'kafka-python 3.0.12',
    fault: 'its heartbeats sometimes stop for good after a rebalance',
    prepare: () => python('with_kafka_python.py', 'kafka-python[lz4,snappy,zstd]==3.0.12'),
    lacks: {},
  },
  {
    name: 'kafka-python-1.4',
    language: 'python',
    title: 'kafka-python 1.4.7, of 2019',
    prepare: () => python('with_kafka_python.py', 'kafka-python==1.4.7'),
    lacks: { static: 'it has no group.instance.id' },
    codecs: ['gzip'],
  },
  {
    name: 'aiokafka',
    language: 'python',
    title: 'aiokafka 0.14.0',
    prepare: () => python('with_aiokafka.py', 'aiokafka[lz4,snappy,zstd]==0.14.0'),
    lacks: {},
  },
]
