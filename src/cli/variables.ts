// COHORT_* variables: those of flags, and any setting of the broker.

import type { Source } from '../server/config/source.js'
import type { Flags } from './flags.js'
import { UsageError } from './usage-error.js'
import {
  address,
  brokerCount,
  durability,
  flag,
  httpAddress,
  level,
  port,
  text,
  topic,
  WrongValue,
} from './values.js'

const PREFIX = 'COHORT_'

/** COHORT_PORT and its like are flags; any other COHORT_A_B is the setting a.b. */
export function readVariables(env: NodeJS.ProcessEnv): { flags: Flags; settings: Source[] } {
  const flags: Flags = {}
  const settings: Source[] = []
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || value === undefined || value === '') continue
    try {
      if (!assignFlag(flags, variable.slice(PREFIX.length), value)) {
        const name = variable.slice(PREFIX.length).toLowerCase().replaceAll('_', '.')
        settings.push({ name: ownName(name), value, origin: variable })
      }
    } catch (error) {
      if (!(error instanceof WrongValue)) throw error
      throw new UsageError(`${variable} is '${value}'. ${error.message}`)
    }
  }
  return { flags, settings }
}

/** COHORT_STRICT_REPLICATION_FACTOR would name its prefix twice. */
const ownName = (name: string) => (name === 'strict.replication.factor' ? `cohort.${name}` : name)

function assignFlag(flags: Flags, name: string, value: string): boolean {
  switch (name) {
    case 'HOST':
      flags.host = text(value)
      return true
    case 'PORT':
      flags.port = port(value)
      return true
    case 'BROKERS':
      flags.brokers = brokerCount(value)
      return true
    case 'ADVERTISE':
      flags.advertise = address(value)
      return true
    case 'TOPIC':
    case 'TOPICS':
      flags.topic = value.split(',').reduce((topics, each) => topic(each.trim(), topics), {})
      return true
    case 'CONFIG':
      flags.config = value
      return true
    case 'CONTROL_URL':
    case 'CONTROL_TOKEN':
      return true // of `cohort control`
    case 'JOURNAL':
      flags.journal = text(value)
      return true
    case 'DATA_DIR':
      flags.dataDir = text(value)
      return true
    case 'EPHEMERAL':
      flags.ephemeral = flag(value)
      return true
    case 'DURABILITY':
      flags.durability = durability(value)
      return true
    case 'FIXTURES':
      flags.fixtures = text(value)
      return true
    case 'TEST_KIT':
      flags.testKit = flag(value)
      return true
    case 'HTTP':
      flags.http = value === 'false' ? false : httpAddress(value)
      return true
    case 'HTTP_TOKEN':
      flags.httpToken = text(value)
      return true
    case 'LOG_LEVEL':
      flags.logLevel = level(value)
      return true
    default:
      return false
  }
}
