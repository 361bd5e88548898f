// `cohort doctor`: the rules on a journal, on the groups of a broker, on a client's settings, or on several of these at once.
// Exit code 0: nothing to report, 1: findings, 2: wrong usage, or what was to be looked at cannot be read.

import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type Address, readAddresses } from '../client/addresses.js'
import { AdminError } from '../client/errors.js'
import { type ClientConfig, ConfigFileError, readClientConfig } from '../doctor/config/client-config.js'
import { CLIENTS, type ClientKind } from '../doctor/config/clients.js'
import { examineConfig, examineGroups, examineJournal } from '../doctor/examine.js'
import { isWorthFailing, reportJson, reportText } from '../doctor/report.js'
import { type Finding, SEVERITIES, type Severity } from '../doctor/rule.js'
import { type Duration, toMs } from '../observe/duration.js'
import { readJournal } from '../observe/journal-reader.js'
import { terminalText } from '../observe/terminal-text.js'
import { suggestion } from '../server/config/errors.js'
import { KAFKA_SETTINGS } from '../server/config/kafka-settings.data.js'
import type { Io } from './admin/command.js'
import { lookAtGroups } from './doctor-groups.js'
import { parse } from './parse.js'

interface Flags {
  readonly journal?: string
  readonly brokers?: readonly Address[]
  readonly group?: readonly string[]
  readonly watch: number
  readonly config?: string
  readonly client?: ClientKind
  readonly recordMs?: number
  readonly brokerSet?: ReadonlyMap<string, string>
  readonly json: boolean
  readonly failOn: Severity
}

/** Told in one line; exit code 2. */
class Refused extends Error {}

const DEFAULT_WATCH_MS = 5000

export async function doctor(argv: readonly string[], io: Io): Promise<number> {
  try {
    const flags = readFlags(argv, io)
    return flags === null ? 0 : await examine(flags, io)
  } catch (error) {
    const isTold = error instanceof Refused || error instanceof ConfigFileError || error instanceof AdminError
    if (!isTold) throw error
    io.error(`cohort doctor: ${terminalText(error.message)}\n`)
    return 2
  }
}

async function examine(flags: Flags, io: Io): Promise<number> {
  const { journal, brokers, config, brokerSet, json, failOn } = flags
  if (journal === undefined && brokers === undefined && config === undefined)
    throw new Refused(
      'one of --journal, --brokers and --config says what to look at; --help shows the options',
    )
  if (config === undefined && (flags.recordMs !== undefined || flags.client !== undefined))
    throw new Refused('--record-ms and --client go with --config')
  const findings: Finding[] = []
  if (config !== undefined) findings.push(...examineConfig(readConfig(config, flags), brokerSet))
  if (journal !== undefined) findings.push(...(await examineFile(journal, flags, io)))
  if (brokers !== undefined) {
    const { facts, nowMs, notes } = await lookAtGroups(brokers, flags.group ?? [], flags.watch)
    for (const note of notes) io.error(`cohort doctor: ${terminalText(note)}\n`)
    findings.push(...examineGroups(facts, nowMs, brokerSet))
  }
  findings.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
  io.write(`${json ? reportJson(findings) : reportText(findings)}\n`)
  return isWorthFailing(findings, failOn) ? 1 : 0
}

function readConfig(path: string, { client, recordMs }: Flags): ClientConfig {
  return readClientConfig(readText(path, '--config'), path, { client, recordMs })
}

function readText(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable(path, option, error)
  }
}

function unreadable(path: string, option: string, error: unknown): Refused {
  const { code } = error as NodeJS.ErrnoException
  return new Refused(
    `${option} ${path}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`}`,
  )
}

async function examineFile(path: string, { brokerSet, group }: Flags, io: Io): Promise<Finding[]> {
  const read = await readJournal(path).catch((error: unknown) => {
    throw unreadable(path, '--journal', error)
  })
  for (const problem of read.problems) io.error(`cohort doctor: ${path}, ${terminalText(problem)}\n`)
  if (read.entries.length === 0)
    throw new Refused(`--journal ${path}: no entry of a journal is in it (cohort --journal FILE writes one)`)
  const findings = examineJournal(read, brokerSet)
  return findings.filter((finding) => group === undefined || group.includes(finding.group ?? ''))
}

function readFlags(argv: readonly string[], io: Io): Flags | null {
  const command = new Command('cohort doctor')
    .description(
      "Looks for what is wrong with consumer groups, or with a consumer's settings, and says what to set.",
    )
    .option('--journal <file>', 'a journal, as cohort --journal FILE writes it')
    .option('--brokers <host:port,...>', 'the groups of any broker, as they are now', addresses)
    .option('--group <id>', 'only this group (repeatable)', several)
    .option(
      '--watch <duration>',
      'how long to look at offsets with --brokers (default: 5s)',
      milliseconds,
      DEFAULT_WATCH_MS,
    )
    .option('--config <file>', "a consumer's settings: .properties, or JSON")
    .addOption(
      new Option('--client <client>', 'whose settings they are (default: told by their names)').choices(
        Object.keys(CLIENTS),
      ),
    )
    .option('--record-ms <n>', 'how long one record takes to process, for the arithmetic', positive)
    .option(
      '--broker-set <key=value>',
      "a setting of the broker, by Kafka's name (repeatable)",
      brokerSetting,
    )
    .option('--json', 'print JSON', false)
    .addOption(
      new Option('--fail-on <severity>', 'exit code 1 from this severity on')
        .choices(SEVERITIES)
        .default('info'),
    )
    .addHelpText(
      'after',
      '\nExit code 0: nothing to report, 1: findings, 2: wrong usage. The rules: docs/doctor.md.',
    )
  const parsed = parse(command, argv, io)
  if (!parsed.isRead) {
    if (parsed.problem === null) return null
    throw new Refused(`${parsed.problem}; --help shows the options`)
  }
  return command.opts<Flags>()
}

const several = (value: string, before: readonly string[] = []) => [...before, value]

function addresses(text: string): Address[] {
  try {
    return readAddresses(text)
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`)
  }
}

function positive(text: string): number {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('It is a number of milliseconds above 0.')
  return Number(text)
}

function milliseconds(text: string): number {
  try {
    return toMs((/^\d+$/.test(text) ? Number(text) : text) as Duration)
  } catch {
    throw new InvalidArgumentError("It is a time, as in '500ms', '10s', '2m'.")
  }
}

/** Of settings that are numbers, which those are that rules look at. */
function brokerSetting(text: string, before: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const equals = text.indexOf('=')
  const [name, value] = [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
  if (equals < 1) throw new InvalidArgumentError("It is key=value, as in 'group.max.size=10'.")
  if (!KAFKA_SETTINGS.has(name))
    throw new InvalidArgumentError(`There is no setting '${name}'${suggestion(name, KAFKA_SETTINGS.keys())}.`)
  if (!/^-?\d+$/.test(value)) throw new InvalidArgumentError(`'${value}' is no whole number.`)
  return new Map(before).set(name, value)
}
