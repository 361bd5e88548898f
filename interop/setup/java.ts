// Clients in Java: kafka-clients, a group of protocol type 'connect', and Kafka's command line tools. Maven gets the jars.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../conformance/targets/processes.js'
import type { CheckName, Client } from '../client.js'
import type { Command } from '../runner/program.js'
import { digest } from './digest.js'
import { folder, PROGRAMS } from './home.js'
import { KAFKAJS } from './node.js'

const SOURCES = join(PROGRAMS, 'java')
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies'
const JDK = 'a JDK of version 17 or later must be on the path'
const MAVEN = 'Apache Maven must be on the path, to get the jars'
/** Many short-lived machines on a small computer. */
const MACHINE = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']

function jars(pom: string, name: string): string {
  const path = folder(name, (into) => {
    run('mvn', ['-q', '-B', '-f', join(SOURCES, pom), COPY, `-DoutputDirectory=${into}`], MAVEN)
  })
  return `${path}/*`
}

/** `sources` are those that the main class needs. */
function java(main: string, pom: string, lib: string, sources: (name: string) => boolean): Command {
  const classpath = jars(pom, lib)
  const classes = folder(`${lib}-${digest(SOURCES)}`, (into) => {
    const files = readdirSync(SOURCES).filter((name) => name.endsWith('.java') && sources(name))
    run('javac', ['-nowarn', '-d', into, '-cp', classpath, ...files.map((name) => join(SOURCES, name))], JDK)
  })
  return { command: 'java', args: [...MACHINE, '-cp', `${classes}:${classpath}`, main] }
}

const clients = () => java('Clients', 'pom.xml', 'java-jars-4.4.0', (name) => name !== 'Tools.java')

const AS_JAVA = 'as java-range'
const NO_RECORDS = 'its members read no records'
const ONLY_ADMIN = 'it is a tool for administrators'

const withAssignor = (name: string, title: string, assignor: string): Client => ({
  name,
  language: 'java',
  title,
  prepare: clients,
  settings: { assignor },
  lacks: {},
})

export const JAVA: readonly Client[] = [
  withAssignor('java-range', 'kafka-clients 4.4.0, classic, range', 'RangeAssignor'),
  withAssignor('java-roundrobin', 'the same, roundrobin', 'RoundRobinAssignor'),
  withAssignor('java-sticky', 'the same, sticky', 'StickyAssignor'),
  withAssignor('java-cooperative', 'the same, cooperative-sticky', 'CooperativeStickyAssignor'),
  {
    name: 'java-connect',
    language: 'java',
    title: "a group of protocol type connect, by kafka-clients' AbstractCoordinator",
    prepare: () => {
      const { command, args } = clients()
      return { command, args: [...args, 'connect'] }
    },
    readsNothing: true,
    lacks: {
      consume: NO_RECORDS,
      grow: NO_RECORDS,
      commits: NO_RECORDS,
      pause: NO_RECORDS,
      static: 'Kafka gives a Connect worker no group.instance.id',
      codecs: NO_RECORDS,
      admin: AS_JAVA,
    },
  },
  {
    name: 'kafka-tools',
    language: 'java',
    title: 'kafka-topics, kafka-consumer-groups, kafka-configs of Kafka 4.3.0',
    prepare: () =>
      java('Tools', 'tools-pom.xml', 'java-tools-4.3.0', (name) =>
        ['Tools.java', 'Program.java'].includes(name),
      ),
    members: KAFKAJS,
    lacks: Object.fromEntries(
      ['consume', 'joins', 'crash', 'grow', 'commits', 'callbacks', 'slow', 'pause', 'static', 'codecs'].map(
        (check) => [check as CheckName, ONLY_ADMIN],
      ),
    ),
  },
]
