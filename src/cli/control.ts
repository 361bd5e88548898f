// `cohort control`: what a running broker's test kit is asked over HTTP, one command for each operation of its table.

import { Command, CommanderError } from 'commander'
import { MAIN } from '../control/brokers.js'
import { isInQuery, namesIn, type Operation } from '../control/operation.js'
import { OPERATIONS } from '../control/table.js'
import type { Field } from '../testkit/fields.js'

const DEFAULT_URL = 'http://127.0.0.1:9192'

interface Where {
  readonly url: string
  readonly token?: string
  readonly broker: string
}

/** Exit code 0: done, 1: it could not be done (said in one message), 2: wrong usage. */
export async function control(argv: readonly string[]): Promise<number> {
  const command = describe()
  try {
    await command.parseAsync(argv, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : told(error.message, 2)
    return told((error as Error).message, 1)
  }
}

function told(message: string, code: number): number {
  process.stderr.write(`cohort control: ${message.replace(/^error: /, '')}\n`)
  return code
}

function describe(): Command {
  const program = new Command('cohort control')
    .description('Asks the test kit of a running `cohort --test-kit`. Answers are JSON on standard output.')
    .option('--url <url>', 'where its HTTP is', process.env.COHORT_CONTROL_URL ?? DEFAULT_URL)
    .option('--token <token>', 'its token (or COHORT_CONTROL_TOKEN)', process.env.COHORT_CONTROL_TOKEN)
    .option('--broker <id>', 'which of its brokers', MAIN)
    .configureOutput({ writeErr: () => {} })
    .exitOverride()
  const where = () => program.opts<Where>()
  for (const operation of OPERATIONS) addCommand(program, operation, where)
  return program
}

function addCommand(program: Command, operation: Operation, where: () => Where): void {
  const { name, summary, path, fields, takesLines } = operation
  const names = argumentsOf(path)
  const command = program.command(name).description(summary).allowExcessArguments(false)
  for (const each of names) command.argument(`<${each}>`)
  for (const [field, { expected, isRequired, schema }] of Object.entries(fields)) {
    const text = schema.type === 'boolean' ? `--${dashed(field)} [value]` : `--${dashed(field)} <value>`
    if (isRequired) command.requiredOption(text, expected)
    else command.option(text, expected)
  }
  if (takesLines) command.addHelpText('after', '\nThe JSON lines are read from standard input.')
  command.action(async (...args: unknown[]) => {
    const options = args.at(-2) as Readonly<Record<string, string | boolean>>
    const values = Object.entries(options).map(([field, value]) => [field, readValue(fields[field], value)])
    const named = names.map((each, i) => [each, String(args[i])] as const)
    const body = takesLines ? await standardInput() : Object.fromEntries(values)
    process.stdout.write(await ask(where(), operation, Object.fromEntries(named), body))
  })
}

/** Which broker is an option wherever something is asked of one. */
const argumentsOf = (path: string) =>
  namesIn(path).filter((name) => name !== 'broker' || path.endsWith('{broker}'))

const dashed = (field: string) => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const readValue = (field: Field<unknown> | undefined, value: string | boolean) =>
  typeof value === 'boolean' || field === undefined ? value : field.fromText(value)

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

async function ask(
  { url, token, broker }: Where,
  operation: Operation,
  names: Readonly<Record<string, string>>,
  body: string | object,
): Promise<string> {
  const { path, method, givesLines } = operation
  const all = { broker, ...names } as Readonly<Record<string, string>>
  const inPath = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(all[name] ?? ''))
  const target = new URL(`/v1${inPath}`, url)
  const asQuery = isInQuery(operation)
  if (asQuery) for (const [name, value] of Object.entries(body)) target.searchParams.set(name, String(value))
  const content = asQuery ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  let response: Response
  try {
    response = await fetch(target, { method, headers, ...content })
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string }
    throw new Error(
      `${url} cannot be reached (${code ?? (error as Error).message}): start \`cohort --test-kit\`, or name it with --url`,
    )
  }
  const answer = await response.text()
  if (!response.ok) throw new Error(messageOf(answer))
  return givesLines ? answer : `${JSON.stringify(JSON.parse(answer), null, 2)}\n`
}

function messageOf(answer: string): string {
  try {
    return (JSON.parse(answer) as { error: { message: string } }).error.message
  } catch {
    return answer
  }
}
