// `cohort control`: what a running broker's test kit is asked over HTTP, one command for each operation of its table.

import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { MAIN } from '../control/brokers.js'
import { isInQuery, namesIn, type Operation } from '../control/operation.js'
import { OPERATIONS } from '../control/table.js'
import type { Field } from '../testkit/fields.js'
import { addUrlOptions, ask, isGood, messageOf, textOf, urlProblem } from './http.js'
import type { Io } from './io.js'

interface Where {
  readonly url: string
  readonly token?: string
  readonly broker: string
}

/** Exit code 0: done, 1: it could not be done (said in one message) or problems were found, 2: wrong usage. */
export async function control(argv: readonly string[], io: Io): Promise<number> {
  let found = 0
  const command = describe(io, (code) => {
    found = code
  })
  try {
    await command.parseAsync(argv, { from: 'user' })
    return found
  } catch (error) {
    if (!(error instanceof CommanderError)) return told(io, (error as Error).message, 1)
    if (error.code === 'commander.help') io.write(command.helpInformation()) // no operation was named
    return error.exitCode === 0 || error.code === 'commander.help' ? 0 : told(io, error.message, 2)
  }
}

function told(io: Io, message: string, code: number): number {
  io.error(`cohort control: ${message.replace(/^error: /, '')}\n`)
  return code
}

function describe(io: Io, found: (code: number) => void): Command {
  const program = addUrlOptions(new Command('cohort control'), url)
    .description('Asks the test kit of a running `cohort --test-kit`. Answers are JSON on standard output.')
    .option('--broker <id>', 'which of its brokers', MAIN)
    .configureOutput({ writeOut: (text) => io.write(text), writeErr: () => {} })
    .exitOverride()
  const where = () => program.opts<Where>()
  for (const operation of OPERATIONS) addCommand(program, operation, where, io, found)
  return program
}

function url(value: string): string {
  const problem = urlProblem(value)
  if (problem !== undefined) throw new InvalidArgumentError(problem)
  return value
}

function addCommand(
  program: Command,
  operation: Operation,
  where: () => Where,
  io: Io,
  found: (code: number) => void,
): void {
  const { name, summary, path, fields, takesLines } = operation
  const names = argumentsOf(path)
  const command = program.command(name).description(summary).allowExcessArguments(false)
  for (const each of names) command.argument(each === 'broker' ? '[broker]' : `<${each}>`)
  for (const [field, { expected, isRequired, schema }] of Object.entries(fields)) {
    const text = schema.type === 'boolean' ? `--${dashed(field)} [value]` : `--${dashed(field)} <value>`
    if (isRequired) command.requiredOption(text, expected)
    else command.option(text, expected)
  }
  if (takesLines) command.addHelpText('after', '\nThe JSON lines are read from standard input.')
  command.action(async (...args: unknown[]) => {
    const options = args.at(-2) as Readonly<Record<string, string | boolean>>
    const values = Object.entries(options).map(([field, value]) => [field, readValue(fields[field], value)])
    const named = names.flatMap((each, i) =>
      args[i] === undefined ? [] : [[each, String(args[i])] as const],
    )
    const body = takesLines ? await standardInput(io) : Object.fromEntries(values)
    const answer = await perform(where(), operation, Object.fromEntries(named), body)
    io.write(answer)
    if (hasProblems(answer)) found(1)
  })
}

/** Which broker is an option wherever something is asked of one. */
const argumentsOf = (path: string) =>
  namesIn(path).filter((name) => name !== 'broker' || path.endsWith('{broker}'))

const dashed = (field: string) => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const readValue = (field: Field<unknown> | undefined, value: string | boolean) =>
  typeof value === 'boolean' || field === undefined ? value : field.fromText(value)

/** What verify and stop-broker answer. */
function hasProblems(answer: string): boolean {
  if (!answer.startsWith('{')) return false
  const { problems } = JSON.parse(answer) as { problems?: readonly string[] }
  return problems !== undefined && problems.length > 0
}

async function standardInput({ stdin }: Io): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

async function perform(
  { url, token, broker }: Where,
  operation: Operation,
  names: Readonly<Record<string, string>>,
  body: string | object,
): Promise<string> {
  const { path, method, givesLines } = operation
  const all = { broker, ...names } as Readonly<Record<string, string>>
  const inPath = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(all[name] ?? ''))
  const asQuery = isInQuery(operation)
  const query = asQuery
    ? `?${new URLSearchParams(Object.entries(body).map(([name, value]): [string, string] => [name, String(value)]))}`
    : ''
  const content = asQuery ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const hint = 'start `cohort --test-kit`'
  const answer = await ask({ url, token, method, path: `/v1${inPath}${query}`, hint, ...content })
  const text = await textOf(answer)
  if (!isGood(answer)) throw new Error(messageOf(text))
  return givesLines ? text : `${JSON.stringify(JSON.parse(text), null, 2)}\n`
}
