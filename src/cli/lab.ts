// `cohort lab [NAME]`: lists the labs, or plays one and prints its timeline, figures and answer. Needs no broker. Exit code 0: played,
// 2: wrong usage.

import { Command, InvalidArgumentError } from 'commander'
import type { Lab } from '../labs/kit/lab.js'
import { reportJson, reportText } from '../labs/kit/report.js'
import { DEFAULT_SEED, runLab } from '../labs/kit/run.js'
import { LABS } from '../labs/labs.js'
import { suggestion } from '../server/config/errors.js'
import type { Io } from './io.js'
import { parse } from './parse.js'

interface Flags {
  readonly seed: number
  readonly json: boolean
}

export async function lab(argv: readonly string[], io: Pick<Io, 'write' | 'error'>): Promise<number> {
  const command = new Command('cohort lab')
    .description('Plays a question on simulated consumers that keep the real protocol, in virtual time.')
    .argument('[name]', 'the lab; without it all are listed')
    .option(
      '--seed <number>',
      'the chance of the run; the same number gives the same figures',
      seed,
      DEFAULT_SEED,
    )
    .option('--json', 'figures and answers as JSON', false)
  const parsed = parse(command, argv, io)
  if (!parsed.isRead) return parsed.problem === null ? 0 : refuse(io, parsed.problem)
  const [name] = command.args
  const flags = command.opts<Flags>()
  if (name === undefined) {
    io.write(flags.json ? listJson() : listText())
    return 0
  }
  const found = LABS.find(({ id }) => id === name)
  if (found === undefined) {
    const near = suggestion(
      name,
      LABS.map(({ id }) => id),
    )
    return refuse(io, `there is no lab '${name}'${near}; cohort lab lists them`)
  }
  const result = runLab(found, flags.seed)
  io.write(flags.json ? reportJson(result) : reportText(result))
  return 0
}

function refuse(io: Pick<Io, 'error'>, line: string): number {
  io.error(`cohort lab: ${line}\n`)
  return 2
}

function seed(value: string): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number))
    throw new InvalidArgumentError('It must be a whole number from 0 on.')
  return number
}

function listText(): string {
  const width = Math.max(...LABS.map(({ id }) => id.length))
  const lines = LABS.map(({ id, question }: Lab) => `  ${id.padEnd(width)}  ${question}`)
  return `${lines.join('\n')}\n\ncohort lab NAME plays one.\n`
}

function listJson(): string {
  return `${JSON.stringify(
    LABS.map(({ id, question }) => ({ id, question })),
    null,
    2,
  )}\n`
}
