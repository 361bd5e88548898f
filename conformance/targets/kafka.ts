// Real Apache Kafka on loopback, from Maven Central and without Docker: one broker, or a cluster, in KRaft mode.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from '../client.js'
import { atExit } from './exit.js'
import { HOME, runFolder } from './home.js'
import { freePorts } from './ports.js'
import { awaitBrokers, MissingTool, type Running, run, startProcess, stopProcess } from './processes.js'

export interface Broker {
  readonly brokers: readonly Address[]
  /** Ends it and starts it again on the same data; resolves when it is up. Null where all would be lost. */
  readonly restart: (() => Promise<void>) | null
  stop(): Promise<void>
}

export interface KafkaOptions {
  readonly version: string
  readonly settings: Readonly<Record<string, string | number>>
  readonly nodes?: number
}

const HOST = '127.0.0.1'
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies'
const JAVA = 'a JDK of version 17 or later must be on the path'

/** The class path; Maven copies the jars when they are asked for the first time. Throws MissingTool. */
export function classpath(version: string): string {
  const major = Number(/version "(\d+)/.exec(javaVersion())?.[1] ?? 0)
  if (major < 17) throw new MissingTool(`java is of version ${major}: ${JAVA}`)
  const lib = join(HOME, version, 'lib')
  const done = join(lib, '.done')
  if (!existsSync(done)) {
    mkdirSync(lib, { recursive: true })
    const pom = join(import.meta.dirname, 'pom.xml')
    const args = ['-q', '-B', '-f', pom, `-Dkafka.version=${version}`, COPY, `-DoutputDirectory=${lib}`]
    run('mvn', args, 'Apache Maven must be on the path, to get the jars')
    writeFileSync(done, '')
  }
  return `${lib}/*`
}

/** Java prints it where errors go. */
function javaVersion(): string {
  return run('java', ['-XshowSettings:none', '--version'], JAVA).replace(/^\S+ (\d+)/, 'version "$1')
}

/** Resolves when every broker knows of all. */
export async function startKafka({ version, settings, nodes = 1 }: KafkaOptions): Promise<Broker> {
  const jars = classpath(version)
  const folder = mkdtempSync(join(runFolder(), `${version}-`))
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  const forget = atExit(remove)
  const ports = await freePorts(2 * nodes)
  const brokers = ports.slice(0, nodes).map((port) => ({ host: HOST, port }))
  const clusterId = randomBytes(16).toString('base64url')
  for (let i = 0; i < nodes; i++) {
    const file = join(folder, `${i}.properties`)
    writeFileSync(file, properties({ i, nodes, ports, folder, version, settings }))
    const format = ['kafka.tools.StorageTool', 'format', `--cluster-id=${clusterId}`, '-c', file]
    run('java', ['-Xmx256m', '-cp', jars, ...format], JAVA)
  }
  let running: Running[] = []
  const start = async () => {
    running = brokers.map((_, i) => {
      const args = ['-Xmx512m', '-cp', jars, 'kafka.Kafka', join(folder, `${i}.properties`)]
      return startProcess('java', args, join(folder, `${i}.log`), folder)
    })
    await Promise.all(running.map((each, i) => awaitBrokers(each, brokers[i] as Address, nodes)))
  }
  const end = () => Promise.all(running.map(stopProcess))
  const stop = async () => {
    await end()
    remove()
    forget()
  }
  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return { brokers, stop, restart: () => end().then(start) }
}

interface Node extends KafkaOptions {
  readonly i: number
  readonly nodes: number
  readonly ports: readonly number[]
  readonly folder: string
}

/** Brokers have the first half of the ports, controllers the second. */
function properties({ i, nodes, ports, folder, version, settings }: Node): string {
  const controller = (k: number) => `${HOST}:${ports[nodes + k]}`
  const voters = Array.from({ length: nodes }, (_, k) => `${k + 1}@${controller(k)}`)
  const internal = version.startsWith('3.') ? ['offsets', 'transaction.state.log'] : INTERNAL
  const all: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': i + 1,
    'controller.quorum.voters': voters.join(','),
    listeners: `PLAINTEXT://${HOST}:${ports[i]},CONTROLLER://${controller(i)}`,
    'advertised.listeners': `PLAINTEXT://${HOST}:${ports[i]}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(folder, `data-${i}`),
    ...Object.fromEntries(internal.flatMap((topic) => replicated(topic, nodes))),
    ...settings,
  }
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

const INTERNAL = ['offsets', 'transaction.state.log', 'share.coordinator.state.topic']

/** As many replicas as there are brokers, of which one suffices. */
function replicated(topic: string, nodes: number): [string, number][] {
  if (topic === 'offsets') return [['offsets.topic.replication.factor', nodes]]
  return [
    [`${topic}.replication.factor`, nodes],
    [`${topic}.min.isr`, 1],
  ]
}
